//! Use cases: what may be done by whom, what is checked, and what happens in which transaction.
//! GraphQL, REST, the command line and the runner all come through here.

pub mod api_key;
pub mod audit_entry;
pub mod bucket;
pub mod bucket_delivery;
mod bucket_fault;
mod bucket_test;
pub mod collection;
mod conversation;
pub mod dataset;
pub mod deletion;
pub mod delivery;
pub mod doctor;
pub mod download;
pub mod download_link;
pub mod event;
pub mod export;
pub mod job;
mod key_cache;
mod known_readings;
pub mod label;
pub mod operations;
pub mod pace;
pub mod pin;
mod prose;
pub mod query;
pub mod query_change;
pub mod query_preview;
pub mod rate_limit;
mod reader;
pub mod reading;
pub mod replay;
pub mod retention;
pub mod run;
pub mod schedule;
pub mod scrape_log;
pub mod session;
mod session_cache;
pub mod signing_key;
pub mod source;
pub mod storage_object;
pub mod submission;
pub mod sweep;
pub mod table;
pub mod webhook_endpoint;
pub mod workspace;

use std::ops::Deref;
use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::error::{Code, Error};
use crate::events::Feeds;
use crate::llm::Llm;
use crate::metrics::Metrics;
use crate::model::api_key::{Principal, Scope};
use crate::net::Egress;
use crate::sources::{Registry, Source};
use crate::store::{Claimed, Store};
use crate::telemetry::traces::Traces;
use download::Unpacked;
use key_cache::KeyCache;
use known_readings::KnownReadings;
use operations::Looks;
use rate_limit::Buckets;
use session_cache::SessionCache;
use table::Turns;

/// Everything a use case needs; cheap to clone, as every request and every open socket has it.
#[derive(Clone)]
pub struct Domain(Arc<Parts>);

#[derive(Clone)]
pub struct Parts {
    store: Store,
    clock: Clock,
    blobs: Blobs,
    sources: Registry,
    egress: Egress,
    keys: KeyCache,
    sessions: SessionCache,
    readings: KnownReadings,
    buckets: Buckets,
    feeds: Feeds,
    looks: Looks,
    traces: Traces,
    tables: Turns,
    unpacked: Unpacked,
    /// Reads prompts where the operator has one.
    llm: Option<Llm>,
    /// Base of addresses given to users, without a trailing slash.
    public_url: Arc<str>,
}

impl Domain {
    pub fn new(
        store: Store,
        clock: Clock,
        blobs: Blobs,
        sources: Registry,
        egress: Egress,
        public_url: &str,
    ) -> Self {
        let public_url = public_url.trim_end_matches('/').into();
        Self(Arc::new(Parts {
            store,
            clock,
            sources,
            egress,
            keys: KeyCache::default(),
            sessions: SessionCache::default(),
            readings: KnownReadings::default(),
            buckets: Buckets::default(),
            feeds: Feeds::default(),
            looks: Looks::default(),
            traces: Traces::default(),
            tables: Turns::default(),
            unpacked: Unpacked::new(blobs.clone(), 0),
            blobs,
            llm: None,
            public_url,
        }))
    }

    /// The same, with its jobs' ways recorded there.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self(Arc::new(Parts { traces, ..Arc::unwrap_or_clone(self.0) }))
    }

    /// The same, with up to so many MiB of unpacked results kept for those who download.
    #[must_use]
    pub fn with_download_cache(self, mib: u32) -> Self {
        let unpacked = Unpacked::new(self.blobs.clone(), mib);
        Self(Arc::new(Parts { unpacked, ..Arc::unwrap_or_clone(self.0) }))
    }

    /// The same, with prompts read by a model.
    #[must_use]
    pub fn with_llm(self, llm: Option<Llm>) -> Self {
        Self(Arc::new(Parts { llm, ..Arc::unwrap_or_clone(self.0) }))
    }

    /// Forgets unpacked results that were kept for long enough.
    pub fn forget_unpacked(&self) {
        self.unpacked.tidy();
    }

    pub fn traces(&self) -> &Traces {
        &self.traces
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// The connector for a source as named; `None` when it is unknown or not configured.
    pub fn connector(&self, name: &str) -> Option<Arc<dyn Source>> {
        self.sources.connector(name)
    }

    /// Whether the job or the delivery that a claimed task is for is there.
    pub async fn has_owner(&self, task: &Claimed) -> Result<bool, Error> {
        Ok(self.store.has_owner(task).await?)
    }

    /// Where a stored result is downloaded, by its key.
    pub fn result_url(&self, key: &str) -> String {
        format!("{}/v1/storage/{key}", self.public_url)
    }

    /// Base of addresses given to users, without a trailing slash.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// What this service counts.
    pub fn metrics(&self) -> &Metrics {
        self.store.metrics()
    }
}

impl Deref for Domain {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Refuses a caller whose key does not allow this.
///
/// # Errors
/// `FORBIDDEN`, naming the scope that is needed.
pub fn require(who: &Principal, needed: Scope) -> Result<(), Error> {
    if who.allows(needed) {
        return Ok(());
    }
    let message = format!("this needs a key with scope `{needed}`; yours has `{}`", who.scope);
    Err(Error::new(Code::Forbidden, message))
}
