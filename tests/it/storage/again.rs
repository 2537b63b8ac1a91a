//! What is downloaded again and again: unpacked and checked once, and never more than what was stored.

use std::fs;

use reqwest::{Method, StatusCode};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::large::{large, put};
use super::{completed, path};
use crate::support::rows::Rows;
use crate::support::{Answer, TestApp, TestOptions};

/// A service that keeps so many MiB of unpacked results, and one result's key.
async fn keeping(mib: &str) -> (TestApp, Rows, String) {
    let mut options = TestOptions::default();
    options.settings.insert("DOWNLOAD_CACHE", mib.to_owned());
    let app = TestApp::with_posts(options).await;
    let [_, _, key] = completed(&app).await;
    let rows = Rows::at(&app.database_url()).await;
    (app, rows, key)
}

/// The bytes, unless they are refused or broken off.
async fn whole(app: &TestApp, key: &str) -> Option<Vec<u8>> {
    let answer = app.authorized(Method::GET, &path(key)).send().await.ok()?;
    let is_well = answer.status() == StatusCode::OK;
    let bytes = answer.bytes().await.ok()?;
    is_well.then(|| bytes.to_vec())
}

/// Puts a result of so many bytes there; answers with them and the file that has them.
async fn put_large(
    app: &TestApp,
    rows: &Rows,
    key: &str,
    length: usize,
) -> (Vec<u8>, std::path::PathBuf) {
    let plain = large(length);
    let packed = zstd::encode_all(plain.as_slice(), 3).unwrap();
    let blob = put(rows, app.data_dir(), key, &packed, &plain).await;
    (plain, app.data_dir().join("blobs").join(blob))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_result_is_unpacked_no_more_from_the_third_time_on() {
    for (mib, is_kept) in [("16", true), ("2", false), ("0", false)] {
        let (app, rows, key) = keeping(mib).await;
        let (plain, blob) = put_large(&app, &rows, &key, 3_000_000).await;
        for _ in 0..2 {
            assert!(whole(&app, &key).await.unwrap() == plain);
        }
        fs::write(&blob, "damaged").unwrap();
        assert_eq!(
            whole(&app, &key).await.is_some_and(|bytes| bytes == plain),
            is_kept,
            "{mib} MiB"
        );
        if !is_kept {
            continue;
        }
        let part = app.authorized(Method::GET, &path(&key));
        let part = Answer::of(part.header("range", "bytes=2000000-2999999")).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        assert!(part.bytes == plain[2_000_000..]);
        let head = Answer::of(app.authorized(Method::HEAD, &path(&key))).await;
        assert_eq!(head.header("content-length"), plain.len().to_string());
        let deleted = Answer::of(app.authorized(Method::DELETE, &path(&key))).await;
        assert_eq!(deleted.status, StatusCode::NO_CONTENT);
        assert_eq!(app.get(&path(&key)).await.json()["code"], "RESULT_DELETED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_taken_to_its_end_is_not_kept() {
    let (app, rows, key) = keeping("64").await;
    // More than what is on its way between the two.
    let (plain, blob) = put_large(&app, &rows, &key, 24_000_000).await;
    assert!(whole(&app, &key).await.unwrap() == plain);
    let part = app.authorized(Method::GET, &path(&key)).header("range", "bytes=0-1999999");
    assert!(Answer::of(part).await.bytes == plain[..2_000_000]);
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let (path, bearer) = (path(&key), &app.key);
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.read_exact(&mut vec![0; 1_000_000]).await.unwrap();
    drop(stream);
    fs::write(&blob, "damaged").unwrap();
    assert!(whole(&app, &key).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_result_is_unpacked_once() {
    for (mib, is_kept) in [("16", true), ("0", false)] {
        let (app, rows, key) = keeping(mib).await;
        let before = whole(&app, &key).await.unwrap();
        rows.execute("UPDATE result_body SET zstd = substr(zstd, 1, 20)").await;
        let after = whole(&app, &key).await;
        assert_eq!(after.is_some_and(|bytes| bytes == before), is_kept, "{mib} MiB");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_result_under_the_same_key_is_another() {
    let (app, rows, key) = keeping("16").await;
    let before = whole(&app, &key).await.unwrap();
    let plain = b"{\"another\":true}".to_vec();
    let packed = zstd::encode_all(plain.as_slice(), 3).unwrap();
    put(&rows, app.data_dir(), &key, &packed, &plain).await;
    app.forgets_rows().await;
    let answer = app.get(&path(&key)).await;
    assert!(answer.bytes == plain && answer.bytes != before);
    assert_eq!(answer.header("etag"), format!("\"{}\"", hex::encode(Sha256::digest(&plain))));
}
