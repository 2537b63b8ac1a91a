//! Reads a prompt with the built-in grammar: deterministic, offline, without a key.
//!
//! It answers counting questions and says of every other prompt why it cannot. A prompt is data:
//! nothing in it is followed as an instruction. The same prompt, reference time and zone give the
//! same reading for ever; [`VERSION`] changes when that would change.

mod date;
mod exclude;
mod forms;
mod grammar;
mod modifier;
mod refusal;
mod sources;
mod terms;
mod time;
mod token;
pub mod window;
mod words;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::reading::{GroupBy, Intent, Metric, Reading};
use crate::model::window::DateRange;

use grammar::{Context, Found};
use refusal::{FUTURE, Refusal};
pub use sources::effective_sources;
use window::WindowError;

/// The version of the grammar, kept with each result.
pub const VERSION: &str = "1";

/// The longest prompt that is read, in words.
const MAX_TOKENS: usize = 300;

/// What a prompt is read with.
#[derive(Clone, Copy, Debug)]
pub struct ReadRequest<'a> {
    /// The request's own sources; its datasets may be called by name in the prompt.
    pub sources: Option<&'a [String]>,
    /// The request's own time, which beats the prompt's when the window is resolved.
    pub date_range: Option<DateRange>,
    /// What "today" is seen from.
    pub reference: DateTime<Utc>,
    pub timezone: Tz,
}

/// How a prompt was understood, and what had to be assumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub reading: Reading,
    pub assumptions: Vec<String>,
}

/// Reads `prompt`. What cannot be answered is a reading too, of [`Intent::Unsupported`].
pub fn read(prompt: &str, request: &ReadRequest<'_>) -> Read {
    let tokens = token::tokenize(prompt);
    if tokens.len() > MAX_TOKENS {
        return unsupported(format!("is longer than {MAX_TOKENS} words; ask a shorter question"));
    }
    let context = Context {
        tokens: &tokens,
        today: request.reference.with_timezone(&request.timezone).date_naive(),
        cased: grammar::is_cased(&tokens),
        sources: request.sources.unwrap_or_default(),
        has_range: request.date_range.is_some(),
    };
    let read = grammar::parse(&context).and_then(|found| check_window(found, request));
    match read {
        Ok(found) => counted(found),
        Err(refusal) => unsupported(refusal::reason(refusal, &tokens)),
    }
}

/// Refuses a time that has not begun, or is none.
fn check_window(found: Found, request: &ReadRequest<'_>) -> Result<Found, Refusal> {
    let Some(window) = found.window.as_ref().filter(|_| request.date_range.is_none()) else {
        return Ok(found);
    };
    match window::resolve(Some(window), None, request.reference, request.timezone) {
        Ok((range, _)) if range.from > request.reference => Err(Refusal::specific(FUTURE)),
        Err(WindowError::Empty { from, .. }) if from > request.reference => {
            Err(Refusal::specific(FUTURE))
        }
        // A unit that begins at the reference time: true at any other time, so no fault of the prompt.
        Ok(_) | Err(WindowError::Empty { .. }) => Ok(found),
        Err(error) => Err(Refusal::specific(error.to_string())),
    }
}

fn counted(found: Found) -> Read {
    let by_source = found.by_source || found.sources.len() > 1;
    let mut metrics = Vec::new();
    if found.posts {
        metrics.push(Metric::Mentions);
    }
    if found.people || by_source {
        metrics.push(Metric::UniqueUsers);
    }
    let reading = Reading {
        terms: found.terms,
        exclude: found.exclude,
        sources: (!found.sources.is_empty()).then_some(found.sources),
        window: found.window,
        group_by: if by_source { vec![GroupBy::Source] } else { Vec::new() },
        metrics,
        ..Reading::of(Intent::Count)
    };
    Read { reading, assumptions: found.notes }
}

fn unsupported(reason: String) -> Read {
    let reading = Reading { reason: Some(reason), ..Reading::of(Intent::Unsupported) };
    Read { reading, assumptions: Vec::new() }
}

#[cfg(test)]
mod tests;
