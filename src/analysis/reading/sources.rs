//! Finds the sources a prompt names, and narrows a request's sources to them.
//!
//! A source is only read after a preposition ("on X"): anywhere else its name is just a name, as
//! in "how many times was X mentioned on Reddit".

use super::token::{Kind, Token};
use super::words::{SOURCE_PREPOSITIONS, any_phrase, is_kind, joined, slice, text, word};
use crate::model::reading::Reading;
use crate::model::source::{CATALOGUE, find};

/// Says "all that this query asks" without naming one.
const ANYWHERE: &[&str] = &[
    "across all sources",
    "across all platforms",
    "across all channels",
    "across all networks",
    "across all of them",
    "across sources",
    "across platforms",
    "across channels",
    "on all sources",
    "on all platforms",
    "on all channels",
    "on any platform",
    "on every platform",
    "from all sources",
    "in all sources",
    "everywhere",
    "anywhere",
    "across the board",
];

/// Says so loosely.
const LOOSELY: &[&str] = &[
    "on social media",
    "across social media",
    "in social media",
    "over social media",
    "online",
    "on the internet",
    "across the internet",
    "on the web",
    "across the web",
];

/// Sets sources against each other.
const VERSUS: &[&str] = &["vs", "versus", "v", "against"];

/// What a prompt says of sources at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Also whether they are set against each other.
    Named(Vec<String>, bool),
    Anywhere(Vec<String>),
}

/// The sources named at `at` behind a preposition. `given` are those of the request, whose
/// datasets may be called by name.
pub(super) fn place_at(tokens: &[Token], at: usize, given: &[String]) -> Option<(Place, usize)> {
    let start = at + usize::from(["only", "just"].contains(&word(tokens, at)));
    if let Some(next) = any_phrase(tokens, start, ANYWHERE) {
        return Some((Place::Anywhere(Vec::new()), next));
    }
    if let Some(next) = any_phrase(tokens, start, LOOSELY) {
        let written = joined(slice(tokens, start, next));
        let note = format!("“{written}” was read as all sources of the query");
        return Some((Place::Anywhere(vec![note]), next));
    }
    let is_between = word(tokens, start) == "between";
    if !SOURCE_PREPOSITIONS.contains(&word(tokens, start)) && !is_between {
        return None;
    }
    let first = skip_articles(tokens, start + 1);
    let (named, next) = list_at(tokens, first, given)?;
    let place = Place::Named(named.names, named.versus || is_between);
    Some((place, next))
}

/// A list of sources, and whether they are set against each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub names: Vec<String>,
    pub versus: bool,
}

/// The list of sources that begins at `at`, and the index behind it.
pub(super) fn list_at(tokens: &[Token], at: usize, given: &[String]) -> Option<(Named, usize)> {
    let (mut names, mut next) = name_at(tokens, at, given)?;
    let mut versus = false;
    // Nobody names more, and a longer list would be read again from each of its items.
    while let Some((more, after)) = another_at(tokens, next, given).filter(|_| names.len() < 24) {
        versus |= slice(tokens, next, after).iter().any(|t| VERSUS.contains(&t.lower.as_str()));
        names.extend(more);
        next = after;
    }
    Some((Named { names: unique(&names), versus }, next))
}

/// A source in front of what it has: "Reddit posts", "Stack Overflow questions".
pub(super) fn adjective_at(
    tokens: &[Token],
    at: usize,
    given: &[String],
    is_noun: impl Fn(usize) -> bool,
) -> Option<(Vec<String>, usize)> {
    // "linked in posts about Acme" names no source.
    if word(tokens, at) == "linked" {
        return None;
    }
    let (named, next) = list_at(tokens, at, given)?;
    is_noun(next).then_some((named.names, next))
}

/// Subreddits named at `at`, with or without a preposition, and the index behind them.
pub(super) fn communities_at(tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
    let is_led = SOURCE_PREPOSITIONS.contains(&word(tokens, at));
    let mut next = at + usize::from(is_led);
    let mut names = vec![community(text(tokens, next))?];
    next += 1;
    loop {
        let after = separator_end(tokens, next);
        let after = after + usize::from(["on", "in"].contains(&word(tokens, after)));
        let Some(name) = community(text(tokens, after)).filter(|_| after > next) else {
            return Some((names, next));
        };
        names.push(name);
        next = after + 1;
    }
}

/// The name behind `r/`, or `/r/`.
fn community(word: &str) -> Option<String> {
    let word = word.strip_prefix('/').unwrap_or(word);
    let name = word.strip_prefix("r/").or_else(|| word.strip_prefix("R/"))?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then(|| name.to_owned())
}

fn skip_articles(tokens: &[Token], at: usize) -> usize {
    let mut next = at;
    while ["the", "both", "either", "formerly"].contains(&word(tokens, next)) {
        next += 1;
    }
    next
}

/// A further source of the list.
fn another_at(tokens: &[Token], at: usize, given: &[String]) -> Option<(Vec<String>, usize)> {
    let mut next = separator_end(tokens, at);
    if next == at {
        return None;
    }
    next += usize::from(["on", "in", "from", "via"].contains(&word(tokens, next)));
    let (names, mut next) = name_at(tokens, skip_articles(tokens, next), given)?;
    // The bracket of "X (formerly Twitter)" closes behind the name.
    let is_open = is_kind(tokens, at, Kind::Comma) && text(tokens, at) == "(";
    if is_open && is_kind(tokens, next, Kind::Comma) && text(tokens, next).starts_with(')') {
        next += 1;
    }
    Some((names, next))
}

fn separator_end(tokens: &[Token], at: usize) -> usize {
    let mut next = at;
    while is_kind(tokens, next, Kind::Comma)
        || ["and", "or", "/", "&", "+", "plus", "and/or"].contains(&word(tokens, next))
        || VERSUS.contains(&word(tokens, next))
    {
        next += 1;
    }
    next
}

/// The source called by name at `at`: usually one, more for `X/Reddit`.
fn name_at(tokens: &[Token], at: usize, given: &[String]) -> Option<(Vec<String>, usize)> {
    for length in (1..=3).rev() {
        let Some(words) = tokens.get(at..at + length) else {
            continue;
        };
        let words: Vec<&str> = words.iter().map(|t| t.lower.as_str()).collect();
        if let Some(name) = dataset(&words, given).or_else(|| canonical(&words.join(" "))) {
            return Some((vec![name], at + length));
        }
    }
    let parts = word(tokens, at).split('/').map(canonical).collect::<Option<Vec<_>>>()?;
    Some((parts, at + 1))
}

/// The name used in `sources` of what people call `words`.
pub(super) fn canonical(words: &str) -> Option<String> {
    if words.contains(':') {
        return find(words).filter(|_| !words.contains(' ')).map(|_| words.to_owned());
    }
    let is_called = |title: &str, aliases: &[&str]| {
        title.eq_ignore_ascii_case(words) || aliases.contains(&words)
    };
    CATALOGUE
        .iter()
        .filter(|kind| !kind.takes_argument)
        .find(|kind| kind.name == words || is_called(kind.title, kind.aliases))
        .map(|kind| kind.name.to_owned())
}

/// "dataset posts", "posts dataset" or `dataset:posts`, spelled as the request has it.
fn dataset(words: &[&str], given: &[String]) -> Option<String> {
    let wanted = match words {
        [name, "dataset"] | ["dataset", name] => format!("dataset:{name}"),
        [name] if name.starts_with("dataset:") => (*name).to_owned(),
        _ => return None,
    };
    given.iter().find(|source| source.to_lowercase() == wanted).cloned()
}

/// All sources that need no argument, for messages.
pub(super) fn names() -> String {
    let names: Vec<&str> = CATALOGUE.iter().filter(|k| !k.takes_argument).map(|k| k.name).collect();
    names.join(", ")
}

/// The sources to ask, and what was assumed. Those named in the prompt narrow the request's; where
/// they share none, the request's stand. Without a request's they are asked as they are, and
/// without either all that are `ready`.
pub fn effective_sources(
    reading: &Reading,
    requested: Option<&[String]>,
    ready: &[String],
) -> (Vec<String>, Vec<String>) {
    let requested = unique(requested.unwrap_or_default());
    let named = unique(reading.sources.as_deref().unwrap_or_default());
    if named.is_empty() && requested.is_empty() {
        return (
            unique(ready),
            vec!["no source was named: all that are ready were asked".to_owned()],
        );
    }
    if named.is_empty() || requested.is_empty() {
        let only = if named.is_empty() { requested } else { named };
        return (only, Vec::new());
    }
    let shared: Vec<String> =
        requested.iter().filter(|name| named.contains(name)).cloned().collect();
    if shared.is_empty() {
        let note = format!(
            "the prompt names {}, which the query's sources do not include: the query's sources were asked instead ({})",
            named.join(", "),
            requested.join(", ")
        );
        return (requested, vec![note]);
    }
    let mut notes = Vec::new();
    let left_out = without(&requested, &shared);
    if !left_out.is_empty() {
        notes.push(format!(
            "the prompt names only {}: not asked: {}",
            shared.join(", "),
            left_out.join(", ")
        ));
    }
    let unknown = without(&named, &shared);
    if !unknown.is_empty() {
        notes.push(format!(
            "the prompt also names {}, which the query's sources do not include: not asked",
            unknown.join(", ")
        ));
    }
    (shared, notes)
}

fn unique(names: &[String]) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        if !unique.contains(name) {
            unique.push(name.clone());
        }
    }
    unique
}

fn without(names: &[String], taken: &[String]) -> Vec<String> {
    names.iter().filter(|name| !taken.contains(name)).cloned().collect()
}
