//! Which database a test runs on: SQLite, or a fresh one on the PostgreSQL that the test command started.
//! `BYTESTACK_TEST_DATABASE` is `postgres`, or `poll` for PostgreSQL without announcements;
//! `BYTESTACK_TEST_POSTGRES` is the server's address.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions, Executor};

const WANTED: &str = "BYTESTACK_TEST_DATABASE";
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database on PostgreSQL; dropped with this.
pub struct TestDatabase {
    server: PgConnectOptions,
    name: String,
    pub url: String,
}

impl TestDatabase {
    /// What this run of the tests wants: `None` is SQLite.
    pub async fn wanted() -> Option<Self> {
        match variable(WANTED).as_deref() {
            None | Some("sqlite") => None,
            Some("postgres" | "poll") => Some(Self::fresh().await),
            Some(other) => {
                panic!("{WANTED} is `{other}`; it can be sqlite, postgres or poll")
            }
        }
    }

    /// An empty database, whatever this run wants.
    pub async fn fresh() -> Self {
        let server = variable("BYTESTACK_TEST_POSTGRES");
        let server =
            server.expect("BYTESTACK_TEST_POSTGRES is not set: run the tests by tests/run");
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("t_{}_{number}", std::process::id());
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        let server: PgConnectOptions = server.parse().unwrap();
        let mut connection = server.connect().await.unwrap();
        // A process of the same number may have left one.
        for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
            connection.execute(AssertSqlSafe(sql)).await.unwrap();
        }
        Self { server, name, url }
    }
}

/// Whether this run is to find everything by polling.
pub fn polls_only() -> bool {
    variable(WANTED).is_some_and(|wanted| wanted == "poll")
}

#[expect(clippy::disallowed_methods, reason = "the tests' own settings")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let sql = format!("DROP DATABASE {name} WITH (FORCE)");
                server.connect().await.unwrap().execute(AssertSqlSafe(sql)).await.unwrap();
            });
        });
        dropping.join().unwrap();
    }
}
