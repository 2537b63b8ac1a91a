//! Decides whether a post mentions what was asked about.
//!
//! Whole words, any case, title and text alike, and nothing else: what a source's own search
//! stemmed, corrected or found in a link's target is not a mention. The hashtag or handle of a
//! word is a mention of it (`Acme` is in `#acme`), not the other way round.
//!
//! All terms, their other names and what is excluded are looked for in one pass. A post matches by
//! every term that stands in it; where terms are held against each other, the longer one has the
//! place to itself, so that `iPhone 6S Plus` is no mention of `iPhone 6S`.

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;

use crate::model::document::Document;
use crate::model::reading::{Reading, Term};
use crate::model::result::{Highlight, HighlightField};

use super::fold::{fold, fold_into, fold_with_places, is_whole};

/// Why a reading cannot be matched against posts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatchError {
    #[error("the reading has no terms; name at least one word or phrase to look for")]
    NoTerms,
    #[error("a term of the reading is empty; write at least one visible character")]
    EmptyTerm,
    #[error("the terms of the reading are too long or too many; use fewer or shorter ones")]
    TooLarge,
}

/// Longest of all terms together, in bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// So many needles are looked for one after the other.
const FEW: usize = 3;

/// What is looked for in folded text.
#[derive(Clone, Debug)]
enum Needles {
    /// One at a time, many bytes at once.
    Few(Vec<Finder<'static>>),
    /// All in one pass, byte by byte.
    Many(AhoCorasick),
}

/// The terms of a reading, made ready once and used for every post.
#[derive(Clone, Debug)]
pub struct Matcher {
    needles: Needles,
    /// The only needle, where it is of ASCII and has no space: most texts need not be folded to find it.
    alone: Option<Finder<'static>>,
    /// What each needle stands for: a part of a term, or nothing for one that is excluded.
    parts: Vec<Option<usize>>,
    terms: Vec<Wanted>,
}

/// One term: how many parts it has, and what is reported.
#[derive(Clone, Debug)]
struct Wanted {
    shown: Vec<String>,
    name: String,
    parts: Vec<String>,
    all: bool,
}

/// What was seen in one post; kept from post to post so that nothing is allocated for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    folded: String,
    hits: Vec<Hit>,
    seen: Vec<usize>,
    /// The terms that occur, in the order of the reading.
    pub terms: Vec<usize>,
}

/// A needle at a place of the folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hit {
    field: HighlightField,
    start: usize,
    end: usize,
    needle: usize,
}

impl Matcher {
    /// Makes the reading's terms ready.
    ///
    /// # Errors
    /// When there is nothing to look for, or too much.
    pub fn new(reading: &Reading) -> Result<Self, MatchError> {
        let terms = reading.terms.iter().map(wanted).collect::<Result<Vec<_>, _>>()?;
        if terms.is_empty() {
            return Err(MatchError::NoTerms);
        }
        let exclude =
            reading.exclude.iter().map(|term| needle(term)).collect::<Result<Vec<_>, _>>()?;
        let mut all: Vec<&str> = Vec::new();
        let mut parts = Vec::new();
        for (number, term) in terms.iter().enumerate() {
            all.extend(term.parts.iter().map(String::as_str));
            parts.resize(all.len(), Some(number));
        }
        all.extend(exclude.iter().map(String::as_str));
        parts.resize(all.len(), None);
        if all.iter().map(|needle| needle.len()).sum::<usize>() > MOST_BYTES {
            return Err(MatchError::TooLarge);
        }
        let needles = Needles::new(&all)?;
        let alone = match all.as_slice() {
            [alone] if alone.is_ascii() && !alone.contains(' ') => {
                Some(Finder::new(alone.as_bytes()).into_owned())
            }
            _ => None,
        };
        Ok(Self { needles, alone, parts, terms })
    }

    /// The terms the document mentions, as the reading writes them and in its order; `None` when
    /// there are none or when it holds an excluded one.
    pub fn matches(&self, document: &Document) -> Option<Vec<String>> {
        let mut sight = Sight::default();
        if !self.look(document, &mut sight) {
            return None;
        }
        let mut found: Vec<String> = Vec::new();
        let terms = sight.terms.iter().filter_map(|term| self.terms.get(*term));
        for shown in terms.flat_map(|term| &term.shown) {
            if !found.contains(shown) {
                found.push(shown.clone());
            }
        }
        Some(found)
    }

    /// Whether the document matches; which terms do is in `sight`.
    pub(super) fn look(&self, document: &Document, sight: &mut Sight) -> bool {
        sight.hits.clear();
        sight.terms.clear();
        let title = document.title.as_deref().unwrap_or_default();
        if let Some(is_there) = self.glance(title, &document.text, &mut sight.folded) {
            sight.terms.extend(is_there.then_some(0));
            return is_there;
        }
        self.find(HighlightField::Title, title, sight);
        self.find(HighlightField::Text, &document.text, sight);
        if sight.hits.is_empty() || sight.hits.iter().any(|hit| self.term_of(*hit).is_none()) {
            return false;
        }
        self.conclude(sight);
        !sight.terms.is_empty()
    }

    /// Leaves in `sight` only the terms that have a place to themselves; after [`Matcher::look`].
    pub(super) fn tell_apart(&self, sight: &mut Sight) {
        if self.terms.len() > 1 {
            self.keep_longest(&mut sight.hits);
            self.conclude(sight);
        }
    }

    /// What the terms are called, in the order of the reading.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| term.name.as_str())
    }

    /// All that is looked for, folded.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().flat_map(|term| &term.parts).map(String::as_str)
    }

    /// Where the terms stand in a document that matches, the longest where several do.
    pub(super) fn highlights(&self, document: &Document) -> Vec<Highlight> {
        let mut marks = Vec::new();
        let title = document.title.as_deref().unwrap_or_default();
        let fields = [(HighlightField::Title, title), (HighlightField::Text, &document.text)];
        for (field, text) in fields {
            let Some((folded, places)) = fold_with_places(text) else { continue };
            let mut hits = Vec::new();
            self.find_in(field, &folded, &mut hits);
            hits.retain(|hit| self.term_of(*hit).is_some());
            self.keep_longest(&mut hits);
            for hit in hits {
                let first = places.get(hit.start).map(|(start, _)| *start);
                let last = hit.end.checked_sub(1).and_then(|last| places.get(last));
                let term = self.term_of(hit).and_then(|term| self.terms.get(term));
                if let (Some(start), Some((_, end)), Some(term)) = (first, last, term) {
                    let (start, end) = (start as u64, *end as u64);
                    marks.push(Highlight { term: term.name.clone(), field, start, end });
                }
            }
        }
        marks.dedup();
        marks
    }

    /// Whether the only needle is in one of two texts, as far as that is seen without folding them.
    fn glance(&self, title: &str, text: &str, lower: &mut String) -> Option<bool> {
        let alone = self.alone.as_ref()?;
        let in_title = if title.is_empty() { Some(false) } else { glance(alone, title, lower) };
        if in_title == Some(true) {
            return in_title;
        }
        let in_text = glance(alone, text, lower);
        if in_text == Some(true) { in_text } else { in_title.and(in_text) }
    }

    fn term_of(&self, hit: Hit) -> Option<usize> {
        self.parts.get(hit.needle).copied().flatten()
    }

    fn find(&self, field: HighlightField, text: &str, sight: &mut Sight) {
        if text.is_empty() {
            return;
        }
        sight.folded.clear();
        fold_into(text, &mut sight.folded);
        self.find_in(field, &sight.folded, &mut sight.hits);
    }

    /// Adds all needles that stand in `text` as whole words; they may overlap.
    fn find_in(&self, field: HighlightField, text: &str, hits: &mut Vec<Hit>) {
        self.needles.each(text, |needle, start, end| {
            if is_whole(text, start, end) {
                hits.push(Hit { field, start, end, needle });
            }
        });
    }

    /// Of places that overlap only the first keeps its own, the longest of those that begin there.
    fn keep_longest(&self, hits: &mut Vec<Hit>) {
        let order = |hit: &Hit| {
            (hit.field == HighlightField::Text, hit.start, usize::MAX - hit.end, hit.needle)
        };
        hits.sort_unstable_by_key(order);
        let mut winner: Option<Hit> = None;
        hits.retain(|hit| {
            let Some(won) = winner.filter(|won| won.field == hit.field && hit.start < won.end)
            else {
                winner = Some(*hit);
                return true;
            };
            (hit.start, hit.end) == (won.start, won.end) || self.term_of(*hit) == self.term_of(won)
        });
    }

    /// From the places of the parts to the terms.
    fn conclude(&self, sight: &mut Sight) {
        sight.terms.clear();
        sight.seen.clear();
        sight.seen.extend(sight.hits.iter().map(|hit| hit.needle));
        sight.seen.sort_unstable();
        sight.seen.dedup();
        let of_needle = |needle: &usize| self.parts.get(*needle).copied().flatten();
        for parts in sight.seen.chunk_by(|left, right| of_needle(left) == of_needle(right)) {
            let Some(number) = parts.first().and_then(of_needle) else { continue };
            let term = self.terms.get(number);
            if term.is_some_and(|term| !term.all || parts.len() == term.parts.len()) {
                sight.terms.push(number);
            }
        }
    }
}

impl Needles {
    fn new(all: &[&str]) -> Result<Self, MatchError> {
        if all.len() <= FEW {
            let finder = |needle: &&str| Finder::new(needle.as_bytes()).into_owned();
            return Ok(Self::Few(all.iter().map(finder).collect()));
        }
        let many = AhoCorasick::builder().match_kind(MatchKind::Standard).build(all);
        many.map(Self::Many).map_err(|_| MatchError::TooLarge)
    }

    /// Every place where a needle stands, also those that overlap: its number, start and end.
    fn each(&self, text: &str, mut take: impl FnMut(usize, usize, usize)) {
        match self {
            Self::Few(finders) => {
                for (needle, finder) in finders.iter().enumerate() {
                    let mut from = 0;
                    let rest = |from| text.as_bytes().get(from..).unwrap_or_default();
                    while let Some(found) = finder.find(rest(from)) {
                        let start = from + found;
                        take(needle, start, start + finder.needle().len());
                        from = start + 1;
                    }
                }
            }
            Self::Many(many) => {
                for found in many.try_find_overlapping_iter(text).into_iter().flatten() {
                    take(found.pattern().as_usize(), found.start(), found.end());
                }
            }
        }
    }
}

/// Whether a needle of ASCII without spaces is in a text as a whole word; nothing where folding may change what
/// stands beside it, or make it of other characters.
fn glance(needle: &Finder, text: &str, lower: &mut String) -> Option<bool> {
    lower.clear();
    lower.push_str(text);
    lower.make_ascii_lowercase();
    let bytes = lower.as_bytes();
    let mut from = 0;
    while let Some(found) = needle.find(bytes.get(from..).unwrap_or_default()) {
        let start = from + found;
        let end = start + needle.needle().len();
        // As far as it is looked at to see whether a word begins and ends there.
        let around = bytes.get(start.saturating_sub(1)..bytes.len().min(end + 2));
        if !around.is_some_and(<[u8]>::is_ascii) {
            return None;
        }
        if is_whole(lower, start, end) {
            return Some(true);
        }
        from = start + 1;
    }
    bytes.is_ascii().then_some(false)
}

fn wanted(term: &Term) -> Result<Wanted, MatchError> {
    let needles =
        |names: &[String]| names.iter().map(|name| needle(name)).collect::<Result<Vec<_>, _>>();
    let one = |name: &String, parts| Wanted {
        shown: vec![name.clone()],
        name: name.clone(),
        parts,
        all: false,
    };
    match term {
        Term::Text(text) => Ok(one(text, vec![needle(text)?])),
        Term::Entity { name, any } if any.is_empty() => Ok(one(name, vec![needle(name)?])),
        Term::Entity { name, any } => Ok(one(name, needles(any)?)),
        Term::All { all } if all.is_empty() => Err(MatchError::EmptyTerm),
        Term::All { all } => Ok(Wanted {
            shown: all.clone(),
            name: all.join(" + "),
            parts: needles(all)?,
            all: true,
        }),
    }
}

fn needle(term: &str) -> Result<String, MatchError> {
    let folded = fold(term);
    let folded = folded.trim();
    if folded.is_empty() { Err(MatchError::EmptyTerm) } else { Ok(folded.to_owned()) }
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
pub(super) mod tests;
