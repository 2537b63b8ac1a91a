//! The source `tiktok`: videos that a collector finds, as TikTok's own research search is for universities.

use serde_json::{Value, json};

use super::collector::{Fields, Program, Wanted};
use crate::model::document::DocumentKind;

pub const ACTOR: Program = Program {
    id: "clockworks~tiktok-scraper",
    covers: "Public videos whose description says the name, that a collector finds by TikTok's own search; each costs what the collector asks for it.",
    inputs,
    fields: Fields {
        kind: |_| DocumentKind::Video,
        id: &["/id"],
        url: &["/webVideoUrl"],
        title: &[],
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
        community: &[],
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

/// Its fields are as others name theirs, and were not tried.
pub const DATASET: Program = Program {
    id: "gd_lu702nij2f790tmv9h",
    covers: "Public videos that a collector finds by keyword; each costs what the collector asks for it.",
    inputs: keywords,
    fields: Fields {
        kind: |_| DocumentKind::Video,
        id: &["/post_id", "/url"],
        url: &["/url"],
        title: &[],
        text: &["/description"],
        at: &["/create_time"],
        author_id: &["/profile_id"],
        handle: &["/profile_username", "/account_id"],
        name: &["/profile_username"],
        likes: &["/digg_count"],
        replies: &["/comment_count"],
        shares: &["/share_count"],
        views: &["/play_count"],
        lang: &[],
        community: &[],
    },
};

fn keywords(wanted: &Wanted) -> Vec<Value> {
    wanted.names.iter().map(|name| json!({ "keyword": name })).collect()
}
