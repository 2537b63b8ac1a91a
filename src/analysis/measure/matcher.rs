//! Decides whether a post mentions what was asked about.
//!
//! Whole words, any case, title and text alike, and nothing else: what a source's own search
//! stemmed, corrected or found in a link's target is not a mention. The hashtag or handle of a
//! word is a mention of it (`Acme` is in `#acme`), not the other way round.

use std::cell::{Cell, OnceCell};

use regex::Regex;

use crate::model::document::Document;
use crate::model::reading::{Reading, Term};

use super::fold::{SEPARATOR, fold, fold_into, is_whole};

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

/// Longest alternation of all terms, in bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// Looking for all terms in one pass costs as much to prepare as looking through so many posts for each.
const MANY_POSTS: u32 = 200;

/// The terms of a reading, made ready once and used for every post.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// Whether any term could be there at all: one pass that passes over most posts, for whoever has many.
    any: OnceCell<Option<Regex>>,
    pattern: String,
    posts: Cell<u32>,
    terms: Vec<Wanted>,
    exclude: Vec<String>,
}

/// One term: `parts` to look for, and what is reported.
#[derive(Clone, Debug)]
struct Wanted {
    shown: Vec<String>,
    parts: Vec<String>,
    all: bool,
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
        let parts: Vec<String> =
            terms.iter().flat_map(|term| &term.parts).map(|part| regex::escape(part)).collect();
        let pattern = parts.join("|");
        if pattern.len() > MOST_BYTES {
            return Err(MatchError::TooLarge);
        }
        let exclude = reading.exclude.iter().map(|term| needle(term)).collect::<Result<_, _>>()?;
        Ok(Self { any: OnceCell::new(), pattern, posts: Cell::new(0), terms, exclude })
    }

    /// The terms the document mentions, as the reading writes them and in its order; `None` when
    /// there are none or when it holds an excluded one.
    pub fn matches(&self, document: &Document) -> Option<Vec<String>> {
        let text = searchable(document);
        if self.any().is_some_and(|any| !any.is_match(&text)) {
            return None;
        }
        let mut found: Vec<String> = Vec::new();
        for term in self.terms.iter().filter(|term| term.occurs(&text)) {
            for shown in &term.shown {
                if !found.contains(shown) {
                    found.push(shown.clone());
                }
            }
        }
        if found.is_empty() || self.exclude.iter().any(|needle| contains(&text, needle)) {
            return None;
        }
        Some(found)
    }

    /// Nothing for the first posts, and where it would be too large.
    fn any(&self) -> Option<&Regex> {
        let posts = self.posts.get().saturating_add(1);
        self.posts.set(posts);
        let make = || Regex::new(&self.pattern).ok();
        if posts > MANY_POSTS { self.any.get_or_init(make).as_ref() } else { None }
    }
}

impl Wanted {
    fn occurs(&self, text: &str) -> bool {
        let mut hits = self.parts.iter().map(|part| contains(text, part));
        if self.all { hits.all(|hit| hit) } else { hits.any(|hit| hit) }
    }
}

fn wanted(term: &Term) -> Result<Wanted, MatchError> {
    let needles =
        |names: &[String]| names.iter().map(|name| needle(name)).collect::<Result<Vec<_>, _>>();
    match term {
        Term::Text(text) => {
            Ok(Wanted { shown: vec![text.clone()], parts: vec![needle(text)?], all: false })
        }
        Term::Entity { name, any } if any.is_empty() => wanted(&Term::Text(name.clone())),
        Term::Entity { name, any } => {
            Ok(Wanted { shown: vec![name.clone()], parts: needles(any)?, all: false })
        }
        Term::All { all } if all.is_empty() => Err(MatchError::EmptyTerm),
        Term::All { all } => Ok(Wanted { shown: all.clone(), parts: needles(all)?, all: true }),
    }
}

fn needle(term: &str) -> Result<String, MatchError> {
    let folded = fold(term);
    let folded = folded.trim();
    if folded.is_empty() { Err(MatchError::EmptyTerm) } else { Ok(folded.to_owned()) }
}

/// Title and text in folded form, apart from each other.
fn searchable(document: &Document) -> String {
    let title = document.title.as_deref().unwrap_or_default();
    let mut out = String::with_capacity(title.len() + document.text.len() + 1);
    fold_into(title, &mut out);
    out.push(SEPARATOR);
    fold_into(&document.text, &mut out);
    out
}

/// Whether `needle` occurs in `text` as a whole word. Occurrences may overlap.
fn contains(text: &str, needle: &str) -> bool {
    let step = needle.chars().next().map_or(1, char::len_utf8);
    let mut from = 0;
    while let Some(offset) = text.get(from..).and_then(|rest| rest.find(needle)) {
        let start = from + offset;
        if is_whole(text, start, start + needle.len()) {
            return true;
        }
        from = start + step;
    }
    false
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
pub(super) mod tests;
