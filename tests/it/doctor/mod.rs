//! `bytestack doctor`: a busy data directory is clean, also while it is served and after a kill; whatever
//! is damaged behind the service's back is found, and nothing else; nothing is changed by looking.

mod busy;
mod damage;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use tempfile::tempdir;

use crate::support::process::{Ended, run};
use busy::Busy;

const CHECKS: [&str; 12] = [
    "schema",
    "results",
    "ends",
    "tasks",
    "log",
    "deliveries",
    "bytes",
    "blobs",
    "names",
    "schedules",
    "tenants",
    "secrets",
];

/// The findings among what was printed.
fn findings(ended: &Ended) -> Vec<&str> {
    let is_finding =
        |line: &&str| CHECKS.iter().any(|check| line.starts_with(&format!("{check}: ")));
    ended.printed.iter().map(String::as_str).filter(is_finding).collect()
}

fn assert_clean(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(ended.printed.len(), CHECKS.len() + 1, "{ended:#?}");
    for (line, check) in ended.printed.iter().zip(CHECKS) {
        assert!(line.starts_with(check) && line.contains("  ok, "), "{ended:#?}");
    }
    assert_eq!(ended.printed.last().unwrap(), "every promise is kept");
}

fn assert_found(ended: &Ended, expected: &[String]) {
    assert_eq!(findings(ended), expected, "{ended:#?}");
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let sum = if expected.len() == 1 {
        "1 finding".to_owned()
    } else {
        format!("{} findings", expected.len())
    };
    assert_eq!(*ended.printed.last().unwrap(), sum);
}

/// Files and what is in them, without SQLite's own files beside the database: any reader may make them.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if !name.ends_with("-shm") && !name.ends_with("-wal") {
            found.insert(name, Sha256::digest(fs::read(&path).unwrap()).to_vec());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_directory_is_clean_while_it_is_served_after_a_kill_and_stays_as_it_was() {
    let mut busy = Busy::start().await;
    assert_clean(&busy.doctor());
    busy.kill();
    let before = contents(busy.data());
    let ended = busy.doctor();
    assert_clean(&ended);
    for (check, fewest) in [
        ("results", 8),
        ("ends", 8),
        ("tasks", 8),
        ("log", 6),
        ("deliveries", 2),
        ("bytes", 5),
        ("blobs", 3),
    ] {
        let line = ended.printed.iter().find(|line| line.starts_with(check)).unwrap();
        let looked_at = line.split_once("ok, ").unwrap().1.split(' ').next().unwrap();
        assert!(looked_at.parse::<u32>().unwrap() >= fewest, "{line}");
    }
    assert_eq!(contents(busy.data()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_goes_on_is_never_a_finding() {
    let busy = Busy::serving(&["--workers", "8"]).await;
    let client = busy.client().clone();
    let mut asking = tokio::task::JoinSet::new();
    for caller in 0..4 {
        let client = client.clone();
        asking.spawn(async move {
            for number in 0..25 {
                client.ask(caller * 100 + number).await;
            }
        });
    }
    for _ in 0..5 {
        let ended = tokio::task::block_in_place(|| busy.doctor());
        assert_clean(&ended);
    }
    asking.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_damage_to_a_row_is_found_and_nothing_else() {
    let mut busy = Busy::start().await;
    busy.kill();
    let rows = busy.rows().await;
    rows.keep().await;
    let ids = damage::Ids::of(&rows).await;
    for damage in damage::all(&ids) {
        for sql in &damage.sql {
            rows.execute(sql).await;
        }
        assert_found(&busy.doctor(), &damage.found);
        rows.restore().await;
    }
    assert_clean(&busy.doctor());
    if rows.is_sqlite() {
        rows.execute("DROP TABLE delivery_attempt").await;
        let ended = busy.doctor();
        let [line] = findings(&ended)[..] else { panic!("one: {ended:#?}") };
        assert!(
            line.starts_with("deliveries: the database could not be read to its end: "),
            "{line}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_schema_is_a_finding_that_says_what_to_do() {
    let mut busy = Busy::serving(&[]).await;
    busy.kill();
    let rows = busy.rows().await;
    rows.keep().await;
    let last = "(SELECT max(version) FROM kept_seaql_migrations)";
    for (sql, finding) in [
        (
            format!("DELETE FROM seaql_migrations WHERE version = {last}"),
            "schema: the database has the schema of an older version; run `bytestack migrate`, then doctor again",
        ),
        (
            format!("UPDATE seaql_migrations SET version = 'm9999_later' WHERE version = {last}"),
            "schema: the database was written by a newer version; use that version's `bytestack doctor`",
        ),
        (
            "DELETE FROM seaql_migrations".to_owned(),
            "schema: the database is empty; run `bytestack migrate` or `bytestack serve`",
        ),
    ] {
        rows.execute(&sql).await;
        let ended = busy.doctor();
        assert_found(&ended, &[finding.to_owned()]);
        assert_eq!(ended.printed.len(), 3, "nothing else was looked at: {ended:#?}");
        rows.restore().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_damage_to_a_file_is_found_and_nothing_else() {
    const HOURS: Duration = Duration::from_hours(3);
    let mut busy = Busy::start().await;
    busy.kill();
    let rows = busy.rows().await;
    let blob = rows.text("SELECT blob FROM storage_object WHERE blob IS NOT NULL").await;
    let object = rows.text("SELECT id FROM storage_object WHERE blob IS NOT NULL").await;
    let dataset = rows.text("SELECT id FROM dataset WHERE name = 'posts'").await;
    let posts = rows.text("SELECT blob FROM dataset WHERE name = 'posts'").await;
    let blobs = busy.data().join("blobs");
    let restore = "restore it from a backup";

    let bytes = fs::read(blobs.join(&blob)).unwrap();
    fs::remove_file(blobs.join(&blob)).unwrap();
    let found = format!("bytes: {object} is damaged: blob {blob} is not there; {restore}");
    assert_found(&busy.doctor(), &[found]);
    fs::write(blobs.join(&blob), zstd::encode_all(&b"{}"[..], 0).unwrap()).unwrap();
    let ended = busy.doctor();
    let start = format!("bytes: {object} is damaged: blob {blob}: it has 2 bytes rather than ");
    assert!(findings(&ended).len() == 1 && findings(&ended)[0].starts_with(&start), "{ended:#?}");
    fs::write(blobs.join(&blob), &bytes[..bytes.len() / 2]).unwrap();
    let ended = busy.doctor();
    let start = format!("bytes: {object} is damaged: blob {blob} cannot be decompressed: ");
    assert!(findings(&ended).len() == 1 && findings(&ended)[0].starts_with(&start), "{ended:#?}");
    fs::write(blobs.join(&blob), &bytes).unwrap();

    let plain = zstd::decode_all(fs::File::open(blobs.join(&posts)).unwrap()).unwrap();
    let mut other = plain.clone();
    other[3] ^= 1;
    fs::write(blobs.join(&posts), zstd::encode_all(&other[..], 0).unwrap()).unwrap();
    let found =
        format!("bytes: {dataset} is damaged: blob {posts}: its sha256 is another one; {restore}");
    assert_found(&busy.doctor(), &[found]);
    fs::write(blobs.join(&posts), zstd::encode_all(&plain[..], 0).unwrap()).unwrap();

    let (left, begun) = (format!("{posts}x"), "aside/results+job_1+1-abc");
    fs::write(blobs.join(&left), "left by a kill").unwrap();
    fs::write(blobs.join(begun), "half").unwrap();
    assert_clean(&busy.doctor());
    #[expect(clippy::disallowed_methods, reason = "a file is made older than it is")]
    let earlier = SystemTime::now() - HOURS;
    for file in [&left, begun, &posts] {
        let file = fs::File::options().write(true).open(blobs.join(file)).unwrap();
        file.set_modified(earlier).unwrap();
    }
    let ended = busy.doctor();
    let mut found = findings(&ended);
    found.sort_unstable();
    let expected = [
        format!(
            "blobs: {begun} was never finished; it can be deleted, and a worker of `serve` does so"
        ),
        format!("blobs: {left} is a blob that no row points at; it can be deleted"),
    ];
    assert_eq!(found, expected, "{ended:#?}");
    assert_eq!(ended.code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_master_key_everything_else_is_still_looked_at() {
    let mut busy = Busy::serving(&[]).await;
    busy.kill();
    let key = busy.data().join("master_key");
    fs::remove_file(&key).unwrap();
    let ended = busy.doctor();
    let [line] = findings(&ended)[..] else { panic!("one: {ended:#?}") };
    assert!(line.starts_with("secrets: the master key is not there: "), "{line}");
    assert!(!key.exists(), "none is made");
    assert_eq!(ended.code, Some(1));
}

#[test]
fn where_no_database_is_none_is_made() {
    let data = tempdir().unwrap();
    let ended = run(data.path(), &["doctor"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.log.starts_with("error: there is no database at "), "{ended:?}");
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
}
