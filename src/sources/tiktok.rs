//! The source `tiktok`: videos that a collector finds, as TikTok's own research search is for universities.

use serde_json::{Value, json};

use super::collector::{Actor, Fields, Wanted};
use crate::model::document::DocumentKind;

pub const ACTOR: Actor = Actor {
    id: "clockworks~tiktok-scraper",
    covers: "Public videos whose description says the name, that a collector finds by TikTok's own search; each costs what the collector asks for it.",
    inputs,
    fields: Fields {
        kind: DocumentKind::Video,
        id: &["/id"],
        url: &["/webVideoUrl"],
        text: &["/text"],
        at: &["/createTimeISO", "/createTime"],
        author_id: &["/authorMeta/id"],
        handle: &["/authorMeta/name"],
        name: &["/authorMeta/nickName"],
        likes: &["/diggCount"],
        replies: &["/commentCount"],
        shares: &["/shareCount"],
        views: &["/playCount"],
        lang: &["/textLanguage"],
    },
};

fn inputs(wanted: &Wanted) -> Vec<Value> {
    vec![json!({
        "searchQueries": wanted.names,
        "searchSection": "/video",
        "resultsPerPage": wanted.most,
        "oldestPostDateUnified": wanted.window.from.format("%Y-%m-%d").to_string(),
    })]
}
