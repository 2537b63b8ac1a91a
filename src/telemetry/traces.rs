//! Traces: how one job went, from the request that asked for it to its webhook, over all nodes.
//!
//! A trace's id is the job's own (both are 128 bits), and a span's id follows from what it is of, so
//! nothing about traces is stored and a node needs no word from another to continue one. Spans are
//! recorded when they end, with their times; without somebody who takes them nothing is recorded.

mod otlp;

use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::model::id::{DeliveryId, JobId, TypedId};

pub use otlp::request as otlp_request;

/// Spans that may wait to be sent; beyond that they are lost rather than waited for.
const WAITING: usize = 4_096;

tokio::task_local! {
    /// The job that the request of this task has made.
    static MADE: std::cell::Cell<Option<JobId>>;
}

/// Where ended spans are handed over; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Traces(Option<mpsc::Sender<Span>>);

/// A part of a job's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// The request that made it, from its first byte to the answer's head.
    Request,
    /// Its commit, with its query and task.
    Commit,
    /// From when it was made to its first start.
    Wait,
    /// One run, by its attempt.
    Run(u32),
    /// What one source was asked in a run.
    Source(u32, &'a str),
    /// The commit that ends it.
    Finish(u32),
    /// One attempt to bring its end to a receiver.
    Delivery(DeliveryId, u32),
}

/// A span that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub trace: [u8; 16],
    pub id: [u8; 8],
    pub parent: Option<[u8; 8]>,
    pub name: &'static str,
    pub start: DateTime<Utc>,
    pub took: Duration,
    pub attributes: Vec<(&'static str, String)>,
    pub failed: bool,
}

impl Traces {
    /// Traces, and where their spans come out.
    pub fn taken() -> (Self, mpsc::Receiver<Span>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(Some(sender)), receiver)
    }

    pub fn are_taken(&self) -> bool {
        self.0.is_some()
    }

    /// Records a part of a job's way; `failed` is whether it did not do what it was for.
    pub fn record(
        &self,
        job: JobId,
        part: Part<'_>,
        start: DateTime<Utc>,
        took: Duration,
        failed: bool,
    ) {
        let Some(spans) = &self.0 else { return };
        let trace = job.ulid().0.to_be_bytes();
        let span = Span {
            trace,
            id: id(trace, part),
            parent: part.parent().map(|parent| id(trace, parent)),
            name: part.name(),
            start,
            took,
            attributes: part.attributes(job),
            failed,
        };
        // Whoever works does not wait for whoever watches.
        drop(spans.try_send(span));
    }
}

/// Runs what answers a request; tells which job was made meanwhile.
pub async fn of_request<T>(answering: impl Future<Output = T>) -> (T, Option<JobId>) {
    let scope = async {
        let answer = answering.await;
        (answer, MADE.with(std::cell::Cell::get))
    };
    MADE.scope(std::cell::Cell::new(None), scope).await
}

/// This task's request has made a job; outside of a request it says nothing.
pub fn job_made(job: JobId) {
    // An error only says that nobody listens.
    let _ = MADE.try_with(|made| made.set(Some(job)));
}

impl Part<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Commit => "commit",
            Self::Wait => "queue wait",
            Self::Run(_) => "run",
            Self::Source(..) => "source",
            Self::Finish(_) => "finish",
            Self::Delivery(..) => "delivery attempt",
        }
    }

    fn parent(self) -> Option<Self> {
        match self {
            Self::Request => None,
            Self::Commit | Self::Wait | Self::Run(_) | Self::Delivery(..) => Some(Self::Request),
            Self::Source(attempt, _) | Self::Finish(attempt) => Some(Self::Run(attempt)),
        }
    }

    fn attributes(self, job: JobId) -> Vec<(&'static str, String)> {
        let mut attributes = vec![("bytestack.job", job.to_string())];
        match self {
            Self::Request | Self::Commit | Self::Wait => {}
            Self::Run(attempt) | Self::Finish(attempt) => {
                attributes.push(("bytestack.attempt", attempt.to_string()));
            }
            Self::Source(attempt, source) => {
                attributes.push(("bytestack.attempt", attempt.to_string()));
                attributes.push(("bytestack.source", source.to_owned()));
            }
            Self::Delivery(delivery, attempt) => {
                attributes.push(("bytestack.attempt", attempt.to_string()));
                attributes.push(("bytestack.delivery", delivery.to_string()));
            }
        }
        attributes
    }
}

/// Follows from the trace and what the span is of; never zero but by a chance of 2⁻⁶⁴.
fn id(trace: [u8; 16], part: Part<'_>) -> [u8; 8] {
    let digest = Sha256::new().chain_update(trace).chain_update(format!("{part:?}")).finalize();
    let mut id = [0; 8];
    id.copy_from_slice(&digest[..8]);
    id
}
