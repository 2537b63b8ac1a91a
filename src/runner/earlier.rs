//! The run before, for answers that tell what is new, late or gone since: its posts are read again from what was
//! kept of it. Where that cannot be, the answer says that it is not known; no job fails for it.

use crate::analysis::measure::Measure;
use crate::domain::Domain;
use crate::domain::collection::EarlierRun;
use crate::model::id::JobId;
use crate::model::job::Job;

/// The run before with what is kept of it.
pub(super) async fn find(domain: &Domain, job: &Job) -> Option<EarlierRun> {
    let found = async {
        match domain.completed_job_before(job).await? {
            Some(last) => domain.earlier_run(&last).await,
            None => Ok(None),
        }
    };
    found.await.unwrap_or_else(|error| {
        tracing::error!(job = %job.id, %error, "the run before a job cannot be read");
        None
    })
}

/// Lets the measure see what that run collected. Answers its job, unless that is damaged.
pub(super) fn measure(
    measure: &mut Measure,
    run: EarlierRun,
    complete_now: &[String],
) -> Option<JobId> {
    let EarlierRun { job_id, span, complete, kept, .. } = run;
    measure.earlier_run(span, &complete);
    measure.covers(complete_now);
    for kept in kept {
        let read = kept.read(|batch| batch.iter().for_each(|document| measure.earlier(document)));
        if let Err(error) = read {
            tracing::error!(job = %job_id, %error, "what an earlier run collected cannot be read");
            measure.forget_earlier_run();
            return None;
        }
    }
    Some(job_id)
}
