//! Reads what is to be left out: "but not Y", "excluding Y and Z".
//!
//! What is left out are words in a post, kinds of posts, and other meanings of a name where words
//! give them away. Sources cannot be left out this way and are refused.

use super::filters::language;
use super::refusal::Refusal;
use super::sources::canonical;
use super::terms::terms_in;
use super::token::{Kind, Token};
use super::words::{self, any_phrase, is_named, joined, slice, text, word};
use crate::model::document::DocumentKind;
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
        "leave out",
        "ignoring",
        "other than",
        "minus",
        "but no",
        "and no",
    ];
    // A bare "not" parts names only behind a comma: "Acme not working" is about Acme.
    let follows_comma = at > 0 && tokens.get(at - 1).is_some_and(|t| t.kind == Kind::Comma);
    let bare_not = (follows_comma && word(tokens, at) == "not").then_some(at + 1);
    let capital_not = (text(tokens, at) == "NOT").then_some(at + 1);
    // "no retweets": only kinds are left out by a bare "no".
    let bare_no =
        (word(tokens, at) == "no" && kind(word(tokens, at + 1)).is_some()).then_some(at + 1);
    any_phrase(tokens, at, OPENINGS).or(bare_not).or(capital_not).or(bare_no)
}

/// The word that `-word` leaves out.
pub(super) fn minus_word(word: &str) -> Option<&str> {
    let rest = word.strip_prefix('-')?;
    rest.starts_with(|c: char| c.is_alphanumeric() || "#@".contains(c)).then_some(rest)
}

/// What is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Excluded {
    Words(Vec<String>, Vec<String>),
    Kinds(Vec<DocumentKind>),
    /// "the fruit": another meaning of what is looked for.
    Meaning(String),
}

/// Parts of posts, which are not told apart.
const PARTS: &str = "links, link, images, image, photos, pictures, media, hashtags, emojis, urls, \
    attachments, likes, views, engagement, followers";

/// What announces that posts with certain words are meant.
const POSTS: &[&str] = &[
    "posts about",
    "mentions of",
    "posts mentioning",
    "posts that mention",
    "posts which mention",
    "those mentioning",
    "those that mention",
    "posts with",
    "those with",
    "posts containing",
    "posts that contain",
    "those about",
    "any mention of",
    "any mentions of",
    "mention of",
    "mentioning",
    "anything about",
    "anything with",
];

/// Reads `slice(tokens, start, end)` as what to leave out.
pub(super) fn excluded_in(
    tokens: &[Token],
    start: usize,
    end: usize,
    cased: bool,
) -> Result<Excluded, Refusal> {
    let announced = any_phrase(tokens, start, POSTS);
    if let Some(kinds) = kinds_in(slice(tokens, start, end)) {
        return Ok(Excluded::Kinds(kinds));
    }
    let start = announced.unwrap_or(start);
    for at in start..end {
        let lower = word(tokens, at);
        if words::listed(words::KINDS, lower) || words::listed(PARTS, lower) {
            return Err(Refusal::specific(format!(
                "“{}” cannot be left out; kinds of posts that can are reposts, replies, comments, quotes, articles, videos, issues and answers",
                text(tokens, at)
            )));
        }
        if language(lower).is_some() {
            return Err(Refusal::specific(format!(
                "a language (“{}”) cannot be left out; name the languages to look at, like “in German”",
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
        let is_manner = announced.is_none() && lower.ends_with("ing") && !is_named(tokens, at);
        if is_manner || words::SOURCE_PREPOSITIONS.contains(&lower) {
            return Err(Refusal::Unclear(at));
        }
    }
    let is_article = ["the", "a", "an"].contains(&word(tokens, start));
    if is_article && tokens.get(start + 1).is_some_and(|t| !t.looks_like_name()) {
        let descriptor = words::WORD_DESCRIPTORS.contains(&word(tokens, start + 1));
        if !descriptor {
            let meaning = joined(slice(tokens, start + 1, end)).to_lowercase();
            return Ok(Excluded::Meaning(meaning.trim_end_matches([' ', ',']).to_owned()));
        }
    }
    let read = terms_in(tokens, start, end, cased)?;
    if read.versus {
        return Err(Refusal::Unclear(start));
    }
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
    Ok(Excluded::Words(read.list.into_iter().map(name).collect(), notes))
}

/// "retweets and replies": nothing but kinds of posts.
fn kinds_in(tokens: &[Token]) -> Option<Vec<DocumentKind>> {
    const BETWEEN: &[&str] = &["and", "or", "any", "all", "the", "posts", "nor"];
    let mut kinds = Vec::new();
    for token in tokens {
        match kind(&token.lower) {
            Some(kind) if !kinds.contains(&kind) => kinds.push(kind),
            Some(_) => {}
            None if token.kind == Kind::Comma || BETWEEN.contains(&token.lower.as_str()) => {}
            None => return None,
        }
    }
    (!kinds.is_empty()).then_some(kinds)
}

/// The kind of post that `word` names.
pub(super) fn kind(word: &str) -> Option<DocumentKind> {
    Some(match word {
        "retweet" | "retweets" | "repost" | "reposts" | "rts" | "boosts" => DocumentKind::Repost,
        "reply" | "replies" => DocumentKind::Reply,
        "comment" | "comments" => DocumentKind::Comment,
        "quote" | "quotes" => DocumentKind::Quote,
        "article" | "articles" => DocumentKind::Article,
        "video" | "videos" => DocumentKind::Video,
        "issue" | "issues" => DocumentKind::Issue,
        "answer" | "answers" => DocumentKind::Answer,
        _ => return None,
    })
}
