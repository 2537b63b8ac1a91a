//! Reads how a list is cut and ordered: "top 10", "5 please", "by likes"; and the fields to extract.

use std::collections::BTreeMap;

use super::cues::{Cue, cue_at};
use super::refusal::Refusal;
use super::sources::list_at;
use super::token::{Kind, Token};
use super::words::{any_phrase, is_kind, listed, number, word};
use crate::model::reading::{FieldType, Sort, SortBy};

/// How many rows are wanted, and the index behind it. `is_noun` says whether something that can be
/// listed begins at an index.
pub(super) fn limit_at(
    tokens: &[Token],
    at: usize,
    is_noun: impl Fn(usize) -> bool,
) -> Option<(u32, usize)> {
    const BEFORE: &[&str] = &[
        "up to",
        "limit",
        "limit to",
        "limit of",
        "limited to",
        "limit it to",
        "max",
        "maximum",
        "a maximum of",
        "at most",
        "no more than",
        "just",
        "only",
    ];
    const BEHIND: &[&str] = &[
        "max", "maximum", "at most", "please", "pls", "only", "results", "rows", "or fewer", "tops",
    ];
    if let Some(next) = any_phrase(tokens, at, BEFORE)
        && let Some(count) = number(word(tokens, next))
        && !is_threshold(tokens, next + 1)
    {
        let end = any_phrase(tokens, next + 1, &["results", "rows", "of them"]).unwrap_or(next + 1);
        return Some((count, end));
    }
    let count = number(word(tokens, at))?;
    if let Some(next) = any_phrase(tokens, at + 1, BEHIND) {
        return Some((count, next));
    }
    let after_top =
        at > 0 && matches!(word(tokens, at - 1), "top" | "latest" | "newest" | "recent" | "best");
    (after_top || is_noun(at + 1)).then_some((count, at + 1))
}

/// "at most 5 likes" bounds the likes, not the list.
fn is_threshold(tokens: &[Token], at: usize) -> bool {
    ["likes", "views", "times", "replies", "shares", "followers", "days", "hours", "weeks", "words"]
        .contains(&word(tokens, at))
}

/// "by likes", "sorted by number of mentions", "newest first".
pub(super) fn sort_at(tokens: &[Token], at: usize) -> Option<(Sort, usize)> {
    const BY: &[&str] = &[
        "by",
        "sorted by",
        "sort by",
        "ordered by",
        "order by",
        "ranked by",
        "rank by",
        "in order of",
        "by number of",
        "by the number of",
        "by most",
        "by total",
        "ranked by number of",
        "sorted by number of",
    ];
    if let Some(next) =
        any_phrase(tokens, at, &["newest first", "latest first", "most recent first"])
    {
        return Some((Sort::most(SortBy::PublishedAt), next));
    }
    if let Some(next) = any_phrase(tokens, at, &["oldest first"]) {
        return Some((Sort { by: SortBy::PublishedAt, descending: false }, next));
    }
    let metric = BY.iter().filter_map(|by| any_phrase(tokens, at, &[by])).max()?;
    let by = sorted_by(word(tokens, metric))?;
    // "by likes and replies" is no order that there is.
    let more = metric + 1 + usize::from(is_kind(tokens, metric + 1, Kind::Comma));
    if ["and", "or", "then", "&"].contains(&word(tokens, more))
        && sorted_by(word(tokens, more + 1)).is_some()
    {
        return None;
    }
    Some((Sort::most(by), metric + 1))
}

/// What `word` orders a list by.
fn sorted_by(word: &str) -> Option<SortBy> {
    Some(match word {
        "likes" | "upvotes" => SortBy::Likes,
        "views" => SortBy::Views,
        "replies" | "comments" => SortBy::Replies,
        "shares" | "reposts" | "retweets" => SortBy::Shares,
        "engagement" | "interactions" => SortBy::Engagement,
        "mentions" | "posts" | "count" | "volume" => SortBy::Mentions,
        "date" | "time" | "recency" => SortBy::PublishedAt,
        _ => return None,
    })
}

/// The fields named at `at`, and the index behind them.
pub(super) type Fields = (BTreeMap<String, FieldType>, usize);

/// "Extract product, complaint and severity", "into JSON with reason and country".
pub(super) fn fields_at(tokens: &[Token], at: usize) -> Option<Result<Fields, Refusal>> {
    const OPENINGS: &[&str] = &[
        "extract",
        "extract the",
        "extracting",
        "pull out",
        "pull out the",
        "into json with",
        "as json with",
        "json with",
        "into rows with",
        "into a table with",
        "with the fields",
        "with fields",
        "with columns",
        "with the columns",
    ];
    let start = any_phrase(tokens, at, OPENINGS)?;
    let mut fields = BTreeMap::new();
    let mut next = start;
    loop {
        next += usize::from(["the", "a", "an", "any"].contains(&word(tokens, next)));
        let mut words = Vec::new();
        while let Some(name) = field_word(tokens, next) {
            words.push(name);
            next += 1;
        }
        if words.is_empty() || words.len() > 3 {
            return Some(Err(Refusal::specific(
                "which fields to extract was not understood; name them like “Extract product, complaint and severity from posts about Acme”",
            )));
        }
        fields.insert(words.join("_"), FieldType::String);
        let mut after = next;
        while is_kind(tokens, after, Kind::Comma) || word(tokens, after) == "and" {
            after += 1;
        }
        // A comma may also stand in front of what follows the fields.
        let name = after + usize::from(["the", "a", "an", "any"].contains(&word(tokens, after)));
        if after == next || field_word(tokens, name).is_none() {
            return Some(Ok((fields, next)));
        }
        next = after;
    }
}

/// A word that may be part of a field's name.
fn field_word(tokens: &[Token], at: usize) -> Option<String> {
    const ENDS: &str = "from, in, as, of, for, on, out, about, into, this, last, past, since, today, \
        yesterday, between, during, over, each, every, all, posts, tweets, with, and, or, if, per, by, \
        up, max, limit, only, without, excluding, but, not, where, that, which, please, mentioned, to";
    let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
    let lower = token.lower.as_str();
    let is_name = lower.starts_with(|c: char| c.is_ascii_alphabetic())
        && lower.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    (is_name && !listed(ENDS, lower)).then(|| lower.replace('-', "_"))
}

/// Whether what begins at `at` can be listed: posts, people, keywords and their like, with or
/// without words between that rank or describe them.
pub(super) fn is_listable(tokens: &[Token], at: usize) -> bool {
    let mut next = at;
    for _ in 0..4 {
        match cue_at(tokens, next) {
            Some((
                Cue::Posts
                | Cue::Tweets
                | Cue::Kind(_)
                | Cue::People
                | Cue::Keywords
                | Cue::Hashtags
                | Cue::Questions
                | Cue::Communities
                | Cue::Domains
                | Cue::Countries
                | Cue::Links
                | Cue::Languages
                | Cue::Mentions
                | Cue::Labelled(_),
                _,
            )) => return true,
            Some((
                Cue::Top
                | Cue::Most(_)
                | Cue::Latest
                | Cue::Label(_)
                | Cue::Extreme(_)
                | Cue::Metric(_)
                | Cue::Unanswered
                | Cue::Verified
                | Cue::Use,
                after,
            )) => next = after,
            _ => match list_at(tokens, next, &[]) {
                Some((_, after)) => next = after,
                None => return false,
            },
        }
    }
    false
}
