//! The source `facebook`: posts that a collector finds, as Facebook has no public search.
//!
//! The program that is used is not Apify's own, and what it gives is not documented by them: its fields are
//! read as others of its kind name theirs.

use serde_json::{Value, json};

use super::collector::{Fields, Program, Wanted};
use crate::model::document::DocumentKind;

pub const ACTOR: Program = Program {
    id: "scraper_one~facebook-posts-search",
    covers: "Public posts that a collector finds by Facebook's own search, which shows a choice of them; each costs what the collector asks for it.",
    inputs,
    fields: Fields {
        kind: |_| DocumentKind::Post,
        id: &["/postId", "/id"],
        url: &["/url", "/postUrl"],
        title: &[],
        text: &["/text", "/postText", "/message"],
        at: &["/time", "/timestamp"],
        author_id: &["/user/id", "/author/id"],
        handle: &[],
        name: &["/user/name", "/author/name"],
        likes: &["/likes", "/reactionsCount"],
        replies: &["/comments", "/commentsCount"],
        shares: &["/shares"],
        views: &["/viewsCount"],
        lang: &[],
        community: &[],
    },
};

fn inputs(wanted: &Wanted) -> Vec<Value> {
    let input = |name: &String| json!({ "query": name, "searchType": "latest", "resultsCount": wanted.most });
    wanted.names.iter().map(input).collect()
}
