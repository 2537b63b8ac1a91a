//! What a scheduled run need not ask for again: the posts that the run before had kept, but for the last hours of it,
//! which are read anew for what came late and what was deleted since. Once a week all of it is, where that costs no
//! money. Only where the answer does not rest on
//! reactions, which change, and where what was covered is surely known.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::earlier;
use crate::domain::Domain;
use crate::domain::collection::{EarlierRun, Kept};
use crate::model::document::Document;
use crate::model::job::{Job, JobTrigger};
use crate::model::query::SavedQuery;
use crate::model::reading::{Intent, Metric, Reading, SortBy};
use crate::model::result::{Coverage, CoverageStatus};
use crate::model::window::TimeRange;
use crate::sources::{CollectRequest, Collected, Sink, Source, SourceError};

/// How late a post may come that is not missed, and how long a deletion is looked for by each run.
const LATE: TimeDelta = TimeDelta::hours(6);
/// How often everything is looked at again: no deletion is unseen for longer.
const LOOKED_OVER: TimeDelta = TimeDelta::weeks(1);

/// What is known of one source.
pub(super) struct Known {
    kept: Kept,
    /// The time whose posts need not be asked for.
    range: TimeRange,
    /// What the run before said of the source.
    coverage: Coverage,
    /// All the same everything is asked for this time.
    is_looked_over: bool,
}

/// What is known of each source from the run before; nothing of those that are to be asked for everything.
pub(super) async fn find(
    domain: &Domain,
    job: &Job,
    query: &SavedQuery,
    sources: &[String],
    window: TimeRange,
) -> HashMap<String, Known> {
    let passes_on = |source: &String| {
        domain.connector(source).is_some_and(|connector| !connector.keeps_documents())
    };
    let is_scheduled = job.trigger == JobTrigger::Scheduled;
    if !is_scheduled || !sources.iter().any(passes_on) || rests_on_reactions(&query.reading) {
        return HashMap::new();
    }
    let Some(EarlierRun { reading, coverage, kept, .. }) = earlier::find(domain, job).await else {
        return HashMap::new();
    };
    // Another question was asked then.
    if reading != *query.reading {
        return HashMap::new();
    }
    let known = |kept: Kept| {
        let source = kept.source().to_owned();
        let coverage = coverage.get(&source).filter(|_| passes_on(&source))?.clone();
        let range = reusable(&coverage, window)?;
        let is_free = domain.connector(&source).is_some_and(|connector| !connector.is_paid());
        let is_looked_over =
            is_free && is_week_over(query.created_at, coverage.requested.to, window.to);
        Some((source, Known { kept, range, coverage, is_looked_over }))
    };
    kept.into_iter().filter_map(known).collect()
}

/// Whether the answer changes with what is said of posts, or of the run before.
fn rests_on_reactions(reading: &Reading) -> bool {
    let is_reaction = |metric: &Metric| {
        matches!(
            metric,
            Metric::Likes
                | Metric::Views
                | Metric::Replies
                | Metric::Shares
                | Metric::Engagement
                | Metric::AvgEngagement
                | Metric::NewUsers
        )
    };
    let is_sorted = reading.sort.as_ref().is_some_and(|sort| {
        !matches!(
            sort.by,
            SortBy::Mentions | SortBy::UniqueUsers | SortBy::PublishedAt | SortBy::Sentiment
        )
    });
    let filters = &reading.filters;
    matches!(reading.intent, Intent::TopPosts | Intent::TopAuthors | Intent::Changes)
        || reading.metrics.iter().any(is_reaction)
        || is_sorted
        || filters.min_likes.is_some()
        || filters.answered.is_some()
}

/// The part of the window that was covered then, as far as it is surely known.
fn reusable(coverage: &Coverage, window: TimeRange) -> Option<TimeRange> {
    let covered = coverage.covered?;
    let is_known = match coverage.status {
        CoverageStatus::Complete => covered.from <= window.from,
        // Else it may be no more than the span of what came.
        CoverageStatus::Truncated | CoverageStatus::Partial => covered.to == coverage.requested.to,
        _ => false,
    };
    let (from, to) = (covered.from.max(window.from), (covered.to - LATE).min(window.to));
    (is_known && from < to).then_some(TimeRange { from, to })
}

/// Whether a week has ended between two runs. The weeks of a query begin with it, so that not all are looked over at
/// once.
fn is_week_over(created: DateTime<Utc>, then: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let week =
        |at: DateTime<Utc>| (at - created).num_seconds().div_euclid(LOOKED_OVER.num_seconds());
    week(then) < week(now)
}

/// Asks a source for what is not known, and hands on what is.
pub(super) async fn collect(
    connector: &dyn Source,
    request: CollectRequest,
    sink: Arc<dyn Sink>,
    known: Option<Known>,
) -> Result<Collected, SourceError> {
    let Some(Known { kept, range, coverage, is_looked_over }) = known else {
        return connector.collect(request, sink).await;
    };
    let window = request.window;
    let from = if is_looked_over { window.from } else { range.to };
    let asked = CollectRequest { window: TimeRange { from, to: window.to }, ..request.clone() };
    // What the run before had of it as well.
    let again = TimeRange { from, to: coverage.requested.to.min(window.to) };
    let noting = Arc::new(Noting { sink: Arc::clone(&sink), again, ids: Mutex::default() });
    // A source that fails gives nothing, as without the run before.
    let new = connector.collect(asked, Arc::clone(&noting) as Arc<dyn Sink>).await?;
    let range = if is_looked_over { unseen(&new, range) } else { range };
    let (taking, source) = (Arc::clone(&noting), request.source.clone());
    let read = tokio::task::spawn_blocking(move || hand_on(kept, range, &taking)).await;
    match read.map_err(|error| SourceError::Transient(error.to_string()))? {
        Ok(gone) => {
            let is_sure = new.status == CoverageStatus::Complete;
            let gone = Some(gone).filter(|_| is_sure);
            let all = if is_empty(range) { new } else { joined(new, range, window, coverage) };
            Ok(Collected { gone, ..all })
        }
        Err(SourceError::Permanent(error)) if is_empty(range) => {
            tracing::error!(source, %error, "what the run before had kept cannot be read");
            Ok(new)
        }
        Err(SourceError::Stopped) => Err(SourceError::Stopped),
        Err(error) => {
            tracing::error!(source, %error, "what the run before had kept cannot be read");
            connector.collect(request, sink).await
        }
    }
}

/// The part of what is known that a source no longer told of when it was asked for everything, as a feed does not that
/// has forgotten it.
fn unseen(new: &Collected, known: TimeRange) -> TimeRange {
    let told_from = match (new.status, new.covered) {
        (CoverageStatus::Complete, _) => known.from,
        (_, Some(covered)) => covered.from,
        (_, None) => known.to,
    };
    TimeRange { from: known.from, to: told_from.clamp(known.from, known.to) }
}

fn is_empty(range: TimeRange) -> bool {
    range.from >= range.to
}

/// Notes which posts came again.
struct Noting {
    sink: Arc<dyn Sink>,
    again: TimeRange,
    ids: Mutex<HashSet<String>>,
}

impl Noting {
    fn comes_again(&self, document: &Document) -> bool {
        document.published_at.is_some_and(|at| self.again.contains(at))
    }

    fn ids(&self) -> MutexGuard<'_, HashSet<String>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Noting {
    fn add(&self, batch: &[Document]) -> Result<(), SourceError> {
        let again = batch.iter().filter(|document| self.comes_again(document));
        self.ids().extend(again.map(|document| document.id.clone()));
        self.sink.add(batch)
    }
}

/// Hands on what was kept; answers how many of the posts that were to come again did not.
fn hand_on(kept: Kept, range: TimeRange, noting: &Noting) -> Result<u64, SourceError> {
    let (mut taken, mut gone) = (Ok(()), 0);
    let is_inside =
        |document: &&Document| document.published_at.is_some_and(|at| range.contains(at));
    let read = kept.read(|batch| {
        let ids = noting.ids();
        let is_gone =
            |document: &&Document| noting.comes_again(document) && !ids.contains(&document.id);
        gone += batch.iter().filter(is_gone).count() as u64;
        drop(ids);
        let batch: Vec<Document> = batch.iter().filter(is_inside).cloned().collect();
        if taken.is_ok() && !batch.is_empty() {
            taken = noting.sink.add(&batch);
        }
    });
    read.map_err(|error| SourceError::Permanent(error.to_string())).and(taken).map(|()| gone)
}

fn joined(new: Collected, range: TimeRange, window: TimeRange, then: Coverage) -> Collected {
    let covered = match new.covered {
        Some(covered) if covered.from <= range.to => {
            Some(TimeRange { from: range.from, to: covered.to })
        }
        other => other,
    };
    let lacks_beginning = new.status == CoverageStatus::Complete && range.from > window.from;
    let (status, reason) =
        if lacks_beginning { (then.status, then.reason) } else { (new.status, new.reason) };
    // How many there are of a part says nothing of the whole.
    let upstream_total = None;
    Collected { status, covered, upstream_total, reason, kept_until: Some(range.to), ..new }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> TimeRange {
        let at = |hour: &str| format!("2026-11-{hour}:00:00Z").parse().unwrap();
        TimeRange { from: at(from), to: at(to) }
    }

    fn coverage(status: CoverageStatus, covered: Option<TimeRange>) -> Coverage {
        Coverage {
            status,
            requested: range("10T00", "17T00"),
            covered,
            requests: 1,
            upstream_total: None,
            reason: None,
            dataset_version: None,
            backend: None,
            kept_until: None,
            gone: None,
        }
    }

    #[test]
    fn only_what_was_surely_covered_is_used_again() {
        use CoverageStatus::{Complete, Error, Partial, Truncated};
        let (whole, window) = (range("10T00", "17T00"), range("11T00", "18T00"));
        let expected = Some(range("11T00", "16T18"));
        let cases = [
            (Complete, Some(whole), expected),
            // Nothing younger can be asked for.
            (Complete, Some(range("10T00", "16T23")), Some(range("11T00", "16T17"))),
            (Truncated, Some(range("12T00", "17T00")), Some(range("12T00", "16T18"))),
            (Partial, Some(range("12T00", "17T00")), Some(range("12T00", "16T18"))),
            // The span of what came, not of what was looked at.
            (Truncated, Some(range("12T00", "15T00")), None),
            (Complete, Some(range("12T00", "17T00")), None),
            (Complete, None, None),
            (Error, Some(whole), None),
            (Complete, Some(range("10T00", "11T06")), None),
        ];
        for (status, covered, expected) in cases {
            assert_eq!(
                reusable(&coverage(status, covered), window),
                expected,
                "{status:?} {covered:?}"
            );
        }
    }

    #[test]
    fn the_weeks_of_a_query_begin_with_it() {
        let at = |text: &str| format!("2026-11-{text}:00Z").parse::<DateTime<Utc>>().unwrap();
        let created = at("03T17:30");
        let cases = [
            ("03T18:00", "04T18:00", false),
            ("09T18:00", "10T17:29", false),
            ("09T18:00", "10T17:30", true),
            ("10T18:00", "17T17:00", false),
            // Nothing ran in the weeks between.
            ("10T18:00", "29T00:00", true),
            // A window that ends before the query was made.
            ("03T00:00", "03T17:00", false),
        ];
        for (then, now, expected) in cases {
            assert_eq!(is_week_over(created, at(then), at(now)), expected, "{then} {now}");
        }
    }

    #[test]
    fn both_parts_are_told_as_one() {
        use CoverageStatus::{Complete, Truncated};
        let (window, known) = (range("11T00", "18T00"), range("11T00", "16T18"));
        let new = |status, covered| Collected {
            covered,
            upstream_total: Some(3),
            reason: (status == Truncated).then(|| "the limit".to_owned()),
            ..Collected::of(status)
        };
        let then = || coverage(Complete, None);
        let whole = joined(new(Complete, Some(range("16T18", "18T00"))), known, window, then());
        assert_eq!(
            (whole.status, whole.covered, whole.upstream_total),
            (Complete, Some(window), None)
        );
        assert_eq!(whole.kept_until, Some(known.to));

        // What lies between is not known.
        let newest = Some(range("17T12", "18T00"));
        let gap = joined(new(Truncated, newest), known, window, then());
        assert_eq!((gap.status, gap.covered), (Truncated, newest));

        // A feed that did not go back to the beginning.
        let known = range("12T00", "16T18");
        let feed = Coverage { reason: Some("the feed".to_owned()), ..coverage(Truncated, None) };
        let feed = joined(new(Complete, Some(range("16T18", "18T00"))), known, window, feed);
        assert_eq!((feed.status, feed.covered), (Truncated, Some(range("12T00", "18T00"))));
        assert_eq!(feed.reason.as_deref(), Some("the feed"));
    }
}
