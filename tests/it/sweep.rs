//! Files that nothing needs go after an hour, whoever left them, and no others.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use bytestack::domain::sweep::Swept;
use tempfile::tempdir;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::database::{TestDatabase, polls_only};
use crate::support::process::Server;
use crate::support::rows::Rows;
use crate::support::{TestApp, TestOptions};

const DEADLINE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_hours(1);

/// All files below a folder, by their path in it.
fn files(folder: &Path) -> Vec<String> {
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { below(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    below(folder, &mut found);
    let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    let mut names: Vec<String> = found.iter().map(name).collect();
    names.sort_unstable();
    names
}

fn make_old(file: &Path, changed_at: SystemTime) {
    File::options().write(true).open(file).unwrap().set_modified(changed_at).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_needs_goes_after_an_hour_and_nothing_else_does() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let blobs = app.data_dir().join("blobs");
    let posts = files(&blobs).pop().unwrap();
    let owner = posts.rsplit_once('/').unwrap().0.to_owned();
    let ulid = owner.split_once('_').unwrap().1.to_owned();
    let older = format!("01h{}", &ulid[3..]);
    let mut left = [
        format!("{owner}/2-left"),
        format!("documents/job_{ulid}/1-left"),
        format!("logs/job_{ulid}/1-left"),
        format!("results/job_{ulid}/1-left"),
        format!("aside/results+job_{ulid}+1-begun"),
    ];
    left.sort_unstable();
    let others = [
        format!("datasets/ds_{older}/1-of-another-database"),
        format!("pictures/job_{ulid}/1-of-a-newer-version"),
        "notes.txt".to_owned(),
    ];
    let now = SystemTime::from(app.clock.clock().now());
    for name in left.iter().chain(&others) {
        fs::create_dir_all(blobs.join(name).parent().unwrap()).unwrap();
        fs::write(blobs.join(name), "left").unwrap();
        make_old(&blobs.join(name), now - HOUR + Duration::from_secs(1));
    }
    make_old(&blobs.join(&posts), now - 3 * HOUR);
    let domain = &app.running().domain;
    let before = files(&blobs);
    assert_eq!(domain.sweep().await.unwrap(), Swept::default(), "an upload may go on for so long");
    assert_eq!(files(&blobs), before);

    app.clock.advance(2_000);
    let (one, other) = tokio::join!(domain.sweep(), domain.sweep());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.blobs + other.blobs, one.unfinished + other.unfinished), (4, 1));
    let mut kept = [&others[..], &[posts]].concat();
    kept.sort_unstable();
    assert_eq!(files(&blobs), kept);
    let metrics = String::from_utf8(app.get("/metrics").await.bytes).unwrap();
    for line in [
        "bytestack_sweep_files_removed_total{what=\"blob\"} 4",
        "bytestack_sweep_files_removed_total{what=\"unfinished\"} 1",
        "bytestack_sweep_failures_total 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_a_kill_cut_off_leaves_nothing_for_long() {
    let (data, database) = (tempdir().unwrap(), TestDatabase::wanted().await);
    let polls = polls_only().to_string();
    let environment = database.iter().flat_map(|database| {
        [("BYTESTACK_DATABASE_URL", database.url.as_str()), ("BYTESTACK_POLL_ONLY", &polls)]
    });
    let environment: Vec<(&str, &str)> = environment.collect();
    let mut server = Server::first(data.path(), &[], &environment);
    server.client.upload_posts(10).await;
    let blobs = data.path().join("blobs");
    let kept = files(&blobs);
    assert_eq!(kept.len(), 1);

    // Whoever holds the table lets no row in: the upload stands between its blob and its row.
    let rows = Rows::of(data.path(), database.as_ref()).await;
    if rows.is_sqlite() {
        rows.execute("BEGIN IMMEDIATE").await;
    } else {
        rows.execute("BEGIN").await;
        rows.execute("LOCK TABLE dataset IN EXCLUSIVE MODE").await;
    }
    let client = server.client.clone();
    let mut upload = JoinSet::new();
    upload.spawn(async move { client.upload("posts", "text\nacme\n".into()).await });
    let is_written =
        || files(&blobs).iter().any(|name| !kept.contains(name) && !name.contains('+'));
    until(is_written).await;
    server.process.kill();
    assert!(upload.join_next().await.unwrap().is_err(), "nobody was answered");
    rows.execute("ROLLBACK").await;
    let left = files(&blobs);
    assert_eq!(left.len(), 2, "{left:?}");

    #[expect(clippy::disallowed_methods, reason = "files are made older than they are")]
    let earlier = SystemTime::now() - HOUR - Duration::from_secs(1);
    for name in &left {
        make_old(&blobs.join(name), earlier);
    }
    let key = server.client.key.clone();
    let server = Server::start(data.path(), &[], &environment, &key);
    until(|| files(&blobs) == kept).await;
    until(|| server.process.log().contains("files that nothing needs were removed")).await;
    assert_eq!(server.process.terminate().code, Some(0));
}

/// Waits until it is so.
async fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(DEADLINE, waiting)
        .await
        .unwrap_or_else(|_| panic!("not so after {:?}", begun.elapsed()));
}
