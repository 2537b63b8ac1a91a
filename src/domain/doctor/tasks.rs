//! Unfinished work and its tasks. Claiming, giving back and ending change a job and its task in one
//! commit, so in one snapshot they always agree. A lease that has run out is no finding: it is what a
//! kill leaves, and the task is due again by itself.

use super::{Check, Doctor, Report, next};
use crate::model::delivery::DeliveryStatus;
use crate::model::job::JobStatus;
use crate::model::task::{Lane, TaskKind};
use crate::store::StoreError;
use crate::store::check::{Owner, OwnerTask, Snapshot, TaskRow};

pub const CHECK: Check = Check {
    name: "tasks",
    promise: "what is unfinished has one task, what has ended none; what runs is under a lease",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    look_at_owners(&snapshot, Owner::Job, report).await?;
    look_at_owners(&snapshot, Owner::Webhook, report).await?;
    look_at_owners(&snapshot, Owner::Bucket, report).await?;
    let mut tasks = snapshot.tasks().await?;
    while let Some(task) = next(&mut tasks, report).await? {
        judge_task(&task, report);
    }
    Ok(())
}

async fn look_at_owners(
    snapshot: &Snapshot,
    owner: Owner,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut rows = snapshot.owners(owner).await?;
    while let Some(row) = next(&mut rows, report).await? {
        let (kind, is_unfinished, runs) = match owner {
            Owner::Job => {
                let Ok(status) = row.status.parse::<JobStatus>() else { continue };
                (TaskKind::Job, !status.is_final(), Some(status == JobStatus::Running))
            }
            Owner::Webhook | Owner::Bucket => {
                let Ok(status) = row.status.parse::<DeliveryStatus>() else { continue };
                let is_copy = owner == Owner::Bucket;
                let kind = if is_copy { TaskKind::Bucket } else { TaskKind::Webhook };
                (kind, status == DeliveryStatus::Pending, None)
            }
        };
        judge_owner(&row, kind, is_unfinished, runs, report);
    }
    Ok(())
}

/// `runs` is what its status says about a lease, where it says something.
fn judge_owner(
    row: &OwnerTask,
    kind: TaskKind,
    is_unfinished: bool,
    runs: Option<bool>,
    report: &mut Report,
) {
    let (id, status) = (&row.id, &row.status);
    let Some(task_kind) = &row.kind else {
        if is_unfinished {
            let what = format!("is {status}, but has no task: nobody will take it up");
            report.found(id, what);
        }
        return;
    };
    if !is_unfinished {
        return report.found(id, format!("is {status}, but still has a task"));
    }
    if task_kind != kind.as_str() {
        report.found(id, format!("has a task of another kind: {task_kind}"));
    }
    let is_leased = row.lease_token.is_some();
    if is_leased != row.leased_by.is_some() {
        report.found(id, "has a task whose lease has a token or a holder, but not both");
    }
    match runs {
        Some(true) if !is_leased => report.found(id, "is running, but its task is under no lease"),
        Some(false) if is_leased => {
            report.found(id, format!("is {status}, but its task is under a lease"));
        }
        _ => {}
    }
}

fn judge_task(task: &TaskRow, report: &mut Report) {
    match task.kind.parse::<TaskKind>() {
        Err(error) => report.found(&task.id, format!("is a task that nobody does: {error}")),
        Ok(TaskKind::Job) if task.job.is_none() => {
            report.found(&task.id, "is the task of a job that is not there");
        }
        Ok(TaskKind::Webhook | TaskKind::Bucket) if task.delivery.is_none() => {
            report.found(&task.id, "is the task of a delivery that is not there");
        }
        Ok(_) => {}
    }
    if task.is_stranded {
        report.found(&task.id, "is held for other runs of its query, of which there are none");
    }
    let lane = task.lane.parse::<Lane>();
    if !lane.is_ok_and(|lane| lane.workspace.to_string() == task.workspace_id) {
        let what = format!("waits in lane `{}`, which is not one of its workspace", task.lane);
        report.found(&task.id, what);
    }
}
