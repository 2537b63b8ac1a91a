//! The rows behind the service's back: copied, as asking for very many would take all day.

use std::time::Duration;

use bytestack::clock::Clock;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};

use super::Service;
use serde_json::json;
use sha2::{Digest, Sha256};

/// What all copies have in front; real ids of today are greater.
const COPY: &str = "00";

const QUERY: &str = "workspace_id, name, prompt, sources, range_start, range_end, result_limit, reading, \
     assumptions, timezone, created_at, updated_at, deleted_at, webhook_url";
const SCHEDULE: &str = "workspace_id, cron, timezone, overlap, catch_up, catch_up_window_seconds, \
     on_failure, dst_gap, dst_fold, jitter_seconds, starts_at, ends_at, next_at, due_at, paused_at, \
     stopped_by_job, updated_at";

pub struct Rows(DatabaseConnection);

/// Now, in milliseconds.
pub fn now_ms() -> i64 {
    Clock::system().now().timestamp_millis()
}

/// So many bytes of a result with many posts.
pub fn result(number: usize, size: usize) -> Vec<u8> {
    const WORDS: [&str; 8] =
        ["acme", "works", "again", "not", "really", "launch", "price", "support"];
    let mut text = format!("{{\"number\":{number},\"evidence\":[").into_bytes();
    let mut state = number as u64 + 1;
    while text.len() < size {
        let mut words = Vec::new();
        for _ in 0..16 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            words.push(WORDS[usize::try_from(state >> 61).unwrap()]);
        }
        let post =
            json!({ "source": "dataset:posts", "id": state.to_string(), "text": words.join(" ") });
        text.extend_from_slice(format!("{post},").as_bytes());
    }
    text.truncate(size);
    text
}

impl Rows {
    pub async fn of(service: &Service) -> Self {
        Self::at(&service.database_url()).await
    }

    pub async fn at(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Self(Database::connect(options).await.unwrap())
    }

    async fn execute(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    async fn numbers(&self, sql: String) -> Vec<i64> {
        let backend = self.0.get_database_backend();
        let rows = self.0.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// A selection of numbers from 1, and the last letters of the id that each gives.
    fn counted(&self, count: u64) -> (String, &'static str) {
        match self.0.get_database_backend() {
            DbBackend::Sqlite => (
                format!(
                    "WITH RECURSIVE n(n) AS \
                     (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})"
                ),
                "printf('%026d', n)",
            ),
            _ => (
                format!("WITH n AS (SELECT generate_series(1, {count}) AS n)"),
                "lpad(n::text, 26, '0')",
            ),
        }
    }

    /// Copies the one scheduled query until there are so many more.
    pub async fn multiply_schedules(&self, count: u64) {
        let (numbers, ulid) = self.counted(count);
        for (table, key, columns) in [("query", "id", QUERY), ("schedule", "query_id", SCHEDULE)] {
            self.execute(&format!(
                "INSERT INTO {table} ({key}, {columns}) {numbers} \
                 SELECT 'qry_' || {ulid}, {columns} FROM {table}, n WHERE {key} NOT LIKE 'qry_{COPY}%'"
            ))
            .await;
        }
        self.execute("ANALYZE").await;
    }

    /// Copies the one query of a workspace, each with a job that waits.
    pub async fn multiply_jobs(&self, count: u64, workspace: &str) {
        let (numbers, ulid) = self.counted(count);
        let now = now_ms();
        let copies = [
            format!(
                "INSERT INTO query (id, {QUERY}) {numbers} SELECT 'qry_' || {ulid}, {QUERY} \
                 FROM query, n WHERE workspace_id = '{workspace}'"
            ),
            format!(
                "INSERT INTO job (id, workspace_id, query_id, status, \"trigger\", storage_key, \
                 created_at, attempt, max_attempts, sources) {numbers} SELECT 'job_' || {ulid}, \
                 '{workspace}', 'qry_' || {ulid}, 'queued', \"trigger\", \
                 'qry_' || {ulid} || '_2026-01-01T00-00-00Z.json', {now}, 0, max_attempts, '[]' \
                 FROM job, n WHERE workspace_id = '{workspace}'"
            ),
            format!(
                "INSERT INTO task (id, workspace_id, kind, due_at, attempt, max_attempts, lane, \
                 cancel_requested, query_id, held) {numbers} SELECT 'job_' || {ulid}, '{workspace}', \
                 'job', 0, 0, 3, '{workspace}/1', FALSE, 'qry_' || {ulid}, FALSE FROM n"
            ),
        ];
        for copy in copies {
            self.execute(&copy).await;
        }
        self.execute("ANALYZE").await;
    }

    /// Copies the one query until there are so many more, each with a job that has ended and its result.
    pub async fn multiply_results(&self, count: u64) {
        const JOB: &str = "workspace_id, status, \"trigger\", scheduled_for, created_at, started_at, \
             completed_at, attempt, max_attempts, error_code, error_message, error_retryable, sources";
        const OBJECT: &str = "workspace_id, content_type, size_bytes, sha256, created_at";
        let (numbers, ulid) = self.counted(count);
        let key = format!("'qry_' || {ulid} || '_2026-01-01T00-00-00Z.json'");
        let copies = [
            format!(
                "INSERT INTO query (id, {QUERY}) {numbers} SELECT 'qry_' || {ulid}, {QUERY} FROM query, n"
            ),
            format!(
                "INSERT INTO job (id, query_id, storage_key, {JOB}) {numbers} \
                 SELECT 'job_' || {ulid}, 'qry_' || {ulid}, {key}, {JOB} FROM job, n"
            ),
            format!(
                "INSERT INTO storage_object (id, query_id, job_id, key, {OBJECT}) {numbers} \
                 SELECT 'obj_' || {ulid}, 'qry_' || {ulid}, 'job_' || {ulid}, {key}, {OBJECT} \
                 FROM storage_object, n"
            ),
        ];
        for copy in copies {
            self.execute(&copy).await;
        }
        self.execute("ANALYZE").await;
    }

    /// Adds so many results of this size, numbered from `first`, no two alike; answers their keys. The large
    /// ones are blobs.
    pub async fn add_results(
        &self,
        service: &Service,
        first: usize,
        size: usize,
        count: usize,
    ) -> Vec<String> {
        const JOB: &str = "workspace_id, query_id, status, \"trigger\", scheduled_for, created_at, \
             started_at, completed_at, attempt, max_attempts, error_code, error_message, error_retryable, sources";
        let mut keys = Vec::new();
        for number in first..first + count {
            let (ulid, plain) = (format!("{COPY}{number:024}"), result(number, size));
            let zstd = zstd::bulk::compress(&plain, 3).unwrap();
            let key = format!("qry_{ulid}_2026-01-01T00-00-00Z.json");
            let blob = (size > 1_000_000).then(|| format!("results/job_{ulid}/1-a"));
            if let Some(name) = &blob {
                let file = service.data_dir().join("blobs").join(name);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(file, &zstd).unwrap();
            }
            let sha256 = hex::encode(Sha256::digest(&plain));
            let named = blob.as_ref().map_or("NULL".to_owned(), |name| format!("'{name}'"));
            let mut copies = vec![
                format!(
                    "INSERT INTO job (id, storage_key, {JOB}) SELECT 'job_{ulid}', '{key}', {JOB} \
                     FROM job WHERE id NOT LIKE 'job_{COPY}%' ORDER BY id LIMIT 1"
                ),
                format!(
                    "INSERT INTO storage_object (id, workspace_id, query_id, job_id, key, content_type, \
                     size_bytes, sha256, created_at, blob) SELECT 'obj_{ulid}', workspace_id, query_id, \
                     'job_{ulid}', '{key}', content_type, {size}, '{sha256}', created_at, {named} \
                     FROM storage_object WHERE id NOT LIKE 'obj_{COPY}%' ORDER BY id LIMIT 1"
                ),
            ];
            if blob.is_none() {
                let hex = hex::encode(zstd);
                let bytes = match self.0.get_database_backend() {
                    DbBackend::Sqlite => format!("X'{hex}'"),
                    _ => format!("'\\x{hex}'::bytea"),
                };
                copies.push(format!("INSERT INTO result_body VALUES ('obj_{ulid}', {bytes})"));
            }
            self.execute(&copies.join("; ")).await;
            keys.push(key);
        }
        keys
    }

    /// Adds so many tasks with nothing behind them.
    pub async fn add_tasks(&self, count: u64, workspace: &str) {
        let (numbers, ulid) = self.counted(count);
        self.execute(&format!(
            "INSERT INTO task (id, workspace_id, kind, due_at, attempt, max_attempts, lane, \
             cancel_requested, held) {numbers} SELECT 'dlv_' || {ulid}, '{workspace}', 'webhook', 0, 0, 3, \
             '{workspace}/1', FALSE, FALSE FROM n"
        ))
        .await;
    }

    /// How many tasks there are.
    pub async fn tasks(&self) -> i64 {
        self.numbers("SELECT count(*) FROM task".to_owned()).await[0]
    }

    /// How many copied jobs have not ended.
    pub async fn waiting(&self) -> i64 {
        self.numbers(format!("SELECT count(*) FROM task WHERE id LIKE 'job_{COPY}%'")).await[0]
    }

    /// Makes so many schedules fire each minute, first at this one.
    pub async fn set_due(&self, due: i64, fires: u64) {
        self.execute(&format!(
            "UPDATE schedule SET cron = '* * * * *', next_at = {due}, due_at = {due} WHERE query_id IN (SELECT query_id \
             FROM schedule WHERE query_id LIKE 'qry_{COPY}%' ORDER BY query_id LIMIT {fires})"
        ))
        .await;
    }

    /// Waits until the jobs of this fire are there, all of them; the time when they were, in milliseconds.
    pub async fn all_are_made(&self, due: i64, fires: u64) -> i64 {
        let made = format!("SELECT count(*) FROM job WHERE scheduled_for = {due}");
        loop {
            if self.numbers(made.clone()).await[0].unsigned_abs() >= fires {
                return now_ms();
            }
            assert!(now_ms() < due + 120_000, "they are not all made");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How long after this fire each of its jobs was made, in milliseconds, least first.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
    pub async fn lateness(&self, due: i64) -> Vec<f64> {
        let made =
            format!("SELECT created_at FROM job WHERE scheduled_for = {due} ORDER BY created_at");
        self.numbers(made).await.into_iter().map(|made| (made - due) as f64).collect()
    }
}
