//! Finds what restricts a count wherever it stands in the prompt: times, sources, exclusions; and
//! the words that restrict nothing.

use super::exclude::{excluded_in, exclusion_start};
use super::grammar::Context;
use super::refusal::Refusal;
use super::sources::{Place, place_at};
use super::time::window_at;
use super::token::{Kind, Token};
use super::words::{ALL_TIME, FILLERS, any_phrase, is_kind, joined, slice, word};
use crate::model::reading::Window;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    /// Changes no figure; may be worth a note.
    Nothing(Vec<String>),
    Time(Window, Vec<String>),
    Sources(Vec<String>),
    Exclude(Vec<String>, Vec<String>),
    BySource,
}

const BY_SOURCE: &[&str] = &[
    "by source",
    "by platform",
    "by network",
    "by channel",
    "by site",
    "per source",
    "per platform",
    "per network",
    "per channel",
    "per site",
    "on each source",
    "on each platform",
    "for each source",
    "for each platform",
];

/// The modifier that begins at `at`, and the index after it.
pub(super) fn modifier_at(
    context: &Context<'_>,
    at: usize,
) -> Result<Option<(Modifier, usize)>, Refusal> {
    if let Some(found) = plain_at(context, at)? {
        return Ok(Some(found));
    }
    let Some(start) = exclusion_start(context.tokens, at) else {
        return Ok(None);
    };
    let mut end = start;
    if place_at(context.tokens, start, context.sources)?.is_some() {
        return Err(Refusal::specific(
            "a source cannot be left out; name the sources to ask, like “on Reddit and X”",
        ));
    }
    while end < context.tokens.len()
        && !is_kind(context.tokens, end, Kind::Stop)
        && plain_at(context, end)?.is_none()
        && (end == start || exclusion_start(context.tokens, end).is_none())
    {
        end += 1;
    }
    if end == start {
        return Err(Refusal::specific(
            "what is to be left out was not understood; only words can be left out, like “but not pie”",
        ));
    }
    let (words, notes) = excluded_in(context.tokens, start, end, context.cased)?;
    Ok(Some((Modifier::Exclude(words, notes), end)))
}

/// Any modifier but an exclusion.
fn plain_at(context: &Context<'_>, at: usize) -> Result<Option<(Modifier, usize)>, Refusal> {
    let tokens = context.tokens;
    if let Some(next) = any_phrase(tokens, at, BY_SOURCE) {
        return Ok(Some((Modifier::BySource, next)));
    }
    if let Some(next) = any_phrase(tokens, at, ALL_TIME) {
        if context.has_range {
            return Ok(Some((Modifier::Nothing(Vec::new()), next)));
        }
        return Err(Refusal::specific(
            "asks about all of the past; name a span of time, like “in the last 90 days” or “since 2026-01-01”",
        ));
    }
    if let Some((place, next)) = place_at(tokens, at, context.sources)? {
        let modifier = match place {
            Place::Named(names) => Modifier::Sources(names),
            Place::Anywhere(notes) => Modifier::Nothing(notes),
        };
        return Ok(Some((modifier, next)));
    }
    if let Some(((window, notes), next)) = window_at(tokens, at, context.today)? {
        refuse_name(context, at, next)?;
        return Ok(Some((Modifier::Time(window, notes), next)));
    }
    let filler = any_phrase(tokens, at, FILLERS).filter(|_| !is_capital(context, at));
    Ok(filler.map(|next| (Modifier::Nothing(Vec::new()), next)))
}

/// Refuses "USA Today" and "Last Week Tonight": a time written like a name.
fn refuse_name(context: &Context<'_>, at: usize, next: usize) -> Result<(), Refusal> {
    const TIMES: &[&str] = &["today", "yesterday", "last", "past", "this", "previous"];
    let is_time = |i: usize| TIMES.contains(&word(context.tokens, i));
    let Some(named) = (at..next).find(|&i| is_time(i)) else {
        return Ok(());
    };
    if !is_capital(context, named) {
        return Ok(());
    }
    let written = joined(slice(context.tokens, named, next));
    Err(Refusal::specific(format!(
        "“{written}” could be a time or part of a name; write a time in lower case and put a name in quotes"
    )))
}

/// Whether a word begins with a capital that means something: not where a sentence begins.
fn is_capital(context: &Context<'_>, at: usize) -> bool {
    let begins = at == 0 || is_kind(context.tokens, at - 1, Kind::Stop);
    context.cased && !begins && context.tokens.get(at).is_some_and(Token::looks_like_name)
}
