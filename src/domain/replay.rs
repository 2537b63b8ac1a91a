//! Computes a stored result again, from the documents it rests on, and holds what comes of it against what was
//! stored: value by value, and nothing is asked of any source or model.

use chrono_tz::Tz;
use serde_json::Value;

use super::Domain;
use super::collection::{EarlierRun, Kept, NOT_KEPT, complete};
use super::storage_object::unknown;
use super::workspace::operator;
use crate::analysis::measure::{EXTRACTIVE, Measure, Measured, Measuring};
use crate::analysis::output::shape_result;
use crate::analysis::sentiment::by_model::text_of;
use crate::error::{Code, Error};
use crate::model::id::{JobId, WorkspaceId};
use crate::model::result::ResultDocument;
use crate::model::sentiment::Labels;
use crate::model::storage_object::{ObjectName, StorageObject};
use crate::model::summary::BY_MODEL;

/// What came of computing a result again.
#[derive(Clone, Debug)]
pub struct Replay {
    pub object: StorageObject,
    /// Values that are the same.
    pub agreed: u64,
    pub differences: Vec<Difference>,
    /// Places of values that this version computes and the one that stored the result did not.
    pub added: Vec<String>,
    /// What was not computed again, with the reason.
    pub left_out: Vec<String>,
}

/// A value that is not the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// A JSON Pointer into the result.
    pub at: String,
    pub stored: Option<Value>,
    pub computed: Option<Value>,
}

impl Domain {
    /// Computes the result of this storage key, job or query again; for the operator, in whichever workspace it is.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such result, or what it rests on was not kept
    /// ([`NOT_KEPT`]); when that is damaged, or the result is of a version that did not note enough.
    pub async fn replay(&self, name: &str) -> Result<Replay, Error> {
        let object = self.find_anywhere(name).await?;
        let bytes = self.read_storage_object(&object).await?;
        let stored: Value = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        let result: ResultDocument = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        let kept = self.open_kept(&object, &result.coverage).await?;
        let earlier = match &result.previous_job_id {
            Some(job) => Some(self.run_before(object.workspace_id, job).await?),
            None => None,
        };
        let told = told(&result)?;
        let again = result.clone();
        let measuring = move || measure(&again, told, kept, earlier);
        let mut measure =
            tokio::task::spawn_blocking(measuring).await.map_err(Error::internal)??;
        self.label_again(&object, &result, &mut measure).await?;
        let sources = sources(&result);
        let finish = move || measure.finish(&sources);
        let measured = tokio::task::spawn_blocking(finish).await.map_err(Error::internal)?;
        let mut left_out = Vec::new();
        let computed = self.rendered(&object, result, measured, &mut left_out).await?;
        let mut found = Found::default();
        for part in ["result", "funnel", "evidence", "assumptions", "output", "output_unfilled"] {
            match (stored.get(part), computed.get(part)) {
                (Some(stored), Some(computed)) => {
                    found.compare(&format!("/{part}"), stored, computed);
                }
                (None, Some(_)) => found.added.push(format!("/{part}")),
                _ => {}
            }
        }
        let Found { agreed, differences, added } = found;
        Ok(Replay { object, agreed, differences, added, left_out })
    }

    /// Gives the posts the labels that a model gave them.
    async fn label_again(
        &self,
        object: &StorageObject,
        result: &ResultDocument,
        measure: &mut Measure,
    ) -> Result<(), Error> {
        let Some(Labels { method, .. }) = &result.labels else { return Ok(()) };
        let texts: Vec<String> = measure.waiting().map(text_of).collect();
        let labels = self.kept_labels(object.workspace_id, method, &texts).await?;
        let gone = || {
            Error::new(Code::NotFound, "the labels of its posts are not kept any more")
                .with_reason(NOT_KEPT)
        };
        measure.label(&labels.ok_or_else(gone)?, method.clone());
        Ok(())
    }

    async fn find_anywhere(&self, name: &str) -> Result<StorageObject, Error> {
        let meant = ObjectName::of(name);
        let mut why = unknown(name);
        for workspace in self.store.all_workspaces().await? {
            if let Some((object, _)) = self.store.stored_object(workspace.id, &meant).await? {
                return Ok(object);
            }
            let here = self.why_no_result(&operator(&workspace), name).await?;
            if here.reason != why.reason {
                why = here;
            }
        }
        Err(why)
    }

    async fn run_before(&self, workspace: WorkspaceId, job: &str) -> Result<EarlierRun, Error> {
        let gone = || {
            let message = format!("what {job} collected, the run before, is not kept any more");
            Error::new(Code::NotFound, message).with_reason(NOT_KEPT)
        };
        let id: JobId = job.parse().map_err(Error::internal)?;
        let job = self.store.job(workspace, id).await?.ok_or_else(gone)?;
        self.earlier_run(&job).await?.ok_or_else(gone)
    }

    /// The result as it would be stored now. The output is shaped by the query's schema, so only while that is
    /// surely the one it was shaped by.
    async fn rendered(
        &self,
        object: &StorageObject,
        mut result: ResultDocument,
        measured: Measured,
        left_out: &mut Vec<String>,
    ) -> Result<Value, Error> {
        let Measured { answer, funnel, evidence, assumptions } = measured;
        let told = result.result.summary.take();
        // Those of the reading, the window and the coverage were not made by the measure.
        let is_written = told.as_ref().is_some_and(|told| told.method.kind == BY_MODEL);
        let is_said = |said: &String| {
            let is_replaced = is_written && said == EXTRACTIVE;
            !result.assumptions.contains(said) && !is_replaced
        };
        let unsaid: Vec<String> = assumptions.into_iter().filter(is_said).collect();
        result.assumptions.extend(unsaid);
        (result.result, result.funnel, result.evidence) = (answer, funnel, evidence);
        if let Some((told, computed)) = told.zip(result.result.summary.as_mut()) {
            if is_written {
                let model = told.method.model.as_deref().unwrap_or("a model");
                left_out.push(format!("the text of the summary, which {model} wrote"));
                computed.text = told.text;
            }
            if told.method.model.is_some() {
                computed.method = told.method;
            }
        }
        let had_output = result.output.take().is_some();
        result.output_unfilled.clear();
        let query = self.store.query(object.workspace_id, object.query_id).await?;
        let query = query.filter(|query| query.updated_at <= result.created_at);
        match query.and_then(|query| query.output_schema) {
            Some(schema) if had_output => {
                let shape = move || shape_result(&mut result, &schema).map(|()| result);
                let shaped = tokio::task::spawn_blocking(shape).await.map_err(Error::internal)?;
                result = shaped.map_err(|errors| Error::internal(errors.join("; ")))?;
            }
            _ if had_output => left_out.push(
                "output: the query was changed or deleted since, and with it its output schema"
                    .to_owned(),
            ),
            _ => {}
        }
        serde_json::to_value(result).map_err(Error::internal)
    }
}

fn told(result: &ResultDocument) -> Result<Measuring, Error> {
    let timezone: Tz = result.timezone.parse().map_err(Error::internal)?;
    let previous = result.previous_window;
    let changes = result.result.changes.as_ref();
    if previous.is_none() && changes.is_some_and(|changes| changes.previous.is_some()) {
        let message =
            "the version that stored this result did not note which time it was seen against";
        return Err(Error::new(Code::NotFound, message).with_reason(NOT_KEPT));
    }
    Ok(Measuring {
        window: result.window,
        previous,
        reference: result.reference_time,
        timezone,
        evidence_limit: result.limit.map_or(result.evidence.len(), |limit| limit as usize),
    })
}

fn measure(
    result: &ResultDocument,
    told: Measuring,
    kept: Vec<Kept>,
    earlier: Option<EarlierRun>,
) -> Result<Measure, Error> {
    let mut measure = Measure::new(&result.reading, told).map_err(Error::internal)?;
    if result.labels.is_some() {
        measure.wait_for_labels(usize::MAX);
    }
    for kept in kept {
        kept.read(|batch| measure.add_all(batch))?;
    }
    if let Some(EarlierRun { span, complete: covered, kept, .. }) = earlier {
        measure.earlier_run(span, &covered);
        measure.covers(&complete(&result.coverage));
        for kept in kept {
            kept.read(|batch| batch.iter().for_each(|document| measure.earlier(document)))?;
        }
    }
    Ok(measure)
}

/// The sources in the order in which the answer has them, where it has one.
fn sources(result: &ResultDocument) -> Vec<String> {
    let entities = result.result.entities.iter().flatten().map(|entity| entity.name.as_str());
    let place = |name: &str| entities.clone().position(|entity| entity == name);
    let mut sources: Vec<String> = result.coverage.keys().cloned().collect();
    sources.sort_by_key(|source| place(source).unwrap_or(usize::MAX));
    sources
}

#[derive(Debug, Default)]
struct Found {
    agreed: u64,
    differences: Vec<Difference>,
    added: Vec<String>,
}

impl Found {
    fn compare(&mut self, at: &str, stored: &Value, computed: &Value) {
        match (stored, computed) {
            (Value::Object(stored), Value::Object(computed)) => {
                for (name, value) in stored {
                    let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    self.compare_some(&at, Some(value), computed.get(name));
                }
                let added = computed.keys().filter(|name| !stored.contains_key(*name));
                self.added.extend(added.map(|name| format!("{at}/{name}")));
            }
            (Value::Array(stored), Value::Array(computed)) => {
                for place in 0..stored.len().max(computed.len()) {
                    let at = format!("{at}/{place}");
                    self.compare_some(&at, stored.get(place), computed.get(place));
                }
            }
            _ if stored == computed => self.agreed += 1,
            _ => self.differ(at, Some(stored), Some(computed)),
        }
    }

    fn compare_some(&mut self, at: &str, stored: Option<&Value>, computed: Option<&Value>) {
        match (stored, computed) {
            (Some(stored), Some(computed)) => self.compare(at, stored, computed),
            _ => self.differ(at, stored, computed),
        }
    }

    fn differ(&mut self, at: &str, stored: Option<&Value>, computed: Option<&Value>) {
        let (stored, computed) = (stored.cloned(), computed.cloned());
        self.differences.push(Difference { at: at.to_owned(), stored, computed });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_compared_one_by_one_and_told_by_their_place() {
        let stored = json!({ "a": [1, { "b/c": 0.5 }, "x"], "d": null, "e": 3 });
        let computed = json!({ "a": [1, { "b/c": 0.25 }], "d": null, "f": 4 });
        let mut found = Found::default();
        found.compare("/result", &stored, &computed);
        let at: Vec<&str> = found.differences.iter().map(|one| one.at.as_str()).collect();
        assert_eq!(at, ["/result/a/1/b~1c", "/result/a/2", "/result/e"]);
        assert_eq!(found.differences[0].computed, Some(json!(0.25)));
        assert_eq!(found.differences[1].stored, Some(json!("x")));
        assert_eq!((found.agreed, found.added), (2, vec!["/result/f".to_owned()]));
    }
}
