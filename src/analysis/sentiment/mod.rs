//! Says of a post whether it is positive, neutral or negative.
//!
//! A lexicon of weighted words, phrases and emoji, and rules for what stands around them. Only
//! English is judged: a post in another language is unknown, never neutral, because a lexicon
//! that finds no word it knows has found out nothing. The same text gets the same label for as
//! long as [`METHOD`] has the same version.

pub mod by_model;
mod emoticon;
mod language;
mod lexicon;
mod score;
mod token;

use serde::Serialize;

pub use crate::model::sentiment::Sentiment;

use language::Said;
use lexicon::LEXICON;
use token::Text;

/// What labelled a post, for the result: a figure made by one version is not compared with one
/// made by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Method {
    pub name: &'static str,
    pub version: &'static str,
}

/// The labelling of this module. Any change to a weight or a rule is a new version.
pub const METHOD: Method = Method { name: "english-lexicon", version: "1" };

/// A label, and how strongly the text leans: from -1, all blame, to 1, all praise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Label {
    pub sentiment: Sentiment,
    /// 0 where the sentiment is unknown.
    pub score: f32,
}

impl Label {
    const UNKNOWN: Self = Self { sentiment: Sentiment::Unknown, score: 0.0 };

    /// One that says nothing of how strongly.
    pub fn of(sentiment: Sentiment) -> Self {
        let score = match sentiment {
            Sentiment::Positive => 1.0,
            Sentiment::Negative => -1.0,
            Sentiment::Neutral | Sentiment::Unknown => 0.0,
        };
        Self { sentiment, score }
    }
}

/// Labels a text. `lang` is what the platform says of its language (`en`, `en-US`, `und`);
/// where it says nothing, the text itself has to look English.
///
/// Links and handles carry no sentiment: with or without them the label is the same. The time
/// taken is linear in the length of the text.
pub fn label(text: &str, lang: Option<&str>) -> Label {
    let said = Said::of(lang);
    if said == Said::Other {
        return Label::UNKNOWN;
    }
    let text = Text::read(text, &LEXICON);
    if !language::is_english(&text.signs, said) {
        return Label::UNKNOWN;
    }
    let weight = score::weigh(&text);
    Label { sentiment: score::sentiment(weight), score: score::squash(weight) }
}

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod tests;
