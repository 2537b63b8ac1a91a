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

    fn is_paid(&self) -> bool {
        self.first.source.is_paid() || self.others.iter().any(|other| other.source.is_paid())
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use chrono::DateTime;

    use super::*;
    use crate::model::id::{TypedId, WorkspaceId};
    use crate::model::result::CoverageStatus;
    use crate::model::window::TimeRange;
    use crate::sources::Requests;
    use crate::sources::exchange::Log;

    /// Hands on as many posts, then ends.
    struct Way(usize, Result<(), SourceError>);

    impl Source for Way {
        fn covers(&self) -> &'static str {
            ""
        }

        fn collect(&self, _: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
            Box::pin(async move {
                sink.add(&vec![Document::default(); self.0])?;
                self.1.clone().map(|()| Collected::of(CoverageStatus::Complete))
            })
        }
    }

    #[derive(Default)]
    struct Kept(Mutex<usize>);

    impl Sink for Kept {
        fn add(&self, batch: &[Document]) -> Result<(), SourceError> {
            *self.0.lock().unwrap() += batch.len();
            Ok(())
        }
    }

    async fn asked(ways: Vec<Way>) -> (Result<Collected, SourceError>, usize) {
        let names = ["a", "b", "c"].into_iter();
        let mut ways = names
            .zip(ways)
            .map(|(name, way)| Backend { name, source: Arc::new(way) as Arc<dyn Source> });
        let backends = Backends::new(ways.next().unwrap(), ways.collect());
        let request = CollectRequest {
            workspace: WorkspaceId::from_ulid(ulid::Ulid::nil()),
            source: "x".to_owned(),
            window: TimeRange { from: DateTime::UNIX_EPOCH, to: DateTime::UNIX_EPOCH },
            terms: Vec::new(),
            requests: Requests::default(),
            log: Log::default(),
        };
        let kept = Arc::new(Kept::default());
        let answer = backends.collect(request, Arc::clone(&kept) as Arc<dyn Sink>).await;
        let kept = *kept.0.lock().unwrap();
        (answer, kept)
    }

    #[tokio::test]
    async fn the_next_way_is_asked_only_where_nothing_came_before() {
        let transient = || Err(SourceError::Transient("broken".to_owned()));
        let (answer, kept) =
            asked(vec![Way(0, transient()), Way(0, transient()), Way(2, Ok(()))]).await;
        let collected = answer.unwrap();
        assert_eq!((collected.backend.as_deref(), kept), (Some("c"), 2));
        assert_eq!(collected.reason.as_deref(), Some("a failed: broken; b failed: broken"));

        // Another way would hand the same posts on once more.
        let (answer, kept) = asked(vec![Way(1, transient()), Way(2, Ok(()))]).await;
        assert_eq!((answer, kept), (Err(SourceError::Transient("broken".to_owned())), 1));

        let (answer, kept) = asked(vec![Way(0, Err(SourceError::Stopped)), Way(2, Ok(()))]).await;
        assert_eq!((answer, kept), (Err(SourceError::Stopped), 0));

        let (answer, _) = asked(vec![Way(1, Ok(())), Way(2, Ok(()))]).await;
        assert_eq!(answer.unwrap().backend.as_deref(), Some("a"));
    }
}
