//! Posts of Reddit that a collector finds. Its fields are as others name theirs, and were not tried.

use serde_json::{Value, json};

use crate::model::document::DocumentKind;
use crate::sources::collector::{Fields, Program, Wanted};

pub const DATASET: Program = Program {
    id: "gd_lvz8ah06191smkebj4",
    covers: "Posts that a collector finds by keyword, without comments; each costs what the collector asks for it.",
    inputs,
    fields: Fields {
        kind: |_| DocumentKind::Post,
        id: &["/post_id", "/url"],
        url: &["/url"],
        title: &["/title"],
        text: &["/description"],
        at: &["/date_posted"],
        author_id: &[],
        handle: &["/user_posted"],
        name: &[],
        likes: &["/num_upvotes"],
        replies: &["/num_comments"],
        shares: &[],
        views: &[],
        lang: &[],
        community: &["/community_name"],
    },
};

fn inputs(wanted: &Wanted) -> Vec<Value> {
    wanted.names.iter().map(|name| json!({ "keyword": name, "sort_by": "New" })).collect()
}
