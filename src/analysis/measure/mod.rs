//! Counts posts: the only place where the figures of an answer come from.
//!
//! Posts stream through in any order, and neither their order nor how often each comes changes an
//! answer. Of each matching post a row of numbers stays, and of the few that are listed the text;
//! see [`rows`] for which copy of a post is kept. All figures are computed from the rows at the end.

mod alike;
mod answer;
mod authors;
mod buckets;
mod carried;
mod changes;
mod earlier;
mod entities;
mod extract;
mod feelings;
mod figures;
mod filter;
mod fold;
mod groups;
mod items;
mod kept;
mod links;
mod matcher;
mod missing;
mod names;
mod notes;
mod patterns;
mod plan;
mod posts;
mod question;
mod rank;
mod record;
mod rows;
mod sentences;
mod series;
mod spike;
mod stop;
mod summary;
mod unknown;
mod waiting;
mod words;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::document::Document;
use crate::model::reading::{Filters, Intent, Reading};
use crate::model::result::{Answer, Evidence, Funnel};
use crate::model::sentiment::Method;
use crate::model::window::TimeRange;

use alike::Prints;
use earlier::Earlier;
use filter::{Verdict, judge};
pub(in crate::analysis) use fold::fold;
use kept::Listing;
use matcher::Sight;
pub use matcher::{MatchError, Matcher};
pub use missing::missing;
use plan::Plan;
use record::{Keys, Register};
use rows::{Added, Rows};
use spike::Suspects;
pub use summary::HOW as EXTRACTIVE;
use unknown::Unknown;
pub use waiting::Waited;
use waiting::Waiting;

/// Everything a measure says of the posts.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub answer: Answer,
    pub funnel: Funnel,
    pub evidence: Vec<Evidence>,
    pub assumptions: Vec<String>,
}

/// What a measure is told besides the reading.
#[derive(Clone, Copy, Debug)]
pub struct Measuring {
    pub window: TimeRange,
    /// The time that `changes` and a summary are seen against; nothing where there is none, as on a first run.
    pub previous: Option<TimeRange>,
    /// When the question was asked: what ends later is not complete.
    pub reference: DateTime<Utc>,
    pub timezone: Tz,
    /// How many posts are given as evidence; it never changes a figure.
    pub evidence_limit: usize,
}

impl Measuring {
    /// The time that posts have to be collected from.
    pub fn span(&self) -> TimeRange {
        let window = self.window;
        self.previous.map_or(window, |previous| TimeRange {
            from: previous.from.min(window.from),
            to: previous.to.max(window.to),
        })
    }
}

/// A measure under way.
#[derive(Clone, Debug)]
pub struct Measure {
    told: Measuring,
    matcher: Matcher,
    filters: Filters,
    /// Whether posts that match may be left out.
    is_filtered: bool,
    plan: Plan,
    funnel: Funnel,
    undated: u64,
    register: Register,
    current: Rows,
    previous: Rows,
    /// Posts that match and do not pass the filters, where the others are held against them.
    rest: Rows,
    unknown: Unknown,
    listing: Listing,
    suspects: Suspects,
    sight: Sight,
    numbers: Vec<u32>,
    prints: Prints,
    earlier: Option<Box<Earlier>>,
    waiting: Option<Waiting>,
    waited: Waited,
    /// The model whose labels the posts have.
    labelled_by: Option<Method>,
}

/// So many documents are made ready together; their texts and what is looked up for them fit beside each
/// other in what is nearest to the processor.
const NEAR: usize = 16;

/// When a document that matches is from.
#[derive(Clone, Copy, Debug)]
struct Found {
    at: DateTime<Utc>,
    is_current: bool,
    is_previous: bool,
}

impl Measure {
    /// Starts measuring what the reading asks for.
    ///
    /// # Errors
    /// When the reading has no terms, or such as cannot be looked for.
    pub fn new(reading: &Reading, mut told: Measuring) -> Result<Self, MatchError> {
        let matcher = Matcher::new(reading)?;
        let plan = Plan::of(reading, &told.window);
        let is_compared = matches!(reading.intent, Intent::Changes | Intent::Summary);
        told.previous = told.previous.filter(|_| is_compared);
        // Posts of both times may be dropped from the list of new ones.
        let spare = if told.previous.is_some() { plan.posts } else { 0 };
        Ok(Self {
            told,
            matcher,
            filters: reading.filters.clone(),
            is_filtered: plan.asks() || !reading.filters.is_none(),
            funnel: Funnel::default(),
            undated: 0,
            register: Register::new(&plan),
            current: Rows::default(),
            previous: Rows::default(),
            rest: Rows::default(),
            unknown: Unknown::default(),
            listing: Listing::new(
                plan.kept()
                    .saturating_add(spare)
                    .max(told.evidence_limit)
                    .max(plan.looked_through()),
            ),
            suspects: Suspects::of(&plan, &told),
            sight: Sight::default(),
            numbers: Vec::new(),
            prints: Prints::default(),
            earlier: None,
            waiting: None,
            waited: Waited::No,
            labelled_by: None,
            plan,
        })
    }

    /// Takes collected documents into account: as [`Measure::add`] does one by one, and faster.
    pub fn add_all(&mut self, documents: &[Document]) {
        for near in documents.chunks(NEAR) {
            let mut founds = [None; NEAR];
            let mut keys: [Option<Keys>; NEAR] = [None; NEAR];
            for ((document, found), keys) in near.iter().zip(&mut founds).zip(&mut keys) {
                *found = self.sift(document);
                if found.is_some() {
                    *keys = self.register.keys(document);
                }
            }
            self.fetch(&keys);
            for ((document, found), keys) in near.iter().zip(founds).zip(&keys) {
                let Some(found) = found else { continue };
                if self.plan.keeps_terms {
                    self.matcher.look(document, &mut self.sight);
                }
                self.take_or_wait(document, found, keys.as_ref());
            }
        }
    }

    /// Brings what is known of some posts and their authors near to the processor.
    fn fetch(&self, keys: &[Option<Keys>; NEAR]) {
        let (mut posts, mut authors) = ([0; NEAR], [0; NEAR]);
        for ((keys, post), author) in keys.iter().zip(&mut posts).zip(&mut authors) {
            let Some(keys) = keys else { continue };
            *post = keys.post.hash;
            *author = keys.author.as_ref().map_or(0, |author| author.hash);
        }
        let read = (self.current.posts().near(&posts), self.register.authors.near(&authors));
        std::hint::black_box(read);
    }

    /// Takes one collected document into account.
    pub fn add(&mut self, document: &Document) {
        if let Some(found) = self.sift(document) {
            self.take_or_wait(document, found, None);
        }
    }

    /// Whether a document is of the time and matches; which terms do is in `sight`.
    fn sift(&mut self, document: &Document) -> Option<Found> {
        self.funnel.collected += 1;
        let Some(at) = document.published_at else {
            self.undated += 1;
            return None;
        };
        let is_current = self.told.window.contains(at);
        let is_previous = self.told.previous.is_some_and(|previous| previous.contains(at));
        if !is_current && !is_previous {
            return None;
        }
        self.funnel.in_window += u64::from(is_current);
        let matches = self.matcher.look(document, &mut self.sight);
        matches.then_some(Found { at, is_current, is_previous })
    }

    /// Takes a document that matches.
    fn take(&mut self, document: &Document, found: Found, keys: Option<&Keys>) {
        let Found { at, is_current, is_previous } = found;
        let verdict = if self.is_filtered {
            judge(&self.filters, self.plan.asks(), document)
        } else {
            Verdict::Passed
        };
        match verdict {
            Verdict::Passed if is_current => self.count(document, at, keys),
            Verdict::Unknown(parts) if is_current => self.unknown.add(document, parts),
            Verdict::Failed if is_current && self.plan.keeps_rest => {
                self.set_aside(document, at, keys);
            }
            _ => {}
        }
        if is_previous && verdict == Verdict::Passed {
            let row = self.register.row(&self.plan, document, at, keys);
            let (place, added) = self.previous.add(&document.id, row, self.plan.order);
            if !matches!(added, Added::Passed) {
                self.previous.faces.set(place, &self.register.face(document));
            }
        }
    }

    fn count(&mut self, document: &Document, at: DateTime<Utc>, keys: Option<&Keys>) {
        self.funnel.matched += 1;
        let order = self.plan.order;
        let row = self.register.row(&self.plan, document, at, keys);
        let (place, added) = match keys {
            Some(keys) => self.current.add_by(&keys.post, &document.id, row, order),
            None => self.current.add(&document.id, row, order),
        };
        self.suspects.offer(&row, document);
        match added {
            Added::Passed => return,
            Added::New => self.funnel.deduplicated += 1,
            Added::Instead(old) => self.listing.withdraw(old.rank(order), old.copy, document),
        }
        self.listing.offer(row.rank(order), row.copy, document);
        if self.plan.keeps_terms {
            self.matcher.tell_apart(&mut self.sight);
            self.numbers.clear();
            self.numbers
                .extend(self.sight.terms.iter().filter_map(|term| u32::try_from(*term).ok()));
            self.current.terms.set(place, &self.numbers);
        }
        if let Some(kept) = self.plan.keeps_words {
            self.register.words(kept, document, &mut self.numbers);
            self.current.words.set(place, &self.numbers);
        }
        if self.plan.lists_once() {
            let print = self.prints.of(document).map(alike::Likeness::numbers);
            self.current.prints.set(place, print.as_ref().map_or(&[], |print| print));
        }
        if self.plan.keeps_faces() {
            self.current.faces.set(place, &self.register.face(document));
        }
    }

    fn set_aside(&mut self, document: &Document, at: DateTime<Utc>, keys: Option<&Keys>) {
        let row = self.register.row(&self.plan, document, at, keys);
        let (place, added) = self.rest.add(&document.id, row, self.plan.order);
        let Some(kept) = self.plan.keeps_words.filter(|_| !matches!(added, Added::Passed)) else {
            return;
        };
        self.register.words(kept, document, &mut self.numbers);
        self.rest.words.set(place, &self.numbers);
    }

    /// The figures. Each of `sources` gets its line, with zeros where nothing matched.
    pub fn finish(mut self, sources: &[String]) -> Measured {
        self.release();
        for source in sources {
            self.register.sources.intern(0, source);
        }
        let mut assumptions = Vec::new();
        let answer = self.answer(sources, &mut assumptions);
        let mut said = self.assumptions(&answer);
        said.extend(assumptions);
        Measured { answer, funnel: self.funnel, evidence: self.evidence(), assumptions: said }
    }

    fn assumptions(&self, answer: &Answer) -> Vec<String> {
        let mut said = Vec::new();
        if self.undated > 0 {
            said.push(format!("posts without a date were left out: {}", self.undated));
        }
        if answer.unknown_authors > 0 {
            said.push(format!(
                "matching posts that name no author count as mentions, not as people: {}",
                answer.unknown_authors
            ));
        }
        if answer.by_source.values().filter(|source| source.unique_users > 0).count() > 1 {
            said.push("accounts are not joined across sources: somebody who posts on two counts as two people".to_owned());
        }
        said.extend(self.unknown.said(|document_source, id| {
            let source = self.register.sources.known(0, document_source);
            source.is_some_and(|source| self.current.of_post(source, id).is_some())
        }));
        said.extend(self.plan.notes.iter().cloned());
        said
    }
}

#[cfg(test)]
mod alike_tests;
#[cfg(test)]
mod earlier_tests;
#[cfg(test)]
mod extract_tests;
#[cfg(test)]
mod feelings_tests;
#[cfg(test)]
mod intents_tests;
#[cfg(test)]
mod properties_tests;
#[cfg(test)]
mod summary_tests;
#[cfg(test)]
mod tests;
