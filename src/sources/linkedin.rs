//! The source `linkedin`: posts that a collector finds, as LinkedIn has no public search.

use serde_json::{Value, json};

use super::collector::{Fields, Program, Wanted};
use crate::model::document::DocumentKind;

/// Longer searches are refused.
const LONGEST: usize = 85;

pub const ACTOR: Program = Program {
    id: "harvestapi~linkedin-post-search",
    covers: "Public posts that a collector finds by LinkedIn's own search, newest first; each costs what the collector asks for it.",
    inputs,
    fields: Fields {
        kind: |_| DocumentKind::Post,
        id: &["/id", "/entityId"],
        url: &["/linkedinUrl", "/url"],
        title: &[],
        text: &["/content", "/text"],
        at: &["/postedAt/timestamp", "/postedAt/date", "/postedAt"],
        author_id: &["/author/id", "/author/universalName"],
        handle: &["/author/publicIdentifier", "/author/universalName"],
        name: &["/author/name"],
        likes: &["/engagement/likes"],
        replies: &["/engagement/comments"],
        shares: &["/engagement/shares"],
        views: &[],
        lang: &[],
        community: &[],
    },
};

fn inputs(wanted: &Wanted) -> Vec<Value> {
    let names = wanted.names.iter();
    let searches: Vec<String> = names.map(|name| name.chars().take(LONGEST).collect()).collect();
    vec![json!({
        "searchQueries": searches,
        "maxPosts": wanted.most,
        "postedLimitDate": wanted.window.from.format("%Y-%m-%d").to_string(),
        "sortBy": "date",
    })]
}
