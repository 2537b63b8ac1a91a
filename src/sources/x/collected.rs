//! Posts of X that a collector finds.

use serde_json::{Value, json};

use crate::model::document::DocumentKind;
use crate::sources::collector::{Fields, Program, Wanted};

pub const ACTOR: Program = Program {
    id: "apidojo~tweet-scraper",
    covers: "Posts, replies, quotes and reposts that a collector finds by X's own search, newest first; each costs what the collector asks for it.",
    inputs,
    fields: Fields {
        kind,
        id: &["/id"],
        url: &["/url", "/twitterUrl"],
        title: &[],
        text: &["/fullText", "/text"],
        at: &["/createdAt"],
        author_id: &["/author/id"],
        handle: &["/author/userName"],
        name: &["/author/name"],
        likes: &["/likeCount"],
        replies: &["/replyCount"],
        shares: &["/retweetCount"],
        views: &["/viewCount"],
        lang: &["/lang"],
        community: &[],
    },
};

/// Days: the posts of the last one count as far as they are in the window.
fn inputs(wanted: &Wanted) -> Vec<Value> {
    let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d").to_string();
    let quoted = wanted.names.iter().map(|name| format!("\"{name}\""));
    vec![json!({
        "searchTerms": quoted.collect::<Vec<_>>(),
        "start": day(wanted.window.from),
        "end": day(wanted.window.to + chrono::TimeDelta::days(1)),
        "sort": "Latest",
        "maxItems": wanted.most,
    })]
}

fn kind(row: &Value) -> DocumentKind {
    let is = |name: &str| row.get(name) == Some(&Value::Bool(true));
    match (is("isRetweet"), is("isQuote"), is("isReply")) {
        (true, ..) => DocumentKind::Repost,
        (_, true, _) => DocumentKind::Quote,
        (_, _, true) => DocumentKind::Reply,
        _ => DocumentKind::Post,
    }
}
