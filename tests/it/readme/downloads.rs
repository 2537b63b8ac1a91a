//! "Downloading results": every program gets the bytes by each name, tells why there are none, and
//! leaves no file that is cut or altered.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use sha2::{Digest, Sha256};
use tokio::task::block_in_place;

use super::program::{Ended, Program};
use crate::support::{TestApp, TestOptions, question};

pub const HEADING: &str = "Downloading results";

/// Answers one request with these bytes and hangs up.
fn answer_once(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let length = client.read(&mut chunk).unwrap();
            request.extend_from_slice(&chunk[..length]);
        }
        client.write_all(&answer).unwrap();
    });
    format!("http://{address}")
}

/// An answer that announces a whole result and carries other bytes.
fn spoilt(whole: &[u8], body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\netag: \"{}\"\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        hex::encode(Sha256::digest(whole)),
        whole.len(),
    );
    [head.as_bytes(), body].concat()
}

fn assert_refused(program: &Program, ended: &Ended) {
    assert!(!ended.is_success, "{ended:#?}");
    assert_eq!(ended.printed, "", "{ended:#?}");
    assert!(!program.folder().join("out.json").exists(), "a file that is not whole was left");
}

async fn downloads(name: &str) {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let payload = app.ask(question()).await;
    let event = app.ended(&payload).await;
    let url = format!("http://{}", app.address);
    let stored = app.get(&format!("/v1/storage/{}", event["storageKey"].as_str().unwrap())).await;
    block_in_place(|| {
        let program = Program::of(HEADING, name);
        let out = program.folder().join("out.json");
        let with_key = [("BYTESTACK_URL", &*url), ("BYTESTACK_API_KEY", &*app.key)];
        for id in ["queryId", "jobId", "storageKey"] {
            let ended = program.run(&[event[id].as_str().unwrap(), "out.json"], &with_key);
            assert!(ended.is_success, "{ended:#?}");
            assert_eq!(ended.printed, "total mentions: 2\n", "{ended:#?}");
            assert_eq!(fs::read(&out).unwrap(), stored.bytes);
            let left = fs::read_dir(program.folder()).unwrap().filter_map(Result::ok);
            let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
            assert!(!left.iter().any(|file| file.to_string_lossy().contains("json.")), "{left:?}");
            fs::remove_file(&out).unwrap();
        }
        let job = event["jobId"].as_str().unwrap();
        let documented = [("BYTESTACK_URL", &*url), ("BITKIT_API_KEY", &*app.key)];
        let ended = program.run(&[job, "out.json"], &documented);
        assert!(ended.is_success, "the documented name of the key counts: {ended:#?}");
        fs::remove_file(&out).unwrap();

        let unknown = program.run(&["qry_00000000000000000000000000", "out.json"], &with_key);
        assert_refused(&program, &unknown);
        let told = "STORAGE_OBJECT_UNKNOWN: ";
        let detail = unknown.complained.split_once(told).map(|(_, detail)| detail.trim());
        assert!(detail.is_some_and(|detail| detail.len() > 10), "{unknown:#?}");
        let stranger = [("BYTESTACK_URL", &*url), ("BYTESTACK_API_KEY", "bsk_wrong")];
        let refused = program.run(&[job, "out.json"], &stranger);
        assert_refused(&program, &refused);
        assert!(refused.complained.contains("UNAUTHENTICATED: "), "{refused:#?}");

        let whole = &stored.bytes;
        let mut altered = whole.clone();
        *altered.last_mut().unwrap() = b' ';
        for body in [&whole[..whole.len() / 2], &altered] {
            let url = answer_once(spoilt(whole, body));
            let environment = [("BYTESTACK_URL", &*url), ("BYTESTACK_API_KEY", "bsk_any")];
            let ended = program.run(&[job, "out.json"], &environment);
            assert_refused(&program, &ended);
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_downloads() {
    downloads("download.sh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_downloads() {
    downloads("download.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript_downloads() {
    downloads("download.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go_downloads() {
    downloads("download.go").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_downloads() {
    downloads("download.rs").await;
}
