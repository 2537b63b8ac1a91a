//! Holds prose against the figures of an answer: no number may stand in it that was not computed.
//!
//! It is stricter than a reader would be. What it cannot tell it refuses, as whoever asks has prose
//! made of the figures alone to fall back on. What it does not check is whether a number stands
//! with the right words: it is a net for numbers that were made up.

pub mod by_model;
mod dates;
mod figures;
mod known;

pub use figures::{Figure, figures_of};

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::model::result::Answer;
use known::Known;

/// Numbers that count lines of the text, and that refer to points.
static MARKS: LazyLock<Option<[Regex; 3]>> = LazyLock::new(|| {
    let lines = Regex::new(r"(?m)^\s*\d{1,2}[.)]\s").ok()?;
    let cites = Regex::new(r"\[(\d{1,3})\]").ok()?;
    Some([lines, cites, Regex::new("\"([^\"]+)\"|“([^”]+)”|«([^»]+)»").ok()?])
});

/// Whether every number of the text is a figure of the answer, as exactly as it is shown; dates have
/// to be of the answer's time. Names that hold digits and what is quoted of the answer's posts are
/// not looked at.
///
/// # Errors
/// What is wrong with each number that is not.
pub fn check_prose(text: &str, answer: &Answer) -> Result<(), Vec<String>> {
    let known = Known::of(answer);
    let text = without_marks(text, &known);
    let text = known.without_names(&text);
    let (text, mut wrong) = dates::without(&text, answer.date_range);
    for figure in figures_of(&text).iter().filter(|figure| !known.has(figure)) {
        wrong.push(match figure.value {
            Some(_) => format!("`{}` is not among the figures", figure.written),
            None => format!("`{}` cannot be checked", figure.written),
        });
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn without_marks(text: &str, known: &Known) -> String {
    let Some([lines, cites, quotes]) = MARKS.as_ref() else { return text.to_owned() };
    let text = lines.replace_all(text, " ");
    let text = cites.replace_all(&text, |found: &Captures| {
        let number = found.get(1).and_then(|number| number.as_str().parse::<usize>().ok());
        let is_point = number.is_some_and(|number| (1..=known.points).contains(&number));
        if is_point {
            " ".to_owned()
        } else {
            found.get(0).map_or("", |all| all.as_str()).to_owned()
        }
    });
    let text = quotes.replace_all(&text, |found: &Captures| {
        let quoted = found.iter().skip(1).flatten().next().map_or("", |quoted| quoted.as_str());
        let is_said = known.is_quote(quoted);
        if is_said {
            " ".to_owned()
        } else {
            found.get(0).map_or("", |all| all.as_str()).to_owned()
        }
    });
    text.into_owned()
}

#[cfg(test)]
mod tests;
