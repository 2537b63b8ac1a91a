//! The source `instagram`: posts under hashtags that a collector finds, as Instagram has no public search.

use serde_json::{Value, json};

use super::collector::{Fields, Program, Wanted};
use crate::model::document::DocumentKind;

pub const ACTOR: Program = Program {
    id: "apify~instagram-hashtag-scraper",
    covers: "Public posts under the hashtag of the name (\"Acme Cloud\" as #acmecloud), that a collector finds; each costs what the collector asks for it.",
    inputs,
    fields: Fields {
        kind: |_| DocumentKind::Post,
        id: &["/id", "/shortCode"],
        url: &["/url"],
        title: &[],
        text: &["/caption"],
        at: &["/timestamp"],
        author_id: &["/ownerId"],
        handle: &["/ownerUsername"],
        name: &["/ownerFullName"],
        likes: &["/likesCount"],
        replies: &["/commentsCount"],
        shares: &[],
        views: &["/videoViewCount"],
        lang: &[],
        community: &[],
    },
};

fn inputs(wanted: &Wanted) -> Vec<Value> {
    let names = wanted.names.iter();
    let tag = |name: &String| -> String {
        name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect::<String>().to_lowercase()
    };
    let mut tags: Vec<String> = names.map(tag).filter(|tag| !tag.is_empty()).collect();
    tags.dedup();
    vec![json!({ "hashtags": tags, "resultsType": "posts", "resultsLimit": wanted.most })]
}
