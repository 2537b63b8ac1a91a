//! Labels for the posts that wait for them, and what an answer says where they have none.

use super::Failure;
use crate::analysis::measure::{Measure, Waited};
use crate::analysis::sentiment::by_model::text_of;
use crate::domain::Domain;
use crate::domain::label::{LabelError, MOST_POSTS};
use crate::model::job::Job;
use crate::model::sentiment::Labels;

/// What labelled the posts, if a model did, and what is to be said.
pub(super) async fn label(
    domain: &Domain,
    job: &Job,
    measure: &mut Measure,
) -> Result<(Option<Labels>, Option<String>), Failure> {
    match measure.waited() {
        Waited::No => return Ok((None, None)),
        Waited::TooMany => {
            let said = format!(
                "the model labels up to {MOST_POSTS} posts of an answer, and there are more: all have the labels \
                 of the list of words"
            );
            return Ok((None, Some(said)));
        }
        Waited::Yes => {}
    }
    let texts: Vec<String> = measure.waiting().map(text_of).collect();
    match domain.label_posts(job.workspace_id, &texts).await {
        Ok((labels, by)) => {
            measure.label(&labels, by.method.clone());
            Ok((Some(by), None))
        }
        Err(LabelError::NotLabelled(why)) => {
            tracing::warn!(job = %job.id, why, "a model did not label the posts of a job");
            let said = format!(
                "all posts have the labels of the list of words, as the model could not label them: {why}"
            );
            Ok((None, Some(said)))
        }
        Err(LabelError::Failed(error)) => Err(error.into()),
    }
}
