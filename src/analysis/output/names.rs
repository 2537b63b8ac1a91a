//! What an answer has under a name: by the name itself, however it is spelled, or by one of another name that
//! means the same.

use serde_json::Value;

/// Names without case and separators, and where an answer may have it, the best first.
const MEANS: &[(&[&str], &[&str])] = &[
    (
        &[
            "mentions",
            "mentioncount",
            "totalmentions",
            "count",
            "total",
            "totalcount",
            "postcount",
            "numberofmentions",
            "numberofposts",
            "totalposts",
            "volume",
        ],
        &["total_mentions", "mentions", "count", "documents"],
    ),
    (
        &[
            "uniqueusers",
            "users",
            "usercount",
            "people",
            "uniqueauthors",
            "authorcount",
            "peoplecount",
            "distinctusers",
            "uniquepeople",
            "reach",
        ],
        &["unique_users"],
    ),
    (
        &[
            "bysource",
            "sources",
            "persource",
            "platforms",
            "byplatform",
            "channels",
            "bychannel",
            "breakdown",
        ],
        &["by_source", "groups"],
    ),
    (
        &["groups", "rows", "segments", "results", "data"],
        &["rows", "groups", "items", "posts", "series"],
    ),
    (
        &["series", "trend", "timeline", "daily", "overtime", "byday", "timeseries", "buckets"],
        &["series"],
    ),
    (
        &[
            "posts",
            "topposts",
            "documents",
            "mentionslist",
            "samples",
            "sample",
            "examples",
            "evidence",
            "items",
            "results",
        ],
        &["posts", "sample", "evidence"],
    ),
    (&["mentions"], &["posts", "evidence"]),
    (&["authors", "topauthors", "topusers", "influencers"], &["authors"]),
    (&["entities", "brands", "competitors", "terms", "comparison"], &["entities"]),
    (&["keywords", "hashtags", "topics", "tags", "items", "terms"], &["items"]),
    (&["questions"], &["questions"]),
    (&["languages"], &["languages"]),
    (&["summary", "overview", "synopsis"], &["summary"]),
    (&["sentiment", "sentimentbreakdown", "mood"], &["sentiment"]),
    (&["sentimentscore", "score"], &["sentiment/sentiment_score", "sentiment_score"]),
    (&["positive", "positivecount"], &["sentiment/positive_count", "positive_count"]),
    (&["negative", "negativecount"], &["sentiment/negative_count", "negative_count"]),
    (&["neutral", "neutralcount"], &["sentiment/neutral_count", "neutral_count"]),
    (&["unknown", "unknowncount"], &["sentiment/unknown_count", "unknown_count"]),
    (&["isspike", "spike", "anomaly"], &["spike/is_spike", "spike"]),
    (&["exists", "found", "mentioned"], &["found"]),
    (
        &["from", "start", "startdate", "since", "begin"],
        &["start", "window/from", "date_range/from"],
    ),
    (&["to", "end", "enddate", "until"], &["end", "window/to", "date_range/to"]),
    (&["date", "day", "period", "time"], &["start", "published_at"]),
    (
        &["date", "publishedat", "published", "createdat", "timestamp", "postedat"],
        &["published_at"],
    ),
    (&["platform", "channel", "network", "site", "origin"], &["source"]),
    (&["name", "label", "title", "group", "category"], &["name", "key", "term", "code", "title"]),
    (&["brand", "competitor", "company"], &["name"]),
    (&["keyword", "hashtag", "topic", "tag", "word"], &["term", "key"]),
    (&["language", "lang"], &["code", "lang"]),
    (&["link", "permalink", "href", "url"], &["url"]),
    (&["content", "body", "message", "quote", "post"], &["text"]),
    (&["author", "user", "username", "handle", "by"], &["author", "handle"]),
    (&["likes", "likecount", "upvotes", "favorites", "favourites"], &["likes", "engagement/likes"]),
    (&["views", "viewcount", "impressions"], &["views", "engagement/views"]),
    (&["replies", "replycount", "comments", "commentcount"], &["replies", "engagement/replies"]),
    (&["shares", "sharecount", "retweets", "reposts"], &["shares", "engagement/shares", "reposts"]),
    (&["percentage", "percent", "portion"], &["share"]),
    (&["shareofvoice", "sov"], &["share", "entities"]),
    (&["delta", "change", "difference"], &["changes/delta", "changes"]),
    (&["question", "query", "prompt"], &["prompt"]),
];

/// What `found` has for a name, the best first; none is there twice.
pub(super) fn candidates<'a>(name: &str, found: &'a Value) -> Vec<&'a Value> {
    let Some(fields) = found.as_object() else { return Vec::new() };
    let bare: String = bare_chars(name).collect();
    let mut candidates: Vec<&Value> = fields.get(name).into_iter().collect();
    candidates.extend(
        fields
            .iter()
            .filter(|(field, _)| bare_chars(field).eq(bare.chars()))
            .map(|(_, value)| value),
    );
    let meant = MEANS.iter().filter(|(names, _)| names.contains(&bare.as_str()));
    for path in meant.flat_map(|(_, paths)| *paths) {
        candidates.extend(path.split('/').try_fold(found, |value, part| value.get(part)));
    }
    let mut distinct: Vec<&Value> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        if !candidate.is_null() && !distinct.iter().any(|known| std::ptr::eq(*known, candidate)) {
            distinct.push(candidate);
        }
    }
    distinct
}

/// A name without case and separators: `totalMentions`, `total_mentions` and `Total mentions` are one.
fn bare_chars(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
