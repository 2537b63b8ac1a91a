//! Counts posts: the only place where the figures of an answer come from.
//!
//! Posts stream through in any order and in bounded memory: of each matching post only a hash of
//! its identity and of its author stays, and of the newest ones the text, as evidence. The order
//! changes nothing but which copy of a post that was collected twice is kept: the first.

mod fold;
mod matcher;
mod tally;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::document::{Document, DocumentKind};
use crate::model::result::{Answer, Evidence, Funnel};
use crate::model::window::TimeRange;

use super::reading::window::day_range;
pub use matcher::{MatchError, Matcher};
use tally::Tally;

/// Everything a count says of the posts.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub answer: Answer,
    pub funnel: Funnel,
    pub evidence: Vec<Evidence>,
    pub assumptions: Vec<String>,
}

/// A count under way.
#[derive(Clone, Debug)]
pub struct Measure {
    matcher: Matcher,
    window: TimeRange,
    evidence_limit: usize,
    funnel: Funnel,
    undated: u64,
    seen: HashSet<u128>,
    tallies: BTreeMap<String, Tally>,
    evidence: BTreeMap<EvidenceKey, Evidence>,
}

/// Newest first; at the same instant by source, then id.
type EvidenceKey = (Reverse<DateTime<Utc>>, String, String);

impl Measure {
    /// Starts a count of what `matcher` finds in `window`, with the newest `evidence_limit` posts
    /// as evidence; the limit never changes a figure.
    pub fn new(matcher: Matcher, window: TimeRange, evidence_limit: usize) -> Self {
        Self {
            matcher,
            window,
            evidence_limit,
            funnel: Funnel::default(),
            undated: 0,
            seen: HashSet::new(),
            tallies: BTreeMap::new(),
            evidence: BTreeMap::new(),
        }
    }

    /// Takes one collected document into account.
    pub fn add(&mut self, document: &Document) {
        self.funnel.collected += 1;
        let Some(published_at) = document.published_at else {
            self.undated += 1;
            return;
        };
        if !self.window.contains(published_at) {
            return;
        }
        self.funnel.in_window += 1;
        let Some(matched_terms) = self.matcher.matches(document) else {
            return;
        };
        self.funnel.matched += 1;
        if !self.seen.insert(fingerprint(&(&document.source, &document.id))) {
            return;
        }
        self.funnel.deduplicated += 1;
        let author = document.author.identity().map(|identity| fingerprint(&identity));
        let is_repost = document.kind == DocumentKind::Repost;
        self.tallies.entry(document.source.clone()).or_default().add(author, is_repost);
        self.keep(document, published_at, matched_terms);
    }

    /// Keeps the document as evidence if it is among the newest.
    fn keep(
        &mut self,
        document: &Document,
        published_at: DateTime<Utc>,
        matched_terms: Vec<String>,
    ) {
        let key = (Reverse(published_at), document.source.clone(), document.id.clone());
        let is_full = self.evidence.len() >= self.evidence_limit;
        let is_older = self.evidence.last_key_value().is_none_or(|(last, _)| *last < key);
        if is_full && is_older {
            return;
        }
        let evidence = Evidence {
            source: document.source.clone(),
            id: document.id.clone(),
            url: document.url.clone(),
            author: document.author.clone(),
            title: document.title.clone(),
            text: document.text.clone(),
            published_at,
            matched_terms,
        };
        self.evidence.insert(key, evidence);
        if is_full {
            self.evidence.pop_last();
        }
    }

    /// The figures. Each of `sources` gets its line, with zeros where nothing matched.
    pub fn finish(mut self, tz: Tz, sources: &[String]) -> Measured {
        for source in sources {
            self.tallies.entry(source.clone()).or_default();
        }
        let sum = |figure: fn(&Tally) -> u64| self.tallies.values().map(figure).sum::<u64>();
        let answer = Answer {
            total_mentions: sum(|tally| tally.mentions),
            unique_users: sum(Tally::users),
            reposts: sum(|tally| tally.reposts),
            unknown_authors: sum(|tally| tally.unknown_authors),
            date_range: day_range(&self.window, tz),
            by_source: self
                .tallies
                .iter()
                .map(|(name, tally)| (name.clone(), tally.count()))
                .collect(),
        };
        Measured {
            assumptions: self.assumptions(&answer),
            answer,
            funnel: self.funnel,
            evidence: self.evidence.into_values().collect(),
        }
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
        if self.tallies.values().filter(|tally| tally.users() > 0).count() > 1 {
            said.push("accounts are not joined across sources: somebody who posts on two counts as two people".to_owned());
        }
        said
    }
}

/// 128 bits that stand for a value; they live no longer than the count.
fn fingerprint(value: &impl Hash) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        value.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

#[cfg(test)]
mod tests;
