//! Storage keys: a result is found by its query and the second of its reference time for ever.

use chrono::DateTime;

use super::{Check, Doctor, Report, next};
use crate::model::storage_object::storage_key;
use crate::store::StoreError;
use crate::store::check::NamedJob;

pub const CHECK: Check = Check {
    name: "names",
    promise: "each job's storage key is its own, and is made of its query and reference time",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    let mut jobs = snapshot.jobs_by_key().await?;
    let mut last: Option<NamedJob> = None;
    while let Some(job) = next(&mut jobs, report).await? {
        if let Some(last) = last.filter(|last| last.storage_key == job.storage_key) {
            let what = format!("has the storage key of {}: {}", last.id, job.storage_key);
            report.found(&job.id, what);
        }
        if !is_well_named(&job) {
            let what = format!("has a storage key that is not its own: {}", job.storage_key);
            report.found(&job.id, what);
        }
        last = Some(job);
    }
    Ok(())
}

fn is_well_named(job: &NamedJob) -> bool {
    let time = DateTime::from_timestamp_millis(job.scheduled_for.unwrap_or(job.created_at));
    let (Ok(query), Some(time)) = (job.query_id.parse(), time) else {
        return false;
    };
    let first = storage_key(query, time, 0);
    if job.storage_key == first {
        return true;
    }
    let suffix = first.strip_suffix(".json").and_then(|start| job.storage_key.strip_prefix(start));
    let number = suffix.and_then(|suffix| suffix.strip_prefix('-')?.strip_suffix(".json"));
    let number = number.and_then(|number| number.parse::<u32>().ok());
    // Rendered again, as `-02` is a number as well.
    number.is_some_and(|n| n >= 2 && job.storage_key == storage_key(query, time, n - 1))
}
