//! Jobs and their results. A result that was deleted has left a note of it in its job.

use super::{Check, Doctor, Report, next};
use crate::model::job::JobStatus;
use crate::store::StoreError;
use crate::store::check::JobResult;

pub const CHECK: Check = Check {
    name: "results",
    promise: "a completed job has one result unless that was deleted, any other job none",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    let mut jobs = snapshot.jobs_with_results().await?;
    while let Some(job) = next(&mut jobs, report).await? {
        judge(&job, report);
    }
    drop(jobs);
    let mut strays = snapshot.stray_results().await?;
    while let Some(stray) = next(&mut strays, report).await? {
        let what = match stray.job {
            None => format!("is the result of {}, which is not there", stray.job_id),
            Some(job) => {
                format!("is a second result of {job}: a job's result has the job's own id")
            }
        };
        report.found(&stray.id, what);
    }
    Ok(())
}

fn judge(job: &JobResult, report: &mut Report) {
    let status = match job.status.parse::<JobStatus>() {
        Ok(status) => status,
        Err(error) => return report.found(&job.id, format!("has no status: {error}")),
    };
    let Some(object) = &job.object_id else {
        if status == JobStatus::Completed && job.result_deleted_at.is_none() {
            let advice = "run the job again, or restore the row from a backup";
            report.advise(&job.id, "is completed, but its result is not there", advice);
        }
        return;
    };
    if status != JobStatus::Completed {
        report
            .found(&job.id, format!("is {}, but {object} is there as its result", status.as_str()));
    }
    if job.result_deleted_at.is_some() {
        report.found(&job.id, format!("says that its result was deleted, but {object} is there"));
    }
    if job.object_key.as_deref() != Some(&job.storage_key) {
        let key = job.object_key.as_deref().unwrap_or_default();
        report.found(object, format!("is kept as {key}, but its job says {}", job.storage_key));
    }
    // One that names a job that is not there, or whose id is not its job's, is a stray.
}
