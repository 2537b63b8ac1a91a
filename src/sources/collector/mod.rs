//! Platforms without a public search, asked through a collector: somebody who runs one for whoever pays.
//!
//! A collector is started, waited for and read. What it finds is what the platform shows it, so its answer is
//! never said to be complete; one that finds nothing may as well be broken, and that is said.

mod fields;

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::ask::{self, Ask};
use super::http::{self, ErrorClass, Session, UpstreamError};
use super::phrases;
use super::{CollectRequest, Collected, Collecting, Setup, Sink, Source, SourceError};
use crate::model::document::DocumentKind;
use crate::model::result::CoverageStatus;
use crate::model::window::TimeRange;

pub const BASE_URL: &str = "https://api.apify.com/v2";
/// How long the collector's own server holds a question for the end of a run.
const HELD: Duration = Duration::from_secs(20);
/// Rows of one answer.
const ROWS: usize = 1_000;

/// A platform, and the program ("actor") of Apify that searches it.
pub struct Actor {
    /// `owner~name`.
    pub id: &'static str,
    pub covers: &'static str,
    /// What it is started with, once for each.
    pub inputs: fn(&Wanted) -> Vec<Value>,
    pub fields: Fields,
}

/// What is looked for.
pub struct Wanted {
    /// Names without quotes.
    pub names: Vec<String>,
    pub window: TimeRange,
    /// Most posts of one start.
    pub most: usize,
}

/// Where in a row each part of a post is, as JSON pointers; the first that is there counts.
pub struct Fields {
    pub kind: DocumentKind,
    pub id: &'static [&'static str],
    pub url: &'static [&'static str],
    pub text: &'static [&'static str],
    /// A date in words, or seconds or milliseconds since 1970.
    pub at: &'static [&'static str],
    pub author_id: &'static [&'static str],
    pub handle: &'static [&'static str],
    pub name: &'static [&'static str],
    pub likes: &'static [&'static str],
    pub replies: &'static [&'static str],
    pub shares: &'static [&'static str],
    pub views: &'static [&'static str],
    pub lang: &'static [&'static str],
}

/// Asks Apify with its token.
pub struct Collector {
    setup: Setup,
    actor: &'static Actor,
}

impl Collector {
    pub fn new(setup: Setup, actor: &'static Actor) -> Self {
        Self { setup, actor }
    }
}

impl Source for Collector {
    fn covers(&self) -> &'static str {
        self.actor.covers
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_APIFY_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "it has no public search; make a token at https://console.apify.com/settings/integrations, set BYTESTACK_APIFY_TOKEN to it, and posts are collected for a fee"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let names = phrases::of(&request.terms).into_iter();
            let most = self.setup.max_documents as usize;
            let names = names.map(|phrase| phrase.replace('"', "")).collect();
            let wanted = Wanted { names, window: request.window, most };
            let inputs = (self.actor.inputs)(&wanted);
            let budget = self.setup.max_usd
                / f64::from(u32::try_from(inputs.len().max(1)).unwrap_or(u32::MAX));
            let run = Running { setup: &self.setup, actor: self.actor, session: &session, budget };
            let mut tally = Tally::default();
            for input in inputs {
                let ended = run.run(&input, &request, sink.as_ref(), &mut tally).await?;
                if let Err(error) = ended {
                    if tally.documents == 0 {
                        return Err(error.into());
                    }
                    tally.failed = Some(error.message);
                    break;
                }
            }
            Ok(self.end(&tally, request.window))
        })
    }
}

/// What came, and why there may be more.
#[derive(Default)]
struct Tally {
    documents: usize,
    /// Rows that are no posts.
    unreadable: usize,
    is_cut: bool,
    failed: Option<String>,
}

impl Collector {
    fn end(&self, tally: &Tally, window: TimeRange) -> Collected {
        let name = self.actor.id.replace('~', "/");
        let most = self.setup.max_documents;
        let mut reasons = vec![match (tally.documents, tally.is_cut) {
            (_, true) => format!("the limit of {most} documents was reached; others are missing"),
            (0, false) => {
                format!("{name} found nothing, which may also mean that it no longer works")
            }
            _ => format!("{name} finds what the platform shows it, which need not be all"),
        }];
        if tally.unreadable > 0 {
            reasons.push(format!("rows that are no posts: {}", tally.unreadable));
        }
        reasons.extend(tally.failed.as_ref().map(|why| format!("a later search failed: {why}")));
        Collected {
            status: if tally.is_cut { CoverageStatus::Truncated } else { CoverageStatus::Partial },
            covered: (tally.documents > 0 && !tally.is_cut && tally.failed.is_none())
                .then_some(window),
            upstream_total: None,
            reason: Some(reasons.join("; ")),
            dataset_version: None,
            backend: Some(format!("apify:{name}")),
            kept_until: None,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Run,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    id: String,
    status: String,
    default_dataset_id: String,
    status_message: Option<String>,
}

struct Running<'a> {
    setup: &'a Setup,
    actor: &'static Actor,
    session: &'a Session,
    /// Dollars that one run may cost.
    budget: f64,
}

impl Running<'_> {
    fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Ask, UpstreamError> {
        let ask = Ask::json(&ask::address(&self.setup.base_url, path, parameters)?);
        Ok(match &self.setup.token {
            Some(token) => ask.bearer(token),
            None => ask,
        })
    }

    /// Starts the collector, waits for it and hands on what it found.
    async fn run(
        &self,
        input: &Value,
        request: &CollectRequest,
        sink: &dyn Sink,
        tally: &mut Tally,
    ) -> Result<Result<(), UpstreamError>, SourceError> {
        let run = match self.wait(input).await {
            Ok(run) => run,
            Err(error) => return Ok(Err(error)),
        };
        if let Err(error) = self.read(&run.default_dataset_id, request, sink, tally).await? {
            return Ok(Err(error));
        }
        match run.status.as_str() {
            "SUCCEEDED" => Ok(Ok(())),
            status => {
                let said = run.status_message.unwrap_or_default();
                let message = format!("the run {} ended as {status}: {said}", run.id);
                Ok(Err(UpstreamError::new(ErrorClass::Upstream, message)))
            }
        }
    }

    /// A run that has ended. One that takes too long is stopped, as it is paid for by its time.
    async fn wait(&self, input: &Value) -> Result<Run, UpstreamError> {
        let (most, budget) = (self.setup.max_documents.to_string(), self.budget.to_string());
        let limits = [("maxItems", most.as_str()), ("maxTotalChargeUsd", budget.as_str())];
        let start = self.ask(&format!("/acts/{}/runs", self.actor.id), &limits)?;
        let start = start.post("application/json", input.to_string().into_bytes()).only_once();
        let mut run = self.session.get(&start, http::json::<Answer>).await?.data;
        while matches!(run.status.as_str(), "READY" | "RUNNING" | "TIMING-OUT" | "ABORTING") {
            if !self.session.has_time_for(2) {
                let stop = self.ask(&format!("/actor-runs/{}/abort", run.id), &[])?;
                let stop = stop.post("application/json", Vec::new());
                return Ok(self.session.get(&stop, http::json::<Answer>).await?.data);
            }
            let held = HELD.as_secs().to_string();
            let path = format!("/actor-runs/{}", run.id);
            let ask = self.ask(&path, &[("waitForFinish", held.as_str())])?;
            run = self.session.get(&ask, http::json::<Answer>).await?.data;
            self.session.rest().await?;
        }
        Ok(run)
    }

    async fn read(
        &self,
        dataset: &str,
        request: &CollectRequest,
        sink: &dyn Sink,
        tally: &mut Tally,
    ) -> Result<Result<(), UpstreamError>, SourceError> {
        let mut offset = 0;
        loop {
            let rows = match self.rows(dataset, offset).await {
                Ok(rows) => rows,
                Err(error) => return Ok(Err(error)),
            };
            let mut batch = Vec::new();
            for row in &rows {
                match self.actor.fields.document(row, &request.source) {
                    Some(document)
                        if document.published_at.is_some_and(|at| request.window.contains(at)) =>
                    {
                        batch.push(document);
                    }
                    Some(_) => {}
                    None if fields::is_filler(row) => {}
                    None => tally.unreadable += 1,
                }
            }
            let most = self.setup.max_documents as usize;
            let left = most.saturating_sub(tally.documents);
            tally.is_cut |= batch.len() > left;
            batch.truncate(left);
            tally.documents += batch.len();
            if !batch.is_empty() {
                sink.add(&batch)?;
            }
            offset += rows.len();
            // What was asked for is what it was to find at most.
            tally.is_cut |= offset >= most;
            if rows.len() < ROWS || tally.is_cut {
                return Ok(Ok(()));
            }
        }
    }

    async fn rows(&self, dataset: &str, offset: usize) -> Result<Vec<Value>, UpstreamError> {
        let (limit, offset) = (ROWS.to_string(), offset.to_string());
        let parameters = [
            ("clean", "true"),
            ("format", "json"),
            ("limit", limit.as_str()),
            ("offset", offset.as_str()),
        ];
        let ask = self.ask(&format!("/datasets/{dataset}/items"), &parameters)?;
        self.session
            .get_counted(&ask, http::json, |rows: &Vec<Value>| Some(rows.len() as u64))
            .await
    }
}
