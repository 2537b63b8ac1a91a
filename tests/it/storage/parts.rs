//! Parts of a result, its codings, and the conditions of requests for it.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use sha2::{Digest, Sha256};

use super::{completed, path};
use crate::support::{Answer, TestApp, TestOptions};

async fn asked(app: &TestApp, name: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = app.authorized(Method::GET, &path(name));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::of(request).await
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        "zstd" => plain = zstd::decode_all(answer.bytes.as_slice()).unwrap(),
        "gzip" => {
            let mut decoder = flate2::read::GzDecoder::new(answer.bytes.as_slice());
            decoder.read_to_end(&mut plain).unwrap();
        }
        _ => plain.clone_from(&answer.bytes),
    }
    plain
}

#[tokio::test(flavor = "multi_thread")]
async fn each_coding_has_the_same_result_and_a_tag_of_its_own() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [_, _, key] = completed(&app).await;
    let plain = app.get(&path(&key)).await;
    let sha256 = Sha256::digest(&plain.bytes);
    let (hex, digest) = (hex::encode(sha256), format!("sha-256=:{}:", STANDARD.encode(sha256)));
    for (accepted, coding, etag, parts) in [
        ("zstd", "zstd", format!("\"{hex}-zstd\""), "bytes"),
        ("gzip, deflate, br, zstd", "zstd", format!("\"{hex}-zstd\""), "bytes"),
        ("gzip", "gzip", format!("W/\"{hex}-gzip\""), "none"),
        ("zstd;q=0.1, gzip", "gzip", format!("W/\"{hex}-gzip\""), "none"),
        ("identity, zstd;q=0.5", "", format!("\"{hex}\""), "bytes"),
        ("br", "", format!("\"{hex}\""), "bytes"),
    ] {
        let answer = asked(&app, &key, &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{accepted}");
        assert_eq!(answer.header("content-encoding"), coding, "{accepted}");
        assert_eq!(answer.header("etag"), etag, "{accepted}");
        assert_eq!(answer.header("accept-ranges"), parts, "{accepted}");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string(), "{accepted}");
        assert_eq!(unpacked(&answer), plain.bytes, "{accepted}");
        let own = if coding.is_empty() { "repr-digest" } else { "unencoded-digest" };
        assert_eq!(answer.header(own), digest, "{accepted}");
        let again = [("accept-encoding", accepted), ("if-none-match", etag.as_str())];
        let again = asked(&app, &key, &again).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0), "{accepted}");
        assert_eq!([again.header("etag"), again.header("vary")], [&etag, "accept-encoding"]);
        let head = app.authorized(Method::HEAD, &path(&key)).header("accept-encoding", accepted);
        let head = Answer::of(head).await;
        for header in ["content-length", "content-encoding", "etag", "accept-ranges", own] {
            assert_eq!(head.header(header), answer.header(header), "{accepted}: {header}");
        }
    }
    let none = asked(&app, &key, &[("accept-encoding", "*;q=0")]).await;
    assert_eq!(none.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(none.json()["code"], "CODING_NOT_ACCEPTABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_the_same_bytes_as_of_the_whole() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, job, key] = completed(&app).await;
    let whole = app.get(&path(&key)).await;
    let length = whole.bytes.len();
    let last = format!("bytes={}-", length - 1);
    for (range, expected) in [
        ("bytes=0-0", 0..1),
        ("bytes=10-19", 10..20),
        ("bytes=10-", 10..length),
        ("bytes=-7", length - 7..length),
        ("bytes=10-99999999", 10..length),
        (last.as_str(), length - 1..length),
    ] {
        for name in [&key, &job, &query] {
            let part =
                asked(&app, name, &[("range", range), ("accept-encoding", "gzip, zstd")]).await;
            assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
            assert_eq!(part.bytes, whole.bytes[expected.clone()], "{range}");
            let shown = format!("bytes {}-{}/{length}", expected.start, expected.end - 1);
            assert_eq!(part.header("content-range"), shown);
            assert_eq!(part.header("content-length"), expected.len().to_string());
            for header in ["etag", "repr-digest", "content-type", "accept-ranges"] {
                assert_eq!(part.header(header), whole.header(header), "{header}");
            }
        }
    }
    for ignored in ["bytes=0-1,4-5", "bytes=5-2", "lines=1-2", "bytes=x-"] {
        let all = asked(&app, &key, &[("range", ignored)]).await;
        assert_eq!((all.status.as_u16(), all.bytes.len()), (200, length), "{ignored}");
    }
    for beyond in [format!("bytes={length}-"), "bytes=-0".to_owned()] {
        let none = asked(&app, &key, &[("range", &beyond)]).await;
        assert_eq!(none.status, StatusCode::RANGE_NOT_SATISFIABLE, "{beyond}");
        assert_eq!(none.header("content-range"), format!("bytes */{length}"));
        assert_eq!(none.json()["code"], "RANGE_NOT_SATISFIABLE");
    }
    let head = app.authorized(Method::HEAD, &path(&key)).header("range", "bytes=0-0");
    let head = Answer::of(head).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, &*length.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_download_is_gone_on_with_where_the_bytes_are_the_same() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, _, key] = completed(&app).await;
    let whole = app.get(&path(&key)).await;
    let packed = asked(&app, &key, &[("accept-encoding", "zstd")]).await;
    let gzip = asked(&app, &key, &[("accept-encoding", "gzip")]).await;
    let all = "gzip, zstd";
    for (condition, name, expected) in [
        (whole.header("etag"), &key, Some(&whole)),
        (packed.header("etag"), &key, Some(&packed)),
        (whole.header("last-modified"), &key, Some(&whole)),
        (gzip.header("etag"), &key, None),
        ("\"other\"", &key, None),
        ("Thu, 01 Jan 2026 00:00:00 GMT", &key, None),
        (whole.header("etag"), &query, Some(&whole)),
        (whole.header("last-modified"), &query, None),
    ] {
        let headers = [("range", "bytes=9-"), ("if-range", condition), ("accept-encoding", all)];
        let answer = asked(&app, name, &headers).await;
        if let Some(of) = expected {
            assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{condition}");
            assert_eq!(answer.bytes, of.bytes[9..], "{condition}");
            assert_eq!(answer.header("content-encoding"), of.header("content-encoding"));
        } else {
            assert_eq!(answer.status, StatusCode::OK, "{condition}");
            assert_eq!(answer.bytes, whole.bytes, "{condition}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_hold_or_they_do_not() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, _, key] = completed(&app).await;
    let whole = app.get(&path(&key)).await;
    let (etag, at) = (whole.header("etag"), whole.header("last-modified"));
    assert_eq!(at, "Mon, 23 Nov 2026 17:30:00 GMT");
    assert_eq!(app.get(&path(&query)).await.header("last-modified"), "", "it may go back");
    let before = "Mon, 23 Nov 2026 17:29:59 GMT";
    for (name, header, value, status) in [
        (&key, "if-match", etag, 200),
        (&key, "if-match", "\"other\"", 412),
        (&query, "if-match", "\"other\"", 412),
        (&key, "if-unmodified-since", before, 412),
        (&key, "if-unmodified-since", at, 200),
        (&key, "if-modified-since", at, 304),
        (&key, "if-modified-since", before, 200),
        (&query, "if-modified-since", at, 200),
    ] {
        let answer = asked(&app, name, &[(header, value)]).await;
        assert_eq!(answer.status.as_u16(), status, "{header}: {value}");
        if status == 412 {
            assert_eq!(answer.json()["code"], "PRECONDITION_FAILED");
        }
    }
}
