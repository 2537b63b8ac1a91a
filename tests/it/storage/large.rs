//! Results too large for a row: sent piece by piece, never in memory as a whole, and cut off when they are
//! damaged.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use sha2::{Digest, Sha256};
use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{completed, path};
use crate::support::process::Server;
use crate::support::rows::Rows;
use crate::support::{Answer, TestApp, TestOptions};

/// So many bytes of JSON that do not pack well.
pub fn large(length: usize) -> Vec<u8> {
    let mut text = b"[".to_vec();
    let mut state = Sha256::digest(b"seed").to_vec();
    while text.len() < length {
        state = Sha256::digest(&state).to_vec();
        text.extend_from_slice(format!("\"{} acme acme acme\",\n", hex::encode(&state)).as_bytes());
    }
    text.truncate(length - 4);
    text.extend_from_slice(b"\"\"] ");
    text
}

/// Puts bytes into a blob, and lets a result point at it as if it had been so from the beginning.
pub async fn put(rows: &Rows, data: &Path, key: &str, blob: &[u8], plain: &[u8]) -> String {
    let name = format!("results/{}/1-a{}", &key[..30].replace("qry_", "job_"), blob.len());
    let file = data.join("blobs").join(&name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::File::create(&file).unwrap().write_all(blob).unwrap();
    let (length, sha256) = (plain.len(), hex::encode(Sha256::digest(plain)));
    rows.execute(&format!(
        "DELETE FROM result_body WHERE object_id IN (SELECT id FROM storage_object WHERE key = '{key}')"
    ))
    .await;
    rows.execute(&format!(
        "UPDATE storage_object SET blob = '{name}', size_bytes = {length}, sha256 = '{sha256}' \
         WHERE key = '{key}'"
    ))
    .await;
    name
}

#[tokio::test(flavor = "multi_thread")]
async fn large_results_are_whole_in_each_coding_and_part() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [_, _, key] = completed(&app).await;
    let rows = Rows::at(&app.database_url()).await;
    let plain = large(3_000_000);
    let packed = zstd::encode_all(plain.as_slice(), 3).unwrap();
    put(&rows, app.data_dir(), &key, &packed, &plain).await;
    for (coding, expected) in [("identity", &plain), ("zstd", &packed)] {
        let asked = || app.authorized(Method::GET, &path(&key)).header("accept-encoding", coding);
        let answer = Answer::of(asked()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.bytes == *expected, "{coding}");
        assert_eq!(answer.header("content-length"), expected.len().to_string());
        for (range, part) in [
            ("bytes=1000000-1000009", 1_000_000..1_000_010),
            ("bytes=200000-", 200_000..expected.len()),
            ("bytes=-9", expected.len() - 9..expected.len()),
        ] {
            let part_of = asked().header("range", range).header("if-range", answer.header("etag"));
            let answer = Answer::of(part_of).await;
            assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{coding} {range}");
            assert!(answer.bytes == expected[part], "{coding} {range}");
        }
    }
    let gzip = app.authorized(Method::GET, &path(&key)).header("accept-encoding", "gzip");
    let gzip = Answer::of(gzip).await;
    let mut unpacked = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(gzip.bytes.as_slice());
    std::io::Read::read_to_end(&mut decoder, &mut unpacked).unwrap();
    assert!(unpacked == plain && gzip.header("content-length").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_bytes_are_never_a_whole_answer() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [_, _, key] = completed(&app).await;
    let rows = Rows::at(&app.database_url()).await;
    let plain = large(2_000_000);
    let pack = |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap();
    let packed = pack(&plain);
    let mut altered = plain.clone();
    altered[1_999_990] = b'?';
    let mut flipped = packed.clone();
    flipped[500_000] ^= 1;
    let shorter = &plain[..1_999_000];
    let longer = [plain.as_slice(), b" "].concat();
    for (what, blob) in [
        ("altered", pack(&altered)),
        ("flipped", flipped),
        ("cut off", packed[..packed.len() - 100].to_vec()),
        ("shorter", pack(shorter)),
        ("longer", pack(&longer)),
        ("nothing", Vec::new()),
    ] {
        put(&rows, app.data_dir(), &key, &blob, &plain).await;
        app.forgets_rows().await;
        for coding in ["identity", "zstd", "gzip"] {
            let request =
                app.authorized(Method::GET, &path(&key)).header("accept-encoding", coding);
            // Some are broken off before their head was sent.
            let Ok(answer) = request.send().await else { continue };
            let (status, body) = (answer.status(), answer.bytes().await);
            assert!(status != 200 || body.is_err(), "{what} {coding}");
        }
    }
    let object = "SELECT id FROM storage_object";
    rows.execute("UPDATE storage_object SET blob = NULL, size_bytes = 1000").await;
    let hex = hex::encode(pack(&altered[..1_000]));
    let bytes = if rows.is_sqlite() { format!("X'{hex}'") } else { format!("'\\x{hex}'::bytea") };
    rows.execute(&format!("INSERT INTO result_body SELECT id, {bytes} FROM ({object}) AS own"))
        .await;
    app.forgets_rows().await;
    for coding in ["identity", "zstd", "gzip"] {
        let request = app.authorized(Method::GET, &path(&key)).header("accept-encoding", coding);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "a row is checked first");
    }
}

/// A figure that the operating system has of a process, in KiB.
fn memory(process: u32, figure: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).unwrap();
    line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().unwrap()
}

/// How often a process has a file open.
fn open_files(process: u32, name: &str) -> usize {
    let files = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let files = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    files.filter(|file| file.ends_with(name)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_hold_little_and_nothing_once_they_are_gone() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let (client, process) = (&server.client, server.process.id());
    client.upload_posts(4).await;
    let asked = client.ask(1).await;
    let ended = client.ends_after(&asked["cursor"], 1).await;
    let key = ended[0]["storageKey"].as_str().unwrap();
    let rows = Rows::at(&format!("sqlite://{}", data.path().join("bytestack.db").display())).await;
    let plain = large(24_000_000);
    let packed = zstd::encode_all(plain.as_slice(), 1).unwrap();
    let blob = put(&rows, data.path(), key, &packed, &plain).await;

    let before = memory(process, "VmHWM");
    let mut slow = Vec::new();
    for coding in ["identity", "gzip", "zstd"].into_iter().cycle().take(12) {
        let mut stream = TcpStream::connect(client.address).await.unwrap();
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\naccept-encoding: {coding}\r\n\r\n",
            path(key),
            client.key
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut some = [0; 64];
        stream.read_exact(&mut some).await.unwrap();
        assert!(some.starts_with(b"HTTP/1.1 200"));
        slow.push(stream);
    }
    assert_eq!(open_files(process, &blob), slow.len());
    let fast = client.get(&path(key)).await;
    assert!(fast.bytes == plain, "the others stand in nobody's way");
    let grown = memory(process, "VmHWM").saturating_sub(before);
    // What a decoder looks back on is the most of it; all bytes would be six times as many.
    assert!(grown < 64 * 1024, "{grown} KiB more for {} clients", slow.len());
    drop(slow);
    for _ in 0..600 {
        if open_files(process, &blob) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("what was read for clients that are gone is still open");
}
