//! Several nodes on one PostgreSQL and one place of blobs.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::{TempDir, tempdir};

use super::database::TestDatabase;
use super::process::{Ended, Server, run_in};

const KEY: &str = "an-admin-key-for-every-node-0123456789";
/// 32 bytes in base64.
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// What the nodes have in common.
pub struct Cluster {
    pub database: TestDatabase,
    blobs: Blobs,
    allowed: String,
}

enum Blobs {
    Disk(TempDir),
    /// The settings that name the bucket, without what all begin with.
    Bucket(BTreeMap<&'static str, String>),
}

pub struct Node {
    pub server: Server,
    pub data: TempDir,
}

impl Cluster {
    pub async fn new(allowed: String) -> Self {
        let blobs = Blobs::Disk(tempdir().unwrap());
        Self { database: TestDatabase::fresh().await, blobs, allowed }
    }

    /// Nodes whose blobs are in a bucket, which these settings name.
    pub async fn on_bucket(settings: BTreeMap<&'static str, String>) -> Self {
        let (database, blobs) = (TestDatabase::fresh().await, Blobs::Bucket(settings));
        Self { database, blobs, allowed: String::new() }
    }

    fn environment(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let blobs = match &self.blobs {
            Blobs::Disk(folder) => [("BLOBS", format!("disk:{}", folder.path().display()))].into(),
            Blobs::Bucket(settings) => settings.clone(),
        };
        let own = [
            ("DATABASE_URL", &*self.database.url),
            ("MASTER_KEY", MASTER_KEY),
            ("API_KEY", KEY),
            ("ALLOW_PRIVATE", &self.allowed),
        ];
        let blobs = blobs.iter().map(|(name, value)| (*name, value.as_str()));
        let all = blobs.chain(own).chain(more.iter().copied());
        all.map(|(name, value)| (format!("BYTESTACK_{name}"), value.to_owned())).collect()
    }

    pub fn start(&self, roles: &str) -> Node {
        self.start_with(tempdir().unwrap(), roles, &[])
    }

    /// Starts the node of a data directory, with more variables, written without what all begin with.
    pub fn start_with(&self, data: TempDir, roles: &str, more: &[(&str, &str)]) -> Node {
        let environment = self.environment(more);
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let server = Server::start(data.path(), &["--roles", roles], &environment, KEY);
        Node { server, data }
    }

    pub fn run(&self, data: &Path, arguments: &[&str]) -> Ended {
        let environment = self.environment(&[]);
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        run_in(data, arguments, &environment)
    }

    /// `doctor` finds nothing.
    pub fn is_sound(&self) {
        let data = tempdir().unwrap();
        let ended = self.run(data.path(), &["doctor"]);
        assert_eq!(ended.code, Some(0), "{:#?}\n{}", ended.printed, ended.log);
    }
}
