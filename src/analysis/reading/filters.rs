//! Reads what restricts the posts: languages, likes, verified authors.

use super::token::{Kind, Token};
use super::words::{any_phrase, is_kind, number, word};
use crate::model::reading::Filters;

/// Languages as they are called, and their two letters.
const LANGUAGES: &[(&str, &str)] = &[
    ("german", "de"),
    ("french", "fr"),
    ("english", "en"),
    ("spanish", "es"),
    ("italian", "it"),
    ("portuguese", "pt"),
    ("dutch", "nl"),
    ("polish", "pl"),
    ("russian", "ru"),
    ("ukrainian", "uk"),
    ("turkish", "tr"),
    ("arabic", "ar"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("chinese", "zh"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("swedish", "sv"),
    ("norwegian", "no"),
    ("danish", "da"),
    ("finnish", "fi"),
    ("czech", "cs"),
    ("greek", "el"),
    ("indonesian", "id"),
    ("vietnamese", "vi"),
    ("thai", "th"),
    ("romanian", "ro"),
    ("hungarian", "hu"),
];

pub(super) fn language(word: &str) -> Option<&'static str> {
    let word =
        ["-language", "-speaking"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    LANGUAGES.iter().find(|(name, _)| *name == word).map(|(_, code)| *code)
}

/// The restriction that begins at `at`, and the index behind it.
pub(super) fn filter_at(
    tokens: &[Token],
    at: usize,
    is_noun: impl Fn(usize) -> bool,
) -> Option<(Filters, usize)> {
    if let Some((language, next)) = languages_at(tokens, at, is_noun) {
        return Some((Filters { language, ..Filters::default() }, next));
    }
    if let Some((likes, next)) = likes_at(tokens, at) {
        return Some((Filters { min_likes: Some(likes), ..Filters::default() }, next));
    }
    let next = verified_at(tokens, at)?;
    Some((Filters { verified: Some(true), ..Filters::default() }, next))
}

/// "in German", "German and French" before posts, "Spanish only".
fn languages_at(
    tokens: &[Token],
    at: usize,
    is_noun: impl Fn(usize) -> bool,
) -> Option<(Vec<String>, usize)> {
    const OPENINGS: &[&str] =
        &["in", "only in", "written in", "that are in", "which are in", "in either", "just in"];
    let opening = any_phrase(tokens, at, OPENINGS);
    let mut next = opening.unwrap_or(at);
    let mut codes = vec![language(word(tokens, next))?.to_owned()];
    next += 1;
    loop {
        let mut after = next;
        while is_kind(tokens, after, Kind::Comma) || ["and", "or"].contains(&word(tokens, after)) {
            after += 1;
        }
        let Some(code) = language(word(tokens, after)).filter(|_| after > next) else { break };
        if !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
        next = after + 1;
    }
    if let Some(after) = any_phrase(tokens, next, &["only", "language only"]) {
        return Some((codes, after));
    }
    next += usize::from(word(tokens, next) == "language" && is_noun(next + 1));
    (opening.is_some() || is_noun(next)).then_some((codes, next))
}

/// "with at least 50 likes", "over 100 likes".
fn likes_at(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    const AT_LEAST: &[&str] =
        &["at least", "min", "minimum", "a minimum of", "no fewer than", "no less than"];
    const MORE: &[&str] = &["more than", "over", "above"];
    const HAVING: &[&str] =
        &["with", "that have", "which have", "having", "that got", "which got", "that received"];
    let start = any_phrase(tokens, at, HAVING).unwrap_or(at);
    let (bound, plus) = if let Some(next) = any_phrase(tokens, start, AT_LEAST) {
        (next, 0)
    } else {
        (any_phrase(tokens, start, MORE).unwrap_or(start), 1)
    };
    let written = word(tokens, bound);
    let (count, plus) = match written.strip_suffix('+') {
        Some(digits) => (number(digits)?, 0),
        None => (number(written)?, plus),
    };
    if bound == start && !written.ends_with('+') {
        return None;
    }
    let next = any_phrase(tokens, bound + 1, &["likes", "like", "upvotes"])?;
    let next = any_phrase(tokens, next, &["or more", "at least"]).unwrap_or(next);
    Some((count.checked_add(plus)?, next))
}

/// "verified users", "from verified accounts": up to the noun, or behind it where it only says that.
fn verified_at(tokens: &[Token], at: usize) -> Option<usize> {
    const NOUNS: &[&str] = &["accounts", "users", "authors", "people", "account", "user", "author"];
    if word(tokens, at) == "verified" && NOUNS.contains(&word(tokens, at + 1)) {
        return Some(at + 1);
    }
    let by = any_phrase(tokens, at, &["from", "by", "only from", "only by", "posted by"])?;
    let is_it = word(tokens, by) == "verified" && NOUNS.contains(&word(tokens, by + 1));
    is_it.then_some(by + 2)
}
