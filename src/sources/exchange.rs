//! What was asked upstream and answered, told to whoever keeps a log of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// One exchange, without anything that only the owner of a credential should know.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub at: DateTime<Utc>,
    pub method: &'static str,
    pub url: String,
    pub duration: Duration,
    /// Nothing when there was no answer.
    pub status: Option<u16>,
    /// Why the answer was of no use.
    pub error: Option<String>,
    /// What was answered, after decompression; nothing where it is not to be kept.
    pub body: Option<Vec<u8>>,
    /// Its length, whether or not it is kept.
    pub size: u64,
    /// Posts it held; nothing where it was of another kind.
    pub documents: Option<u64>,
}

/// Keeps exchanges.
pub trait ExchangeLog: Send + Sync + 'static {
    /// Whether bodies are kept as well; else nobody need copy them.
    fn keeps_bodies(&self) -> bool;

    fn add(&self, exchange: Exchange);
}

/// Where the exchanges of one source of one job go; nowhere by default.
#[derive(Clone, Default)]
pub struct Log(Option<Arc<dyn ExchangeLog>>);

impl Log {
    pub fn to(log: Arc<dyn ExchangeLog>) -> Self {
        Self(Some(log))
    }

    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    pub fn keeps_bodies(&self) -> bool {
        self.0.as_ref().is_some_and(|log| log.keeps_bodies())
    }

    pub fn add(&self, exchange: Exchange) {
        if let Some(log) = &self.0 {
            log.add(exchange);
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Log").field(&self.is_kept()).finish()
    }
}
