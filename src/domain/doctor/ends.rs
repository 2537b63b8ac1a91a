//! Jobs and the events of their ends. The payload is what subscribers and webhooks were given: it must
//! say the same as the rows do.

use super::{Check, Doctor, Report, next};
use crate::model::event::{JOB_COMPLETED, JobCompleted};
use crate::model::job::JobStatus;
use crate::store::StoreError;
use crate::store::check::EndEvent;

pub const CHECK: Check = Check {
    name: "ends",
    promise: "a job that has ended has one event, which says how; any other job none",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    let mut jobs = snapshot.jobs_with_ends().await?;
    while let Some(job) = next(&mut jobs, report).await? {
        // A status that is none is a finding of `results`.
        let Ok(status) = job.status.parse::<JobStatus>() else { continue };
        let (status, expected) = (status.as_str(), i64::from(status.is_final()));
        match job.ends {
            ends if ends == expected => {}
            0 if job.may_be_trimmed => {}
            0 => report.found(&job.id, format!("is {status}, but no event says so")),
            ends => report.found(&job.id, format!("is {status}, but {ends} events say it ended")),
        }
    }
    drop(jobs);
    let mut events = snapshot.end_events().await?;
    while let Some(event) = next(&mut events, report).await? {
        let differs = differs(&event);
        if !differs.is_empty() {
            let what = format!("has a payload that does not fit its row or job: {differs}");
            report.found(&event.id, what);
        }
    }
    Ok(())
}

/// The members of the payload that say something else than the rows.
fn differs(event: &EndEvent) -> String {
    let payload: JobCompleted = match serde_json::from_str(&event.payload) {
        Ok(payload) => payload,
        Err(error) => return format!("it cannot be read ({error})"),
    };
    let completed_at = Some(payload.completed_at.timestamp_millis());
    let query = Some(payload.query_id.to_string());
    let is_completed = payload.status == JobStatus::Completed;
    let key = event.job_key.as_ref().filter(|_| is_completed);
    let leads_to = |url: &str| key.is_some_and(|key| url.ends_with(&format!("/v1/storage/{key}")));
    let url_fits = payload.result_url.as_deref().map_or(!is_completed, leads_to);
    let members = [
        ("event", payload.event == JOB_COMPLETED),
        ("id", payload.id.to_string() == event.id),
        ("seq", i64::try_from(payload.seq) == Ok(event.seq)),
        ("job_id", event.job_id == Some(payload.job_id.to_string())),
        ("run_id", payload.run_id == payload.job_id),
        ("query_id", query == event.query_id && query == event.job_query),
        ("status", event.job_status.as_deref() == Some(payload.status.as_str())),
        ("completed_at", completed_at == Some(event.occurred_at)),
        ("completed_at", event.job_completed_at == completed_at),
        ("timestamp", payload.timestamp == payload.completed_at),
        ("storage_key", payload.storage_key.as_ref() == key),
        ("result_url", url_fits),
    ];
    let mut wrong: Vec<&str> =
        members.iter().filter(|(_, fits)| !fits).map(|(name, _)| *name).collect();
    wrong.dedup();
    wrong.join(", ")
}
