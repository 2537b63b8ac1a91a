//! Keeping leases, and giving them back.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;

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
    /// `None` when the worker stops: the attempt does not count and the task is due at once. Otherwise
    /// the attempt failed and the task is due again after this long.
    pub retry_after_ms: Option<i64>,
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
    let rows = tx.connection().query_all_raw(binder.statement(sql)).await?;
    let kept = rows
        .iter()
        .map(|row| row.try_get::<String>("", "id"))
        .collect::<Result<HashSet<String>, _>>()?;
    let lost = heartbeat.leases.iter().map(|(id, _)| id).filter(|id| !kept.contains(*id));
    Ok(lost.cloned().collect())
}

pub(super) async fn give_back(tx: &Tx, items: &[&GiveBack]) -> Result<(), StoreError> {
    let mut given = Vec::with_capacity(items.len());
    for item in items {
        let backend = tx.backend();
        let mut binder = Binder::new(tx.backend());
        let (due_at, attempt) = match item.retry_after_ms {
            None => ("0".to_owned(), "attempt - 1"),
            Some(after) => (format!("{} + {}", now_ms(backend), binder.bind(after)), "attempt"),
        };
        let (id, token) = (binder.bind(item.task.as_str()), binder.bind(item.lease_token));
        let sql = format!(
            "UPDATE task SET due_at = {due_at}, attempt = {attempt}, lease_token = NULL, \
             leased_by = NULL WHERE id = {id} AND lease_token = {token}"
        );
        let done = tx.connection().execute_raw(binder.statement(sql)).await?;
        if done.rows_affected() == 1 {
            given.push(item.task.clone());
        }
    }
    queue_jobs(tx, &given).await
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
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(())
}
