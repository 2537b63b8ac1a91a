//! What an operator asks the database: whether it has this version's schema, and what waits in the queue.

use std::collections::BTreeSet;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, QueryResult};

use super::convert::Row;
use super::sql::{constant, now_ms};
use super::{Store, StoreError};
use crate::metrics::LaneLoad;
use crate::model::id::{TypedId, WorkspaceId};
use crate::model::task::{Lane, Priority, TaskKind, made_at};

/// How a database's schema compares with this version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    Current,
    /// `bytestack migrate` was not run.
    Older,
    /// A newer version has changed it.
    Newer,
}

impl Store {
    /// Asks the database for its schema, and so whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        let sql = constant(&self.reader, "SELECT version FROM seaql_migrations");
        let rows = self.reader.query_all_raw(sql).await?;
        let version = |row: &QueryResult| row.try_get::<String>("", "version");
        let applied = rows.iter().map(version).collect::<Result<BTreeSet<_>, _>>()?;
        let known: BTreeSet<String> =
            Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        Ok(match (known.is_subset(&applied), applied.is_subset(&known)) {
            (false, _) => SchemaState::Older,
            (true, false) => SchemaState::Newer,
            (true, true) => SchemaState::Current,
        })
    }

    /// What waits and runs, by kind and priority. It looks at every task there is: at most once in a
    /// while.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn queue_load(&self, clock_ms: i64) -> Result<Vec<LaneLoad>, StoreError> {
        let now = now_ms(self.reader.get_database_backend());
        // A lane is a workspace and a digit; a task that is due at once has the time 0 and an id that
        // says when it was made.
        let sql = format!(
            "SELECT kind, substr(lane, {digit}) AS digit, max({now}) AS now, \
             sum(CASE WHEN due_at <= {now} THEN 1 ELSE 0 END) AS due, \
             sum(CASE WHEN due_at > {now} AND lease_token IS NULL THEN 1 ELSE 0 END) AS delayed, \
             sum(CASE WHEN due_at > {now} AND lease_token IS NOT NULL THEN 1 ELSE 0 END) AS running, \
             min(CASE WHEN due_at > 0 AND due_at <= {now} THEN due_at END) AS oldest_due, \
             min(CASE WHEN due_at = 0 THEN id END) AS oldest_id \
             FROM task GROUP BY kind, substr(lane, {digit})",
            digit = WorkspaceId::PREFIX.len() + ulid::ULID_LEN + 2,
        );
        let rows = self.reader.query_all_raw(constant(&self.reader, &sql)).await?;
        rows.iter().map(|row| load(row, clock_ms)).collect()
    }

    /// Notes how many connections are open.
    pub fn show_connections(&self) {
        self.reader.show_use();
        self.writer.show_use();
    }
}

fn load(row: &QueryResult, clock_ms: i64) -> Result<LaneLoad, StoreError> {
    let kind: String = row.try_get("", "kind")?;
    let at = Row { table: "task", id: &kind };
    let kind: TaskKind = at.parse(&kind)?;
    let digit: String = row.try_get("", "digit")?;
    let now: i64 = row.try_get("", "now")?;
    let planned: Option<i64> = row.try_get("", "oldest_due")?;
    let made: Option<String> = row.try_get("", "oldest_id")?;
    let made = made.as_deref().and_then(made_at);
    // Each on the clock that gave it: tasks are made on the node's, and put off on the database's.
    let waited = planned.map(|due| now - due).into_iter();
    let waited = waited.chain(made.map(|made| clock_ms - made)).max().unwrap_or(0).max(0);
    Ok(LaneLoad {
        kind,
        priority: priority(&digit).ok_or_else(|| at.corrupt(&"its lane has no priority"))?,
        due: row.try_get("", "due")?,
        delayed: row.try_get("", "delayed")?,
        running: row.try_get("", "running")?,
        oldest_due: seconds(waited),
    })
}

fn priority(digit: &str) -> Option<Priority> {
    let workspace = WorkspaceId::from_ulid(ulid::Ulid::nil());
    Priority::ALL.into_iter().find(|priority| {
        let lane = Lane { workspace, priority: *priority }.to_string();
        lane.rsplit('/').next() == Some(digit)
    })
}

#[expect(clippy::cast_precision_loss, reason = "the ages of tasks are far below 2^53 ms")]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1_000.0
}
