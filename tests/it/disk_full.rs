//! A disk without room: what does not fit is not half there, is said so, and everything else goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions, noise, noisy_question, question};

/// A small file system of its own; gone when it is dropped.
struct Small(PathBuf);

impl Small {
    /// Nothing where this user may not mount one.
    fn mount(folder: &Path, size: &str) -> Option<Self> {
        let options = format!("size={size}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder)
            .output()
            .ok()?;
        if !mounted.status.success() {
            let why = String::from_utf8_lossy(&mounted.stderr);
            eprintln!("SKIPPED: no small file system can be mounted here: {why}");
            return None;
        }
        Some(Self(folder.to_owned()))
    }

    fn resize(&self, size: &str) {
        let options = format!("remount,size={size}");
        let done = Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_does_not_fit_fails_its_job_alone_and_the_next_one_is_kept() {
    let place = tempfile::tempdir().unwrap();
    let Some(small) = Small::mount(place.path(), "16m") else { return };
    let mut options = TestOptions::default();
    options.settings.insert("BLOBS", format!("disk:{}", place.path().display()));
    let app = TestApp::with_posts(options).await;
    assert_eq!(app.upload("noise", "text/csv", noise()).await.status, StatusCode::CREATED);
    let kept = files(place.path());
    let used: u64 = kept.iter().map(|file| file.metadata().unwrap().len()).sum();
    // Room for a part of the result, not for all of it.
    small.resize(&format!("{}k", used / 1024 + 100));

    // It is tried again before it has failed for good.
    let asked = app.ask(noisy_question()).await;
    let failed = app.ended_without_pauses(&asked).await;
    assert_eq!(failed["status"], "FAILED", "{failed:#}");
    let error = &failed["job"]["error"];
    assert_eq!([&error["code"], &error["retryable"]], [&json!("STORAGE"), &json!(true)]);
    assert_eq!(files(place.path()), kept, "no half object is left");
    let path = format!("/v1/storage/{}", failed["jobId"].as_str().unwrap());
    assert_eq!(app.get(&path).await.json()["code"], "NO_RESULT");
    let list = "{ storageObjects(first: 9) { totalCount } }";
    assert_eq!(app.graphql(list, json!({})).await["storageObjects"]["totalCount"], 0);
    // Nor does an upload leave anything.
    let refused = app.upload("more", "text/csv", noise()).await;
    assert!(refused.status.is_server_error(), "{:?}", refused.status);
    assert_eq!(refused.header("connection"), "close", "the rest of the body was not read");
    assert_eq!(files(place.path()), kept);

    // What needs no room there is answered meanwhile, and all is once there is room.
    let small_one = app.ended(&app.ask(question()).await).await;
    assert_eq!(small_one["status"], "COMPLETED", "{small_one:#}");
    small.resize("16m");
    let retry =
        "mutation ($id: ID!) { retryJob(input: { jobId: $id }) { job { id query { id } } cursor
        userErrors { code } } }";
    let retried = app.graphql(retry, json!({ "id": failed["jobId"] })).await["retryJob"].clone();
    let payload = json!({ "query": retried["job"]["query"], "cursor": retried["cursor"] });
    let ended = app.ended(&payload).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    let result: Value =
        app.get(&format!("/v1/storage/{}", ended["storageKey"].as_str().unwrap())).await.json();
    assert_eq!(result["evidence"].as_array().unwrap().len(), 1_000);
    assert_eq!(files(place.path()).len(), kept.len() + 1);
    app.stop().await;
}
