//! Sources that can be asked in more than one way: each way in its turn, until one answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    CollectRequest, Collected, Collecting, Estimating, NameError, Sink, Source, SourceError,
};
use crate::model::document::Document;

/// A way of asking, by the name that settings and `coverage` have for it.
#[derive(Clone)]
pub struct Backend {
    pub name: &'static str,
    pub source: Arc<dyn Source>,
}

/// What is ready, in the order in which it is asked.
pub struct Backends {
    first: Backend,
    others: Vec<Backend>,
}

impl Backends {
    pub fn new(first: Backend, others: Vec<Backend>) -> Self {
        Self { first, others }
    }
}

impl Source for Backends {
    fn covers(&self) -> &'static str {
        self.first.source.covers()
    }

    fn needs(&self) -> &'static [&'static str] {
        self.first.source.needs()
    }

    fn how(&self) -> &'static str {
        self.first.source.how()
    }

    fn check(&self, name: &str) -> Result<(), NameError> {
        self.first.source.check(name)
    }

    fn estimate(&self, request: CollectRequest) -> Option<Estimating<'_>> {
        self.first.source.estimate(request)
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let mut failed = Vec::new();
            let mut answer = self.first.collect(&request, &sink).await;
            let mut asked = &self.first;
            for next in &self.others {
                match answer {
                    Err(Failed { error, has_given: false }) if error != SourceError::Stopped => {
                        failed.push(format!("{} failed: {error}", asked.name));
                    }
                    _ => break,
                }
                (answer, asked) = (next.collect(&request, &sink).await, next);
            }
            match answer {
                Ok(collected) => Ok(named(collected, asked.name, failed)),
                Err(Failed { error, .. }) => Err(explained(error, asked.name, &failed)),
            }
        })
    }
}

struct Failed {
    error: SourceError,
    /// Whether posts were handed on before: another way would hand the same ones on once more.
    has_given: bool,
}

impl Backend {
    async fn collect(
        &self,
        request: &CollectRequest,
        sink: &Arc<dyn Sink>,
    ) -> Result<Collected, Failed> {
        let noting = Arc::new(Noting { sink: Arc::clone(sink), has_given: AtomicBool::new(false) });
        let taking = Arc::clone(&noting) as Arc<dyn Sink>;
        let answer = self.source.collect(request.clone(), taking).await;
        answer
            .map_err(|error| Failed { error, has_given: noting.has_given.load(Ordering::Relaxed) })
    }
}

/// Notes whether anything came.
struct Noting {
    sink: Arc<dyn Sink>,
    has_given: AtomicBool,
}

impl Sink for Noting {
    fn add(&self, batch: &[Document]) -> Result<(), SourceError> {
        self.has_given.fetch_or(!batch.is_empty(), Ordering::Relaxed);
        self.sink.add(batch)
    }
}

/// With the way it was asked, and why not in one before.
fn named(collected: Collected, name: &str, failed: Vec<String>) -> Collected {
    let reasons: Vec<String> = failed.into_iter().chain(collected.reason).collect();
    Collected {
        backend: collected.backend.or_else(|| Some(name.to_owned())),
        reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
        ..collected
    }
}

/// The last failure, with those before.
fn explained(error: SourceError, name: &str, failed: &[String]) -> SourceError {
    if failed.is_empty() {
        return error;
    }
    let all = |reason: String| format!("{}; {name} failed: {reason}", failed.join("; "));
    match error {
        SourceError::RateLimited { after, reason } => {
            SourceError::RateLimited { after, reason: all(reason) }
        }
        SourceError::Transient(reason) => SourceError::Transient(all(reason)),
        SourceError::Permanent(reason) => SourceError::Permanent(all(reason)),
        SourceError::Stopped => SourceError::Stopped,
    }
}
