//! A store by other hands, in this process: objects are files in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bytestack::blobs::s3::S3Target;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{BUCKET, KEY_ID, SECRET, settings, target};

pub struct OtherStore {
    pub address: SocketAddr,
    folder: TempDir,
    _serving: JoinSet<()>,
}

impl OtherStore {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let files = s3s_fs::FileSystem::new(folder.path()).unwrap();
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let router = Router::new().fallback(answer).with_state(service.build());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, folder, _serving: serving }
    }

    pub fn target(&self, prefix: &str) -> S3Target {
        target(format!("http://{}", self.address), prefix)
    }

    /// The settings that name it, for `TestOptions`.
    pub fn settings(&self, prefix: &str) -> BTreeMap<&'static str, String> {
        settings(&format!("http://{}", self.address), prefix)
    }

    /// Where its objects are.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }
}

async fn answer(State(service): State<S3Service>, request: Request) -> Response<Body> {
    let request = request.map(s3s::Body::http_body_unsync);
    match service.call(request).await {
        Ok(answer) => answer.map(Body::new),
        Err(error) => {
            let answer = Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR);
            answer.body(Body::from(format!("{error:?}"))).unwrap()
        }
    }
}
