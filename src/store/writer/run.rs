//! Running stored queries once more: a job and its task in one commit, once per idempotency key.

use std::collections::HashSet;

use super::Tx;
use super::known::{Key, heads, key_of, known_keys};
use crate::store::convert::{Row, millis, number};
use crate::store::entity::idempotency;
use crate::store::event::LogHead;
use crate::store::run::{NewRun, Started, free_keys, insert, lock_queries};
use crate::store::sql::Script;
use crate::store::{StoreError, audit_entry};

pub(super) async fn apply(tx: &Tx, items: &[&NewRun]) -> Result<Vec<Started>, StoreError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let asked = items.iter().map(|item| (item.job.workspace_id, item.job.query_id));
    let queries = lock_queries(tx, asked).await?;
    let heads = heads(tx, items.iter().map(|item| item.job.workspace_id).collect()).await?;
    let now = items.iter().map(|item| millis(item.job.created_at)).max().unwrap_or_default();
    let keys: Vec<Key> = items.iter().filter_map(|item| key(item)).collect();
    let mut known = known_keys(tx, &keys, now).await?;
    let (mut answers, mut new) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let job = &item.job;
        if !queries.contains(&(job.workspace_id, job.query_id)) {
            answers.push(Started::NoQuery);
            continue;
        }
        let log = heads.of(job.workspace_id)?;
        let key = key(item);
        if let Some(row) = key.as_ref().and_then(|key| known.get(key)) {
            answers.push(replay(item, row, log)?);
            continue;
        }
        if let (Some(name), Some(key)) = (key, &item.idempotency) {
            let row = key.row(job.workspace_id, &job.query_id, millis(job.created_at));
            let (job_id, event_seq) = (Some(job.id.to_string()), number(log.seq));
            known.insert(name, idempotency::Model { job_id, event_seq, ..row });
        }
        answers.push(Started::New { job: Box::new(job.clone()), log });
        new.push(*item);
    }
    let rows = new.iter().filter_map(|item| known.remove(&key(item)?));
    write(tx, &new, rows.collect(), &mut answers).await?;
    Ok(answers)
}

/// Writes the new runs, each with a storage key that is free, which its answer then says.
async fn write(
    tx: &Tx,
    new: &[&NewRun],
    keys: Vec<idempotency::Model>,
    answers: &mut [Started],
) -> Result<(), StoreError> {
    let mut jobs: Vec<_> = new.iter().map(|item| item.job.clone()).collect();
    let storage_keys = free_keys(tx, &jobs).await?;
    let started = answers.iter_mut().filter_map(|answer| match answer {
        Started::New { job, .. } => Some(job),
        _ => None,
    });
    for ((job, answer), key) in jobs.iter_mut().zip(started).zip(storage_keys) {
        answer.storage_key.clone_from(&key);
        job.storage_key = key;
    }
    let entries = new.iter().map(|item| audit_entry::row(&item.audit));
    let mut script = Script::new(tx.backend());
    insert(&jobs, &HashSet::new(), &mut script)?;
    script.insert(&entries.collect::<Result<Vec<_>, _>>()?);
    script.insert(&keys);
    Ok(script.run(tx.connection()).await?)
}

fn key(item: &NewRun) -> Option<Key> {
    item.idempotency.as_ref().map(|key| key_of(item.job.workspace_id, key))
}

fn replay(item: &NewRun, row: &idempotency::Model, log: LogHead) -> Result<Started, StoreError> {
    if !item.idempotency.as_ref().is_some_and(|key| key.is_of(row)) {
        return Ok(Started::KeyReused);
    }
    let at = Row { table: "idempotency", id: &row.key };
    let job = row.job_id.as_deref().ok_or_else(|| at.corrupt(&"a run without a job"))?;
    let log = LogHead { epoch: log.epoch, seq: at.number(row.event_seq)? };
    Ok(Started::Replayed { job: at.parse(job)?, log })
}
