//! Several nodes on one PostgreSQL and one folder of blobs.

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
    blobs: TempDir,
    allowed: String,
}

pub struct Node {
    pub server: Server,
    pub data: TempDir,
}

impl Cluster {
    pub async fn new(allowed: String) -> Self {
        Self { database: TestDatabase::fresh().await, blobs: tempdir().unwrap(), allowed }
    }

    fn environment<'a>(&'a self, blobs: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("BYTESTACK_DATABASE_URL", &self.database.url),
            ("BYTESTACK_BLOBS", blobs),
            ("BYTESTACK_MASTER_KEY", MASTER_KEY),
            ("BYTESTACK_API_KEY", KEY),
            ("BYTESTACK_ALLOW_PRIVATE", &self.allowed),
        ]
    }

    pub fn start(&self, roles: &str) -> Node {
        self.start_with(tempdir().unwrap(), roles, &[])
    }

    /// Starts the node of a data directory, with more variables, written without what all begin with.
    pub fn start_with(&self, data: TempDir, roles: &str, more: &[(&str, &str)]) -> Node {
        let blobs = format!("disk:{}", self.blobs.path().display());
        let more: Vec<(String, &str)> =
            more.iter().map(|(name, value)| (format!("BYTESTACK_{name}"), *value)).collect();
        let mut environment = self.environment(&blobs);
        environment.extend(more.iter().map(|(name, value)| (name.as_str(), *value)));
        let server = Server::start(data.path(), &["--roles", roles], &environment, KEY);
        Node { server, data }
    }

    pub fn run(&self, data: &Path, arguments: &[&str]) -> Ended {
        let blobs = format!("disk:{}", self.blobs.path().display());
        run_in(data, arguments, &self.environment(&blobs))
    }

    /// `doctor` finds nothing.
    pub fn is_sound(&self) {
        let data = tempdir().unwrap();
        let ended = self.run(data.path(), &["doctor"]);
        assert_eq!(ended.code, Some(0), "{:#?}\n{}", ended.printed, ended.log);
    }
}
