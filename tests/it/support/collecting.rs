//! A connector asked directly, with pauses short enough for a test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytestack::config::AllowPrivate;
use bytestack::model::document::Document;
use bytestack::model::id::{TypedId, WorkspaceId};
use bytestack::model::reading::Term;
use bytestack::model::window::TimeRange;
use bytestack::net::Egress;
use bytestack::sources::exchange::Log;
use bytestack::sources::http::{Http, Politeness};
use bytestack::sources::{CollectRequest, Collected, Requests, Sink, Source, SourceError};

use super::clock::TestClock;

#[derive(Default)]
struct Kept(Mutex<Vec<Document>>);

impl Sink for Kept {
    fn add(&self, batch: &[Document]) -> Result<(), SourceError> {
        self.0.lock().unwrap().extend_from_slice(batch);
        Ok(())
    }
}

/// What a connector gave, and how it ended.
#[derive(Debug)]
pub struct Taken {
    pub documents: Vec<Document>,
    pub ended: Result<Collected, SourceError>,
    pub requests: u64,
}

impl Taken {
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.documents.iter().map(|found| found.id.as_str()).collect();
        ids.sort_unstable();
        ids
    }

    pub fn collected(&self) -> &Collected {
        self.ended.as_ref().unwrap()
    }

    pub fn reason(&self) -> String {
        match &self.ended {
            Ok(collected) => collected.reason.clone().unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }
}

/// Asks with pauses of milliseconds.
pub fn hasty() -> Politeness {
    Politeness {
        first_delay: Duration::from_millis(2),
        answer_within: Duration::from_secs(5),
        job_within: Duration::from_secs(20),
        between_pages: Duration::ZERO,
        ..Politeness::default()
    }
}

/// A way out that may reach loopback; the clock stands at 2026-11-23T17:30:00Z.
pub fn http(politeness: Politeness) -> Http {
    let loopback = AllowPrivate::Network { address: [127, 0, 0, 1].into(), prefix: 8 };
    let clock = TestClock::at("2026-11-23T17:30:00Z").clock();
    Http::new(Egress::new(&[loopback]).unwrap(), clock, politeness)
}

pub fn window(from: &str, to: &str) -> TimeRange {
    TimeRange { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

pub async fn collect(source: &dyn Source, name: &str, window: TimeRange, terms: &[Term]) -> Taken {
    let kept = Arc::new(Kept::default());
    let requests = Requests::default();
    let request = CollectRequest {
        workspace: WorkspaceId::from_ulid(ulid::Ulid::from_parts(1, 1)),
        source: name.to_owned(),
        window,
        terms: terms.to_vec(),
        requests: requests.clone(),
        log: Log::default(),
    };
    let ended = source.collect(request, Arc::clone(&kept) as Arc<dyn Sink>).await;
    let documents = kept.0.lock().unwrap().clone();
    Taken { documents, ended, requests: requests.count() }
}
