//! Claiming: one statement takes due tasks of the lanes that were picked under a new lease, and the jobs
//! behind them become running.

use sea_orm::{DbBackend, Value};

use super::Tx;
use crate::model::id::WorkspaceId;
use crate::model::task::{Lane, TaskKind};
use crate::store::StoreError;
use crate::store::convert::{Row, number};
use crate::store::sql::{Binder, Record, now_ms, random_token};

/// Who wants which tasks, and for how long.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The node and its boot.
    pub worker: String,
    pub kind: TaskKind,
    pub picks: Vec<Pick>,
    pub lease_ms: u32,
    /// The worker's clock, for `startedAt`; the lease itself is on the database's time.
    pub now_ms: i64,
}

impl Claim {
    /// Whether it is taken by one statement, which is so on PostgreSQL when nobody has to take turns.
    pub(super) fn is_one_statement(&self) -> bool {
        self.picks.iter().all(|pick| pick.cap.is_none())
    }
}

/// How much of a lane is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    pub lane: Lane,
    pub count: u32,
    /// How many tasks of the workspace may run at once: checked here, where nobody else decides.
    pub cap: Option<u32>,
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
    /// It was called off before it was claimed.
    pub cancel_requested: bool,
}

pub(super) async fn apply(tx: &Tx, items: &[&Claim]) -> Result<Vec<Vec<Claimed>>, StoreError> {
    let mut answers = Vec::with_capacity(items.len());
    for claim in items {
        answers.push(take(tx, claim).await?);
    }
    Ok(answers)
}

async fn take(tx: &Tx, claim: &Claim) -> Result<Vec<Claimed>, StoreError> {
    let held = hold_caps(tx, &claim.picks).await?;
    let is_open =
        |pick: &&Pick| pick.cap.is_none() || held.contains(&pick.lane.workspace.to_string());
    let backend = tx.backend();
    let mut binder = Binder::new(backend);
    let picked: Vec<String> = claim
        .picks
        .iter()
        .filter(is_open)
        .enumerate()
        .map(|(n, pick)| picked(&mut binder, backend, claim.kind, n, pick))
        .collect();
    if picked.is_empty() {
        return Ok(Vec::new());
    }
    let (now, token) = (now_ms(backend), random_token(backend));
    let lease = binder.bind(i64::from(claim.lease_ms));
    let worker = binder.bind(claim.worker.as_str());
    let picked = format!("WITH picked AS MATERIALIZED ({})", picked.join(" UNION ALL "));
    let take = format!(
        "UPDATE task SET due_at = {now} + {lease}, lease_token = {token}, leased_by = {worker}, \
         attempt = attempt + 1 WHERE id IN (SELECT id FROM picked) RETURNING \
         id, workspace_id, kind, lease_token, attempt, max_attempts, cancel_requested"
    );
    if backend == DbBackend::Sqlite || claim.kind != TaskKind::Job {
        let rows = tx.records(binder.statement(format!("{picked} {take}"))).await?;
        let claimed = rows.iter().map(claimed).collect::<Result<Vec<Claimed>, StoreError>>()?;
        start_jobs(tx, claim, &claimed).await?;
        return Ok(claimed);
    }
    // Only SQLite cannot start the jobs in the same statement.
    let started = binder.bind(claim.now_ms);
    let sql = format!(
        "{picked}, taken AS ({take}), started AS ({START_JOBS} {started}, \
         attempt = taken.attempt FROM taken WHERE job.id = taken.id) SELECT * FROM taken"
    );
    let rows = tx.records(binder.statement(sql)).await?;
    rows.iter().map(claimed).collect()
}

const START_JOBS: &str = "UPDATE job SET status = 'running', started_at =";

/// Selects the tasks of one pick. On SQLite numbers of rows stand in the text: see
/// [`crate::store::sql::first`].
fn picked(
    binder: &mut Binder,
    backend: DbBackend,
    kind: TaskKind,
    n: usize,
    pick: &Pick,
) -> String {
    let now = now_ms(backend);
    let (bound_kind, lane) = (binder.bind(kind.as_str()), binder.bind(pick.lane.to_string()));
    let (least, greatest, lock) = match backend {
        DbBackend::Sqlite => ("min", "max", ""),
        _ => ("least", "greatest", " FOR UPDATE SKIP LOCKED"),
    };
    let count = match backend {
        DbBackend::Sqlite => pick.count.to_string(),
        _ => binder.bind(i64::from(pick.count)),
    };
    let limit = match pick.cap {
        None => count,
        Some(cap) => {
            let kind = binder.bind(kind.as_str());
            let workspace = binder.bind(pick.lane.workspace.to_string());
            format!(
                "{greatest}(0, {least}({count}, {cap} - (SELECT count(*) FROM task AS running \
                 WHERE running.kind = {kind} AND running.workspace_id = {workspace} \
                 AND running.lease_token IS NOT NULL AND running.due_at > {now})))"
            )
        }
    };
    format!(
        "SELECT id FROM (SELECT id FROM task WHERE kind = {bound_kind} AND lane = {lane} \
         AND due_at <= {now} ORDER BY due_at, id LIMIT {limit}{lock}) AS picked{n}"
    )
}

/// Nodes take turns at the workspaces that have a cap, so that it is never exceeded; one that another
/// node has just now is left to it.
async fn hold_caps(tx: &Tx, picks: &[Pick]) -> Result<Vec<String>, StoreError> {
    let capped = picks.iter().filter(|pick| pick.cap.is_some());
    let capped: Vec<String> = capped.map(|pick| pick.lane.workspace.to_string()).collect();
    if capped.is_empty() || tx.backend() == DbBackend::Sqlite {
        return Ok(capped);
    }
    let mut binder = Binder::new(tx.backend());
    let ids = binder.one_of(capped);
    let sql = format!(
        "SELECT id FROM workspace WHERE id {ids} ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
    );
    let rows = tx.records(binder.statement(sql)).await?;
    rows.iter().map(|row| Ok(row.get::<String>("id")?)).collect()
}

fn claimed(row: &Record) -> Result<Claimed, StoreError> {
    let id: String = row.get("id")?;
    let workspace: String = row.get("workspace_id")?;
    let attempt: i32 = row.get("attempt")?;
    let max_attempts: i32 = row.get("max_attempts")?;
    let at = Row { table: "task", id: &id };
    Ok(Claimed {
        workspace_id: at.parse(&workspace)?,
        kind: at.parse(&row.get::<String>("kind")?)?,
        lease_token: row.get("lease_token")?,
        cancel_requested: row.get("cancel_requested")?,
        attempt: at.number(attempt.into())?,
        max_attempts: at.number(max_attempts.into())?,
        id,
    })
}

async fn start_jobs(tx: &Tx, claim: &Claim, claimed: &[Claimed]) -> Result<(), StoreError> {
    let jobs: Vec<&Claimed> = claimed.iter().filter(|task| task.kind == TaskKind::Job).collect();
    if jobs.is_empty() {
        return Ok(());
    }
    let mut binder = Binder::new(tx.backend());
    let started = binder.bind(claim.now_ms);
    let row = |task: &&Claimed| [Value::from(task.id.as_str()), number(task.attempt).into()];
    let rows = binder.rows(jobs.iter().map(row));
    let sql = format!(
        "{START_JOBS} {started}, attempt = started.column2 \
         FROM ({rows}) AS started WHERE job.id = started.column1"
    );
    tx.execute(binder.statement(sql)).await?;
    Ok(())
}
