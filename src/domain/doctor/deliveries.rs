//! Deliveries: each event goes to each of its targets once, however often it is tried. An attempt's
//! number may be missing, as a worker that is killed leaves no row of what it tried.

use super::{Check, Doctor, Report, next};
use crate::model::delivery::DeliveryStatus;
use crate::store::StoreError;
use crate::store::check::SentDelivery;

pub const CHECK: Check = Check {
    name: "deliveries",
    promise: "each event has one delivery per target, with its attempts in order",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    let mut doubles = snapshot.double_deliveries().await?;
    while let Some(double) = next(&mut doubles, report).await? {
        let what = format!("is delivered to {} {} times over", double.target, double.copies);
        report.found(&double.event_id, what);
    }
    drop(doubles);
    let mut unannounced = snapshot.unannounced().await?;
    while let Some(job) = next(&mut unannounced, report).await? {
        report.found(&job.job_id, format!("has ended, but has no delivery to {}", job.target));
    }
    drop(unannounced);
    let mut untold = snapshot.untold().await?;
    while let Some(untold) = next(&mut untold, report).await? {
        let what = format!("has no delivery to {}, which is registered for it", untold.endpoint_id);
        report.found(&untold.event_id, what);
    }
    drop(untold);
    let mut uncopied = snapshot.uncopied().await?;
    while let Some(uncopied) = next(&mut uncopied, report).await? {
        report.found(&uncopied.object_id, "has no delivery to the bucket that is connected");
    }
    drop(uncopied);
    let mut deliveries = snapshot.deliveries().await?;
    while let Some(delivery) = next(&mut deliveries, report).await? {
        judge_event(&delivery, report);
        judge_attempts(&delivery, report);
    }
    Ok(())
}

fn judge_event(delivery: &SentDelivery, report: &mut Report) {
    if delivery.is_test {
        return;
    }
    if delivery.event.is_none() {
        let what = format!("brings {}, which is not there", delivery.event_id);
        report.found(&delivery.id, what);
    } else if let Some(job) = &delivery.job_id
        && delivery.event_job.as_ref() != Some(job)
    {
        report.found(&delivery.id, format!("brings {}, which is not of {job}", delivery.event_id));
    }
}

fn judge_attempts(delivery: &SentDelivery, report: &mut Report) {
    let status = match delivery.status.parse::<DeliveryStatus>() {
        Ok(status) => status,
        Err(error) => return report.found(&delivery.id, format!("has no status: {error}")),
    };
    let is_pending = status == DeliveryStatus::Pending;
    if is_pending != delivery.next_attempt_at.is_some()
        || is_pending == delivery.completed_at.is_some()
    {
        let what = format!("is {}, but its times say something else", status.as_str());
        report.found(&delivery.id, what);
    }
    let is_skipped = status == DeliveryStatus::Skipped;
    if !is_pending && !is_skipped && delivery.attempts == 0 {
        report.found(&delivery.id, format!("is {}, but was never tried", status.as_str()));
    }
    let begins = delivery.first_attempt.is_none_or(|first| first >= 1);
    let started = delivery.started.filter(|_| is_pending).map(i64::from);
    let ends = delivery.last_attempt.zip(started).is_none_or(|(last, started)| last <= started);
    if !begins || !ends {
        report.found(&delivery.id, "has an attempt that was never started");
    }
}
