//! A strict store that speaks S3, in memory: it takes what a kind of real store takes and nothing more,
//! and fails as that one does. Written from the protocol, not from what our client happens to send.

mod answer;
mod connection;
mod objects;
mod operation;
mod other;
mod perform;
mod profile;
mod signature;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use bytestack::blobs::s3::S3Target;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use connection::{CanHangUp, Line};
use operation::State;

use objects::Upload;

pub use objects::Object;
pub use other::OtherStore;
pub use profile::{Failure, Profile};

pub const BUCKET: &str = "archive";
/// Names below this one are names of buckets.
pub const HOST: &str = "store.test";
pub const REGION: &str = "eu-test-1";
pub const KEY_ID: &str = "AKIATESTTESTTEST";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYTESTSECRET";

/// A request that was understood, whatever was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// As the protocol calls it: `PutObject`.
    pub operation: &'static str,
    pub key: String,
    /// Length of its body.
    pub len: usize,
}

/// The store; it is gone when this is dropped.
pub struct S3Double {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    _serving: JoinSet<()>,
}

impl S3Double {
    pub async fn start(profile: Profile) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::new(profile)));
        let router = Router::new().fallback(operation::answer).with_state(Arc::clone(&state));
        let service = router.into_make_service_with_connect_info::<Line>();
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(CanHangUp(listener), service).await.unwrap() });
        Self { address, state, _serving: serving }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its bucket, with the key that is let in.
    pub fn target(&self, prefix: &str) -> S3Target {
        target(self.endpoint(), prefix)
    }

    /// The settings that name it, for `TestOptions`.
    pub fn settings(&self, prefix: &str) -> BTreeMap<&'static str, String> {
        settings(&self.endpoint(), prefix)
    }

    pub fn objects(&self) -> BTreeMap<String, Object> {
        self.state.lock().unwrap().objects.clone()
    }

    /// Keys of the multipart uploads that were begun and neither completed nor aborted.
    pub fn open_uploads(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state.uploads.values().map(|upload| upload.object.key.clone()).collect()
    }

    /// Everything that was asked for so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// The hosts that requests were for.
    pub fn hosts(&self) -> BTreeSet<String> {
        self.state.lock().unwrap().hosts.clone()
    }

    /// Forgets what was asked for.
    pub fn seen_anew(&self) {
        self.state.lock().unwrap().seen.clear();
    }

    pub fn count(&self, operation: &str) -> usize {
        self.seen().iter().filter(|seen| seen.operation == operation).count()
    }

    /// Lets the next request fail; of several, each fails one.
    pub fn fail_next(&self, failure: Failure) {
        self.state.lock().unwrap().next_failures.push_back(failure);
    }

    /// Lets every request of an operation (`"*"`: of all) fail from now on, or none any more.
    pub fn fail_always(&self, operation: &'static str, failure: Option<Failure>) {
        let mut state = self.state.lock().unwrap();
        match failure {
            Some(failure) => state.failures.insert(operation, failure),
            None => state.failures.remove(operation),
        };
    }

    /// How many entries a page of a listing has at most.
    pub fn set_page(&self, entries: usize) {
        self.state.lock().unwrap().page = entries;
    }

    /// The time that objects and uploads are stamped with from now on; else that of the machine.
    pub fn set_time(&self, now: DateTime<Utc>) {
        self.state.lock().unwrap().now = Some(now);
    }

    /// Puts an object there as another program would.
    pub fn plant(&self, key: &str, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap();
        let object = Object::plain(bytes, state.now());
        state.objects.insert(key.to_owned(), object);
    }

    /// Takes an object away as another program would.
    pub fn remove(&self, key: &str) {
        self.state.lock().unwrap().objects.remove(key).unwrap();
    }

    /// Begins an upload in parts as another program would.
    pub fn begin_upload(&self, key: &str) {
        let mut state = self.state.lock().unwrap();
        let object = Object { key: key.to_owned(), ..Object::plain(b"", state.now()) };
        let id = format!("planted-{}", state.uploads.len());
        state.uploads.insert(id, Upload { object, parts: BTreeMap::new() });
    }

    /// Changes an object behind everybody's back.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state.lock().unwrap();
        let object = state.objects.get_mut(key).unwrap();
        let mut bytes = object.bytes.to_vec();
        change(&mut bytes);
        object.bytes = bytes.into();
    }
}

fn target(endpoint: String, prefix: &str) -> S3Target {
    S3Target {
        endpoint: Some(endpoint),
        region: REGION.to_owned(),
        bucket: BUCKET.to_owned(),
        prefix: prefix.to_owned(),
        path_style: None,
        access_key_id: KEY_ID.into(),
        secret: SECRET.into(),
    }
}

fn settings(endpoint: &str, prefix: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("BLOBS", format!("s3://{BUCKET}/{prefix}")),
        ("S3_ENDPOINT", endpoint.to_owned()),
        ("S3_REGION", REGION.to_owned()),
        ("S3_ACCESS_KEY_ID", KEY_ID.to_owned()),
        ("S3_SECRET_ACCESS_KEY", SECRET.to_owned()),
    ])
}
