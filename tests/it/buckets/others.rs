//! Stores by other hands: what was written to the protocol alone works there, too.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_s3::Client;
use bytestack::blobs::s3::{Patience, S3Target};
use bytestack::net::Schemes;
use serde_json::json;
use tokio::net::TcpStream;

use super::connect;
use super::sync::{delivery, hasty, place, stored};
use crate::support::s3::{BUCKET, KEY_ID, OtherStore, SECRET};
use crate::support::{TestApp, http_client};

const RESULTS: usize = 5;

/// The server of moto, ended when this is dropped.
pub struct Moto {
    child: Child,
    endpoint: String,
}

impl Moto {
    #[expect(clippy::disallowed_methods, reason = "the test command says where it is")]
    pub async fn start() -> Self {
        let clients = std::env::var_os("BYTESTACK_TEST_CLIENTS").expect("tests/run installs moto");
        let program = PathBuf::from(clients).join("moto/bin/moto_server");
        // A port that was free just now: moto cannot choose one itself.
        let port = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port().to_string()
        };
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port]).stdout(Stdio::null()).stderr(Stdio::null());
        let moto =
            Self { child: command.spawn().unwrap(), endpoint: format!("http://127.0.0.1:{port}") };
        let address = format!("127.0.0.1:{port}");
        let listening = async {
            while TcpStream::connect(&address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), listening).await.expect("moto starts");
        let made = http_client().put(format!("{}/{BUCKET}", moto.endpoint)).send().await.unwrap();
        assert_eq!(made.status(), 200);
        moto
    }

    pub fn target(&self) -> S3Target {
        S3Target {
            endpoint: Some(self.endpoint.clone()),
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: String::new(),
            path_style: Some(true),
            access_key_id: KEY_ID.into(),
            secret: SECRET.into(),
        }
    }

    fn client(&self) -> Client {
        let target = self.target();
        let way = target.operators_way().unwrap();
        target.client(&way, Schemes::Https, Patience::default())
    }

    /// Keys of the uploads in parts that were begun and have no end.
    pub async fn open_uploads(&self) -> Vec<String> {
        let listed = self.client().list_multipart_uploads().bucket(BUCKET).send().await.unwrap();
        let uploads = listed.uploads.unwrap_or_default();
        uploads.into_iter().map(|upload| upload.key.unwrap()).collect()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Connects a bucket, and asks until some results should lie there; their keys.
async fn sent(app: &TestApp, endpoint: &str) -> Vec<String> {
    let input = json!({ "endpoint": endpoint, "name": BUCKET, "region": "us-east-1",
        "accessKeyId": KEY_ID, "secretAccessKey": SECRET });
    let saved = connect(app, input).await;
    assert_eq!(saved["userErrors"], json!([]), "{saved:#}");
    let mut keys = Vec::new();
    for _ in 0..RESULTS {
        keys.push(stored(app).await);
    }
    app.running().idle().await.unwrap();
    for key in &keys {
        assert_eq!(delivery(app, key).await["status"], "SUCCEEDED");
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn results_lie_in_a_bucket_of_moto() {
    let moto = Moto::start().await;
    let app = TestApp::with_posts(hasty()).await;
    let client = moto.client();
    for key in sent(&app, &moto.endpoint).await {
        let there = client.get_object().bucket(BUCKET).key(place(&key)).send().await.unwrap();
        assert_eq!(there.content_type.as_deref(), Some("application/json"));
        let kept = app.get(&format!("/v1/storage/{key}")).await;
        let sha256 = &there.metadata.as_ref().unwrap()["sha256"];
        assert_eq!(format!("\"{sha256}\""), kept.header("etag"));
        assert_eq!(there.body.collect().await.unwrap().into_bytes(), kept.bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_lie_in_a_bucket_of_s3s() {
    let store = OtherStore::start().await;
    let app = TestApp::with_posts(hasty()).await;
    for key in sent(&app, &format!("http://{}", store.address)).await {
        let there = std::fs::read(store.folder().join(place(&key))).unwrap();
        assert_eq!(there, app.get(&format!("/v1/storage/{key}")).await.bytes);
    }
}
