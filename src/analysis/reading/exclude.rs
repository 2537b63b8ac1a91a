//! Reads what is to be left out: "but not Y", "excluding Y and Z".
//!
//! What is left out are words in a post. Sources, kinds of posts and meanings of a word cannot be
//! left out this way and are refused.

use super::refusal::Refusal;
use super::sources::canonical;
use super::terms::{sense, terms_in};
use super::token::{Kind, Token};
use super::words::{self, any_phrase, is_named, joined, slice, text, word};
use crate::model::reading::Term;

/// The index behind "but not", "excluding" and their like; `None` where none stands.
pub(super) fn exclusion_start(tokens: &[Token], at: usize) -> Option<usize> {
    const OPENINGS: &[&str] = &[
        "but not",
        "but without",
        "and not",
        "excluding",
        "exclude",
        "except for",
        "except",
        "without counting",
        "without including",
        "without",
        "not counting",
        "not including",
        "leaving out",
    ];
    // A bare "not" parts names only behind a comma: "Acme not working" is about Acme.
    let follows_comma = at > 0 && tokens.get(at - 1).is_some_and(|t| t.kind == Kind::Comma);
    let bare_not = (follows_comma && word(tokens, at) == "not").then_some(at + 1);
    any_phrase(tokens, at, OPENINGS).or(bare_not)
}

/// Reads `slice(tokens, start, end)` as the words to leave out; also what was assumed.
pub(super) fn excluded_in(
    tokens: &[Token],
    start: usize,
    end: usize,
    cased: bool,
) -> Result<(Vec<String>, Vec<String>), Refusal> {
    const POSTS: &[&str] = &[
        "posts about",
        "mentions of",
        "posts mentioning",
        "posts that mention",
        "those mentioning",
        "those that mention",
        "posts with",
        "posts containing",
        "those about",
        "any mention of",
        "any mentions of",
        "mention of",
        "mentioning",
    ];
    let start = any_phrase(tokens, start, POSTS).unwrap_or(start);
    for at in start..end {
        let lower = word(tokens, at);
        if words::listed(words::KINDS, lower) {
            return Err(Refusal::specific(format!(
                "“{}” cannot be left out: kinds of posts are not told apart in the question; a count says how many of its mentions are reposts",
                text(tokens, at)
            )));
        }
        if canonical(lower).is_some() {
            return Err(Refusal::specific(format!(
                "a source (“{}”) cannot be left out; name the sources to ask, or put a word to leave out in quotes",
                text(tokens, at)
            )));
        }
        // "without knowing" says how somebody wrote, not what to leave out.
        let is_manner = lower.ends_with("ing") && !is_named(tokens, at);
        if is_manner || words::SOURCE_PREPOSITIONS.contains(&lower) {
            return Err(Refusal::Unclear(at));
        }
    }
    let is_article = ["the", "a", "an"].contains(&word(tokens, start));
    if is_article && tokens.get(start + 1).is_some_and(|t| !t.looks_like_name()) {
        let descriptor = words::WORD_DESCRIPTORS.contains(&word(tokens, start + 1));
        if !descriptor {
            return Err(sense(joined(slice(tokens, start, end)).trim_end_matches([' ', ','])));
        }
    }
    let read = terms_in(tokens, start, end, cased)?;
    let handles = slice(tokens, start, end).iter().filter(|t| t.lower.starts_with('@'));
    let notes = handles
        .map(|t| {
            format!(
                "leaving out “{}” leaves out posts whose text holds it, not posts written by it",
                t.text
            )
        })
        .collect();
    let name = |term: Term| match term {
        Term::Text(text) => text,
        Term::Entity { name, .. } => name,
        Term::All { all } => all.join(" "),
    };
    Ok((read.terms.into_iter().map(name).collect(), notes))
}
