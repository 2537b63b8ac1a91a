//! Finds what restricts, cuts or groups an answer wherever it stands in the prompt: times, sources,
//! exclusions, filters, groupings, limits, schedules; and the words that restrict nothing.

use super::cues::{Cue, cue_at};
use super::exclude::{Excluded, excluded_in, exclusion_start, minus_word};
use super::filters::filter_at;
use super::grammar::Context;
use super::groups::group_at;
use super::lists::{Fields, fields_at, is_listable, limit_at, sort_at};
use super::refusal::Refusal;
use super::schedule::{Scheduled, schedule_at};
use super::sources::{Place, adjective_at, communities_at, list_at, place_at};
use super::spans::{before_at, part_of_day_at};
use super::time::window_at;
use super::token::{Kind, Token};
use super::words::{self, ALL_TIME, any_phrase, is_kind, is_named, joined, slice, text, word};
use crate::model::reading::{Filters, GroupBy, Sort, Window};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    /// Changes no figure; may be worth a note.
    Nothing(Vec<String>),
    Time(Window, Vec<String>),
    /// The time before the one named before.
    TimeBefore,
    /// Names, whether they are set against each other, and what was assumed.
    Sources(Vec<String>, bool, Vec<String>),
    Communities(Vec<String>),
    Exclude(Excluded),
    Filter(Filters),
    /// Also whether the prompt asks to break the figure down.
    Group(GroupBy, bool),
    Limit(u32),
    Sort(Sort),
    Schedule(Scheduled),
    Extract(Fields),
}

type Step = Result<Option<(Modifier, usize)>, Refusal>;

/// The modifier that begins at `at`, and the index after it.
pub(super) fn modifier_at(context: &Context<'_>, at: usize) -> Step {
    if let Some(found) = plain_at(context, at)? {
        return Ok(Some(found));
    }
    if let Some(left_out) = minus_word(text(context.tokens, at)) {
        let one = vec![left_out.to_owned()];
        let excluded = match super::exclude::kind(&left_out.to_lowercase()) {
            Some(kind) => Excluded::Kinds(vec![kind]),
            None => Excluded::Words(one, Vec::new()),
        };
        return Ok(Some((Modifier::Exclude(excluded), at + 1)));
    }
    // "without an answer" leaves nothing out.
    let is_cue = matches!(cue_at(context.tokens, at), Some((Cue::Unanswered, _)));
    let Some(start) = exclusion_start(context.tokens, at).filter(|_| !is_cue) else {
        return Ok(None);
    };
    let mut end = start;
    if place_at(context.tokens, start, context.sources).is_some() {
        return Err(Refusal::specific(
            "a source cannot be left out; name the sources to ask, like “on Reddit and X”",
        ));
    }
    while end < context.tokens.len()
        && !is_kind(context.tokens, end, Kind::Stop)
        && (plain_at(context, end)?.is_none() || end == start)
        && (end == start || exclusion_start(context.tokens, end).is_none())
        && !(end > start && goes_on(context.tokens, end))
    {
        end += 1;
    }
    if end == start || plain_at(context, start)?.is_some_and(|(m, _)| !is_loose(&m)) {
        return Err(Refusal::specific(
            "what is to be left out was not understood; only words and kinds of posts can be left out, like “but not pie” or “excluding reposts”",
        ));
    }
    let excluded = excluded_in(context.tokens, start, end, context.cased)?;
    Ok(Some((Modifier::Exclude(excluded), end)))
}

/// Where an exclusion is over without a sign: ", 5 max", "and explain what caused them".
fn goes_on(tokens: &[Token], at: usize) -> bool {
    const VERBS: &[&str] =
        &["explain", "show", "list", "tell", "give", "sort", "say", "why", "what"];
    let verb = at + usize::from(word(tokens, at) == "and");
    let closes = is_kind(tokens, at, Kind::Comma) && text(tokens, at).starts_with(')');
    closes || VERBS.contains(&word(tokens, verb))
}

/// What may stand first in an exclusion without being a modifier there.
fn is_loose(modifier: &Modifier) -> bool {
    matches!(modifier, Modifier::Sources(..) | Modifier::Nothing(_) | Modifier::Filter(_))
}

/// Any modifier but an exclusion.
fn plain_at(context: &Context<'_>, at: usize) -> Step {
    let tokens = context.tokens;
    if let Some((schedule, next)) = schedule_at(tokens, at)? {
        return Ok(Some((Modifier::Schedule(schedule), next)));
    }
    if let Some(next) = any_phrase(tokens, at, ALL_TIME) {
        if context.has_range {
            return Ok(Some((Modifier::Nothing(Vec::new()), next)));
        }
        return Err(Refusal::specific(
            "asks about all of the past; name a span of time, like “in the last 90 days” or “since 2026-01-01”",
        ));
    }
    if let Some((names, next)) = communities_at(tokens, at) {
        return Ok(Some((Modifier::Communities(names), next)));
    }
    let is_noun = |i: usize| is_listable(tokens, i);
    if let Some(found) = source_at(context, at) {
        return Ok(Some(found));
    }
    if let Some((filters, next)) = filter_at(tokens, at, is_noun) {
        return Ok(Some((Modifier::Filter(filters), next)));
    }
    if let Some((sort, next)) = sort_at(tokens, at) {
        return Ok(Some((Modifier::Sort(sort), next)));
    }
    if let Some((group, next)) = group_at(tokens, at).filter(|_| !is_capital(context, at)) {
        let breaks =
            tokens.get(at + 1).is_some_and(|t| ["down", "out", "by"].contains(&t.lower.as_str()));
        return Ok(Some((Modifier::Group(group, breaks), next)));
    }
    if let Some(((window, notes), next)) = part_of_day_at(context, at) {
        return Ok(Some((Modifier::Time(window, notes), next)));
    }
    let follows = ["with", "to", "vs", "versus", "than", "against", "and", "over", "from"];
    let against = at > 0 && follows.contains(&word(tokens, at - 1));
    if let Some(next) = before_at(tokens, at).filter(|_| against) {
        return Ok(Some((Modifier::TimeBefore, next)));
    }
    if let Some(((window, notes), next)) = window_at(tokens, at, context.today)? {
        refuse_name(context, at, next)?;
        return Ok(Some((Modifier::Time(window, notes), next)));
    }
    let limit = limit_at(tokens, at, |i| is_noun(i) || is_source_of_noun(context, i));
    if let Some((limit, next)) = limit {
        return Ok(Some((Modifier::Limit(limit), next)));
    }
    let fields = fields_at(tokens, at).filter(|_| context.extracts).transpose()?;
    Ok(fields.map(|fields| {
        let next = fields.1;
        (Modifier::Extract(fields), next)
    }))
}

/// Sources: behind a preposition, in front of their posts, or set off by commas.
fn source_at(context: &Context<'_>, at: usize) -> Option<(Modifier, usize)> {
    let tokens = context.tokens;
    if let Some((place, next)) = place_at(tokens, at, context.sources) {
        let modifier = match place {
            Place::Named(names, versus) => Modifier::Sources(names, versus, Vec::new()),
            Place::Anywhere(notes) => Modifier::Nothing(notes),
        };
        return Some((modifier, next));
    }
    let is_noun = |i: usize| is_listable(tokens, i) && !is_capital(context, i);
    if let Some((names, next)) = adjective_at(tokens, at, context.sources, is_noun) {
        // "YouTube mentions" may be mentions of YouTube, unless it goes on with "of".
        let is_mentions = word(tokens, next).starts_with("mention");
        let goes_on = ["of", "about", "for", "that"].contains(&word(tokens, next + 1));
        if !is_mentions || goes_on {
            return Some((Modifier::Sources(names, false, Vec::new()), next));
        }
    }
    set_off_at(context, at)
}

/// "…, LinkedIn, last quarter": a source with nothing but commas and modifiers around it.
fn set_off_at(context: &Context<'_>, at: usize) -> Option<(Modifier, usize)> {
    let tokens = context.tokens;
    let before = at.checked_sub(1)?;
    let is_quoted = is_kind(tokens, before, Kind::Quoted);
    let is_comma = (is_kind(tokens, before, Kind::Comma) && text(tokens, before).starts_with(','))
        || is_kind(tokens, before, Kind::Stop);
    if !is_comma && !is_quoted {
        return None;
    }
    // "Facebook, YouTube, TikTok" is a list of names.
    let names_source =
        before.checked_sub(1).is_some_and(|i| list_at(tokens, i, context.sources).is_some());
    let (named, next) = list_at(tokens, at, context.sources)?;
    let ends = next >= tokens.len()
        || is_kind(tokens, next, Kind::Comma)
        || is_kind(tokens, next, Kind::Stop)
        || window_at(tokens, next, context.today).is_ok_and(|found| found.is_some());
    if !ends || (names_source && is_comma) {
        return None;
    }
    let written = joined(slice(tokens, at, next));
    let note =
        format!("“{written}” was read as where to look; put it in quotes to look for the name");
    Some((Modifier::Sources(named.names, named.versus, vec![note]), next))
}

fn is_source_of_noun(context: &Context<'_>, at: usize) -> bool {
    let tokens = context.tokens;
    adjective_at(tokens, at, context.sources, |i| is_listable(tokens, i)).is_some()
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
pub(super) fn is_capital(context: &Context<'_>, at: usize) -> bool {
    let begins = at == 0 || is_kind(context.tokens, at - 1, Kind::Stop);
    let is_number = word(context.tokens, at).starts_with(|c: char| c.is_ascii_digit());
    context.cased && !begins && !is_number && is_named(context.tokens, at)
}

/// Words that belong to the name or the noun behind them.
pub(super) fn is_determiner(word: &str) -> bool {
    words::DETERMINERS.contains(&word) || ["its", "both", "either", "some"].contains(&word)
}
