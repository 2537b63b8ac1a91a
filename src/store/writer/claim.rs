//! Claiming: one statement takes due tasks of any workspace under a new lease, and the jobs behind
//! them become running.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::Tx;
use crate::model::id::WorkspaceId;
use crate::model::task::TaskKind;
use crate::store::StoreError;
use crate::store::convert::{Row, number};
use crate::store::sql::{Binder, now_ms, random_token};

/// Who wants how many tasks, and for how long.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The node and its boot.
    pub worker: String,
    pub kind: TaskKind,
    pub count: u32,
    pub lease_ms: u32,
    /// The worker's clock, for `startedAt`; the lease itself is on the database's time.
    pub now_ms: i64,
}

/// A task under a lease. Every later write must show the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub id: String,
    pub workspace_id: WorkspaceId,
    pub kind: TaskKind,
    pub lease_token: i64,
    /// 1 for the first start.
    pub attempt: u32,
    pub max_attempts: u32,
}

pub(super) async fn apply(tx: &Tx, items: &[&Claim]) -> Result<Vec<Vec<Claimed>>, StoreError> {
    let mut answers = Vec::with_capacity(items.len());
    for claim in items {
        let claimed = take(tx, claim).await?;
        start_jobs(tx, claim, &claimed).await?;
        answers.push(claimed);
    }
    Ok(answers)
}

async fn take(tx: &Tx, claim: &Claim) -> Result<Vec<Claimed>, StoreError> {
    let backend = tx.backend();
    let now = now_ms(backend);
    let token = random_token(backend);
    let mut binder = Binder::new(tx.backend());
    let lease = binder.bind(i64::from(claim.lease_ms));
    let worker = binder.bind(claim.worker.as_str());
    let kind = binder.bind(claim.kind.as_str());
    let count = claim.count;
    let sql = format!(
        "UPDATE task SET due_at = {now} + {lease}, lease_token = {token}, leased_by = {worker}, \
         attempt = attempt + 1 WHERE id IN (SELECT id FROM task WHERE kind = {kind} \
         AND due_at <= {now} ORDER BY due_at, id LIMIT {count}) \
         RETURNING id, workspace_id, kind, lease_token, attempt, max_attempts"
    );
    let rows = tx.connection().query_all_raw(binder.statement(sql)).await?;
    rows.iter().map(claimed).collect()
}

fn claimed(row: &QueryResult) -> Result<Claimed, StoreError> {
    let id: String = row.try_get("", "id")?;
    let workspace: String = row.try_get("", "workspace_id")?;
    let attempt: i32 = row.try_get("", "attempt")?;
    let max_attempts: i32 = row.try_get("", "max_attempts")?;
    let at = Row { table: "task", id: &id };
    Ok(Claimed {
        workspace_id: at.parse(&workspace)?,
        kind: at.parse(&row.try_get::<String>("", "kind")?)?,
        lease_token: row.try_get("", "lease_token")?,
        attempt: at.number(attempt.into())?,
        max_attempts: at.number(max_attempts.into())?,
        id,
    })
}

async fn start_jobs(tx: &Tx, claim: &Claim, claimed: &[Claimed]) -> Result<(), StoreError> {
    let mut binder = Binder::new(tx.backend());
    let started = binder.bind(claim.now_ms);
    let rows: Vec<String> = claimed
        .iter()
        .filter(|task| task.kind == TaskKind::Job)
        .map(|task| binder.row([Value::from(task.id.as_str()), number(task.attempt).into()]))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE job SET status = 'running', started_at = {started}, attempt = started.column2 \
         FROM (VALUES {}) AS started WHERE job.id = started.column1",
        rows.join(", ")
    );
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(())
}
