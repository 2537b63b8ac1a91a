//! Platforms that are asked through a collector: somebody who runs one for whoever pays.
//!
//! A collector is started, waited for and read. What it finds is what the platform shows it, so its answer is
//! never said to be complete; one that finds nothing may as well be broken, and that is said.

mod any;
mod apify;
mod brightdata;
mod fields;

use std::sync::Arc;

use serde_json::Value;

use super::ask::Ask;
use super::http::{Session, UpstreamError};
use super::phrases;
use super::{CollectRequest, Collected, Collecting, NameError, Setup, Sink, Source, SourceError};
use crate::model::document::DocumentKind;
use crate::model::result::CoverageStatus;
use crate::model::window::TimeRange;

pub use any::{ANY_ACTOR, ANY_DATASET};
pub use apify::BASE_URL as APIFY;
pub use brightdata::BASE_URL as BRIGHT_DATA;

/// Who runs collectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Apify,
    BrightData,
}

impl Service {
    /// As it is named in settings and in `coverage`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apify => "apify",
            Self::BrightData => "brightdata",
        }
    }
}

/// What collects the posts of one platform: an actor of Apify, a dataset of Bright Data.
pub struct Program {
    /// What its service calls it (`owner~name`, `gd_…`); empty where the source's own name says which.
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
    pub kind: fn(&Value) -> DocumentKind,
    pub id: &'static [&'static str],
    pub url: &'static [&'static str],
    pub title: &'static [&'static str],
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
    pub community: &'static [&'static str],
}

/// Asks a service with its token.
pub struct Collector {
    setup: Setup,
    service: Service,
    program: &'static Program,
}

impl Collector {
    pub fn new(setup: Setup, service: Service, program: &'static Program) -> Self {
        Self { setup, service, program }
    }

    /// What the service calls the program that a source is asked through.
    fn program(&self, source: &str) -> String {
        match self.program.id {
            "" => source.split_once(':').map_or(source, |(_, id)| id.trim()).replace('/', "~"),
            id => id.to_owned(),
        }
    }
}

impl Source for Collector {
    fn covers(&self) -> &'static str {
        self.program.covers
    }

    fn needs(&self) -> &'static [&'static str] {
        match self.service {
            Service::Apify => &["BYTESTACK_APIFY_TOKEN"],
            Service::BrightData => &["BYTESTACK_BRIGHTDATA_TOKEN"],
        }
    }

    fn how(&self) -> &'static str {
        match self.service {
            Service::Apify => {
                "it is asked through a collector; make a token at https://console.apify.com/settings/integrations, set BYTESTACK_APIFY_TOKEN to it, and posts are collected for a fee"
            }
            Service::BrightData => {
                "it is asked through a collector; make an API key at https://brightdata.com/cp/setting/users, set BYTESTACK_BRIGHTDATA_TOKEN to it, and posts are collected for a fee"
            }
        }
    }

    fn check(&self, name: &str) -> Result<(), NameError> {
        if self.program.id.is_empty() {
            any::check(self.service, &self.program(name))
        } else {
            Ok(())
        }
    }

    fn is_paid(&self) -> bool {
        true
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let names = phrases::of(&request.terms).into_iter();
            let names = names.map(|phrase| phrase.replace('"', "")).collect();
            let most = self.setup.max_documents as usize;
            let inputs = (self.program.inputs)(&Wanted { names, window: request.window, most });
            let program = &self.program(&request.source);
            let starts = u32::try_from(inputs.len().max(1)).unwrap_or(u32::MAX);
            let budget = self.setup.max_usd / f64::from(starts);
            let run = Running { setup: &self.setup, program, session: &session, budget };
            let (fields, sink) = (&self.program.fields, sink.as_ref());
            let mut taking =
                Taking { request: &request, sink, fields, most, tally: Tally::default() };
            for input in inputs {
                let ended = match self.service {
                    Service::Apify => apify::run(&run, &input, &mut taking).await,
                    Service::BrightData => brightdata::run(&run, &input, &mut taking).await,
                };
                match ended {
                    Ok(()) => {}
                    Err(Ended::Stopped(stopped)) => return Err(stopped),
                    Err(Ended::Failed(error)) if taking.tally.documents == 0 => {
                        return Err(error.into());
                    }
                    Err(Ended::Failed(error)) => {
                        taking.tally.failed = Some(error.message);
                        break;
                    }
                }
            }
            Ok(taking
                .tally
                .end(&format!("{}:{}", self.service.name(), shown(program)), request.window))
        })
    }
}

/// A program as people write it.
fn shown(program: &str) -> String {
    program.replace('~', "/")
}

/// One program, as it is run for one job.
struct Running<'a> {
    setup: &'a Setup,
    program: &'a str,
    session: &'a Session,
    /// Dollars that one run may cost.
    budget: f64,
}

impl Running<'_> {
    fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Ask, UpstreamError> {
        self.setup.ask(path, parameters)
    }
}

/// Why a run gives no more.
enum Ended {
    Failed(UpstreamError),
    /// Nobody takes its posts any more.
    Stopped(SourceError),
}

impl From<UpstreamError> for Ended {
    fn from(error: UpstreamError) -> Self {
        Self::Failed(error)
    }
}

impl From<SourceError> for Ended {
    fn from(error: SourceError) -> Self {
        Self::Stopped(error)
    }
}

/// Hands on the posts of rows.
struct Taking<'a> {
    request: &'a CollectRequest,
    sink: &'a dyn Sink,
    fields: &'static Fields,
    /// Most posts of a job.
    most: usize,
    tally: Tally,
}

impl Taking<'_> {
    /// Takes the next rows; answers whether more are wanted.
    fn add(&mut self, rows: &[Value]) -> Result<bool, SourceError> {
        let tally = &mut self.tally;
        let mut batch = Vec::new();
        for row in rows {
            match self.fields.document(row, &self.request.source) {
                Some(document) => {
                    let at = document.published_at;
                    let is_asked_for = at.is_some_and(|at| self.request.window.contains(at));
                    batch.extend(is_asked_for.then_some(document));
                }
                None if fields::is_filler(row) => {}
                None => tally.unreadable += 1,
            }
        }
        let left = self.most.saturating_sub(tally.documents);
        if batch.len() > left {
            self.cut_at_most();
            batch.truncate(left);
        }
        self.tally.documents += batch.len();
        if !batch.is_empty() {
            self.sink.add(&batch)?;
        }
        Ok(self.tally.cut.is_none())
    }

    /// There may be more than the limit of documents.
    fn cut_at_most(&mut self) {
        let most = self.most;
        self.tally.cut =
            Some(format!("the limit of {most} documents was reached; others are missing"));
    }
}

/// What came, and why there may be more.
#[derive(Default)]
struct Tally {
    documents: usize,
    /// Rows that are no posts.
    unreadable: usize,
    /// Which limit ended it.
    cut: Option<String>,
    failed: Option<String>,
}

impl Tally {
    fn end(self, backend: &str, window: TimeRange) -> Collected {
        let (_, name) = backend.split_once(':').unwrap_or(("", backend));
        let is_cut = self.cut.is_some();
        let is_whole = self.documents > 0 && !is_cut && self.failed.is_none();
        let found = match (self.cut, self.documents) {
            (Some(cut), _) => cut,
            (None, 0) => {
                format!("{name} found nothing, which may also mean that it no longer works")
            }
            (None, _) => format!("{name} finds what the platform shows it, which need not be all"),
        };
        let mut reasons = vec![found];
        if self.unreadable > 0 {
            reasons.push(format!("rows that are no posts: {}", self.unreadable));
        }
        reasons.extend(self.failed.map(|why| format!("a later search failed: {why}")));
        Collected {
            covered: is_whole.then_some(window),
            reason: Some(reasons.join("; ")),
            backend: Some(backend.to_owned()),
            ..Collected::of(if is_cut {
                CoverageStatus::Truncated
            } else {
                CoverageStatus::Partial
            })
        }
    }
}
