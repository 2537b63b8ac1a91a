//! Reads a whole prompt: cuts it into pieces, finds what to look for and what kind of answer is
//! wanted, and refuses what any piece of it has no place in.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::answer::answer;
use super::intent::decide;
use super::leftover::refuse_leftovers;
use super::refusal::Refusal;
use super::scan::scan;
use super::slot::{check_slot, run};
use super::terms::terms_in;
use super::token::{Kind, Token};
use super::words::any_phrase;
use crate::model::reading::Reading;

/// What stays the same while a prompt is read.
pub(super) struct Context<'a> {
    pub tokens: &'a [Token],
    /// The day of the reference time in the query's zone.
    pub today: NaiveDate,
    pub reference: DateTime<Utc>,
    pub timezone: Tz,
    /// Whether capitals tell names from other words in this prompt.
    pub cased: bool,
    /// Whether fields are to be extracted.
    pub extracts: bool,
    /// The request's sources.
    pub sources: &'a [String],
    /// Whether the request has a date range.
    pub has_range: bool,
}

pub(super) type Read<T = ()> = Result<T, Refusal>;

/// A reading and what was assumed.
pub(super) type Answer = (Reading, Vec<String>);

/// Reads a whole prompt.
pub(super) fn parse(context: &Context<'_>) -> Read<Answer> {
    let scan = scan(context)?;
    let Some(run) = run(context, &scan)? else {
        return Err(Refusal::Nothing);
    };
    let terms = terms_in(context.tokens, run.start, run.end, context.cased)?;
    let asked = decide(context, &scan, &run, &terms)?;
    refuse_leftovers(context, &scan, &run, asked)?;
    check_slot(context, &scan, &run, asked, &terms)?;
    answer(context, &scan, &run, asked, terms)
}

/// Whether the prompt asks for fields to be extracted.
pub(super) fn extracts(tokens: &[Token]) -> bool {
    const VERBS: &[&str] = &["extract", "extracting", "pull out", "into json", "as json with"];
    (0..tokens.len()).any(|at| any_phrase(tokens, at, VERBS).is_some())
}

/// Whether capitals tell names from other words: not in a prompt that is all capitals, or that
/// begins every word with one.
pub(super) fn is_cased(tokens: &[Token]) -> bool {
    const SMALL: &[&str] = &["of", "in", "on", "the", "for", "and", "or", "a", "to", "by"];
    let is_plain = |t: &Token| t.kind == Kind::Word && !t.looks_like_name();
    tokens.iter().any(|t| is_plain(t) && !SMALL.contains(&t.lower.as_str()))
}
