//! Keeping leases, and giving them back.

use std::collections::HashSet;

use sea_orm::{Statement, Value};

use super::Tx;
use crate::store::StoreError;
use crate::store::sql::{Binder, now_ms};

/// Leases that their worker still holds.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// Task id and lease token.
    pub leases: Vec<(String, i64)>,
    pub lease_ms: u32,
}

/// A task that its worker will not finish.
#[derive(Clone, Debug)]
pub struct GiveBack {
    pub task: String,
    pub lease_token: i64,
    pub then: Then,
}

/// What becomes of a task that is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The worker stops: the attempt does not count and the task is due at once.
    Again,
    /// The attempt failed, and the task is due again after so many milliseconds.
    Later(i64),
    /// It was not the time for it: the attempt does not count, and the task is due after so many milliseconds.
    PutOff(i64),
    /// Nothing is to be done for it: the task goes.
    Never,
}

/// Answers, per command, the tasks whose lease is lost.
pub(super) async fn apply(tx: &Tx, items: &[&Heartbeat]) -> Result<Vec<Vec<String>>, StoreError> {
    let mut answers = Vec::with_capacity(items.len());
    for heartbeat in items {
        answers.push(extend(tx, heartbeat).await?);
    }
    Ok(answers)
}

/// Tokens are random per row and claim, so two plain lists fence exactly.
async fn extend(tx: &Tx, heartbeat: &Heartbeat) -> Result<Vec<String>, StoreError> {
    if heartbeat.leases.is_empty() {
        return Ok(Vec::new());
    }
    let backend = tx.backend();
    let mut binder = Binder::new(tx.backend());
    let lease = binder.bind(i64::from(heartbeat.lease_ms));
    let ids = binder.one_of(heartbeat.leases.iter().map(|(id, _)| id.as_str()));
    let tokens = binder.one_of(heartbeat.leases.iter().map(|(_, token)| *token));
    let sql = format!(
        "UPDATE task SET due_at = {now} + {lease} \
         WHERE id {ids} AND lease_token {tokens} RETURNING id",
        now = now_ms(backend),
    );
    let rows = tx.records(binder.statement(sql)).await?;
    let kept =
        rows.iter().map(|row| row.get::<String>("id")).collect::<Result<HashSet<String>, _>>()?;
    let lost = heartbeat.leases.iter().map(|(id, _)| id).filter(|id| !kept.contains(*id));
    Ok(lost.cloned().collect())
}

pub(super) async fn give_back(tx: &Tx, items: &[&GiveBack]) -> Result<(), StoreError> {
    let mut given = Vec::with_capacity(items.len());
    for sql in [again(tx, items), later(tx, items)].into_iter().flatten() {
        for row in tx.records(sql).await? {
            given.push(row.get("id")?);
        }
    }
    queue_jobs(tx, &given).await?;
    if let Some(sql) = never(tx, items) {
        tx.execute(sql).await?;
    }
    Ok(())
}

fn again(tx: &Tx, items: &[&GiveBack]) -> Option<Statement> {
    let mut binder = Binder::new(tx.backend());
    let which = leases(&mut binder, items, Then::Again)?;
    let sql = format!(
        "UPDATE task SET due_at = 0, attempt = attempt - 1, lease_token = NULL, leased_by = NULL \
         WHERE {which} RETURNING id"
    );
    Some(binder.statement(sql))
}

fn later(tx: &Tx, items: &[&GiveBack]) -> Option<Statement> {
    let row = |item: &&GiveBack| {
        let (after, attempts) = match item.then {
            Then::Later(after) => (after, 0_i32),
            Then::PutOff(after) => (after, 1),
            Then::Again | Then::Never => return None,
        };
        Some([item.task.as_str().into(), item.lease_token.into(), after.into(), attempts.into()])
    };
    let rows: Vec<[Value; 4]> = items.iter().filter_map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let mut binder = Binder::new(tx.backend());
    let rows = binder.rows(rows);
    let sql = format!(
        "UPDATE task SET due_at = {now} + back.column3, attempt = attempt - back.column4, \
         lease_token = NULL, leased_by = NULL \
         FROM ({rows}) AS back WHERE task.id = back.column1 AND task.lease_token = back.column2 \
         RETURNING id",
        now = now_ms(tx.backend()),
    );
    Some(binder.statement(sql))
}

fn never(tx: &Tx, items: &[&GiveBack]) -> Option<Statement> {
    let mut binder = Binder::new(tx.backend());
    let which = leases(&mut binder, items, Then::Never)?;
    Some(binder.statement(format!("DELETE FROM task WHERE {which}")))
}

/// The tasks of which this becomes, as far as they are still held.
fn leases(binder: &mut Binder, items: &[&GiveBack], then: Then) -> Option<String> {
    let items: Vec<&&GiveBack> = items.iter().filter(|item| item.then == then).collect();
    if items.is_empty() {
        return None;
    }
    let ids = binder.one_of(items.iter().map(|item| item.task.as_str()));
    let tokens = binder.one_of(items.iter().map(|item| item.lease_token));
    Some(format!("id {ids} AND lease_token {tokens}"))
}

/// The jobs behind these tasks wait again; attempts that do not count for a task do not for its job.
pub(in crate::store) async fn queue_jobs(tx: &Tx, tasks: &[String]) -> Result<(), StoreError> {
    if tasks.is_empty() {
        return Ok(());
    }
    let mut binder = Binder::new(tx.backend());
    let ids = binder.one_of(tasks.iter().map(String::as_str));
    let sql = format!(
        "UPDATE job SET status = 'queued', started_at = NULL, \
         attempt = (SELECT task.attempt FROM task WHERE task.id = job.id) \
         WHERE id {ids} AND status = 'running'"
    );
    tx.execute(binder.statement(sql)).await?;
    Ok(())
}
