//! Reads a prompt with the built-in grammar: deterministic, offline, without a key.
//!
//! A prompt is cut into modifiers (times, sources, filters, groupings, limits), cues (words of the
//! kind of question) and one run of other words: what to look for. A word that is none of them
//! refuses the whole prompt and says why. A prompt is data: nothing in it is followed as an
//! instruction. The same prompt, reference time and zone give the same reading for ever;
//! [`VERSION`] changes when that would change.

mod answer;
pub mod by_model;
mod cues;
mod date;
mod exclude;
mod filters;
mod foreign;
mod grammar;
mod groups;
mod injected;
mod intent;
mod known;
mod leftover;
mod list;
mod lists;
mod modifier;
mod refusal;
mod scan;
mod schedule;
mod settle;
mod shape;
mod slot;
mod sources;
mod spans;
mod spelling;
mod terms;
mod time;
mod token;
pub mod window;
mod words;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::reading::{Intent, Reading, Window};
use crate::model::window::DateRange;

use grammar::{Answer, Context};
use refusal::{FUTURE, Refusal};
pub use sources::effective_sources;
use token::Token;
use window::WindowError;

/// The version of the grammar, kept with each result.
pub const VERSION: &str = "2";

/// The longest prompt that is read, in words.
const MAX_TOKENS: usize = 300;

/// The longest prompt that is read, in bytes.
const MAX_BYTES: usize = 20_000;

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
    // What is far too long is not even cut into words.
    let is_long = prompt.len() > MAX_BYTES;
    let tokens = if is_long { Vec::new() } else { token::tokenize(prompt, MAX_TOKENS) };
    if is_long || tokens.len() > MAX_TOKENS {
        return unsupported(format!("is longer than {MAX_TOKENS} words; ask a shorter question"));
    }
    let Some((kept, orders)) = injected::without_orders(&tokens) else {
        return read_tokens(&tokens, request);
    };
    let mut read = read_tokens(&kept, request);
    if read.reading.intent == Intent::Unsupported {
        return read;
    }
    read.assumptions.push(format!("“{orders}” was not followed: a prompt gives no orders"));
    read
}

fn read_tokens(tokens: &[Token], request: &ReadRequest<'_>) -> Read {
    let Some((translated, language)) = foreign::translated(tokens) else {
        let (mended, notes) = spelling::mended(tokens);
        let mut read = read_english(&mended, request);
        if read.reading.intent != Intent::Unsupported {
            read.assumptions.extend(notes);
        }
        return read;
    };
    if let Some(word) = foreign::unknown(&translated) {
        return unsupported(format!(
            "was read as {language}, in which only plain counts are read: “{word}” was not understood; put it in quotes if it is a name"
        ));
    }
    let mut read = read_english(&translated, request);
    if let Some(reason) = &mut read.reading.reason {
        *reason = format!("was read as {language}, in which only plain counts are read: {reason}");
    }
    read
}

fn read_english(tokens: &[Token], request: &ReadRequest<'_>) -> Read {
    let context = Context {
        tokens,
        today: request.reference.with_timezone(&request.timezone).date_naive(),
        reference: request.reference,
        timezone: request.timezone,
        cased: grammar::is_cased(tokens),
        extracts: grammar::extracts(tokens),
        sources: request.sources.unwrap_or_default(),
        has_range: request.date_range.is_some(),
    };
    let read = grammar::parse(&context).and_then(|answer| check_windows(answer, request));
    match read {
        Ok((reading, assumptions)) => Read { reading, assumptions },
        Err(refusal) => unsupported(refusal::reason(refusal, tokens)),
    }
}

/// Refuses a time that has not begun, or is none.
fn check_windows(answer: Answer, request: &ReadRequest<'_>) -> Result<Answer, Refusal> {
    if request.date_range.is_some() {
        return Ok(answer);
    }
    let (reading, _) = &answer;
    for window in reading.window.iter().chain(&reading.compare_to) {
        check_window(window, request)?;
    }
    Ok(answer)
}

fn check_window(window: &Window, request: &ReadRequest<'_>) -> Result<(), Refusal> {
    match window::resolve(Some(window), None, request.reference, request.timezone) {
        Ok((range, _)) if range.from > request.reference => Err(Refusal::specific(FUTURE)),
        Err(WindowError::Empty { from, .. }) if from > request.reference => {
            Err(Refusal::specific(FUTURE))
        }
        // A unit that begins at the reference time: true at any other time, so no fault of the prompt.
        Ok(_) | Err(WindowError::Empty { .. }) => Ok(()),
        Err(error) => Err(Refusal::specific(error.to_string())),
    }
}

fn unsupported(reason: String) -> Read {
    let reading = Reading { reason: Some(reason), ..Reading::of(Intent::Unsupported) };
    Read { reading, assumptions: Vec::new() }
}

#[cfg(test)]
mod tests;
