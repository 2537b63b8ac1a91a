//! Programs that a source names itself: `apify:{owner}/{name}`, `brightdata:{dataset}`. They are started with
//! what most of them take, and their rows are read by the names that most of them use.

use serde_json::{Value, json};

use super::{Fields, Program, Service, Wanted};
use crate::model::document::DocumentKind;
use crate::sources::NameError;

pub const ANY_ACTOR: Program = Program {
    id: "",
    covers: "What an actor of Apify finds for the names that are asked about, by its name; each row costs what the actor asks for it. Actors that want another input than searches are of no use here.",
    inputs: searches,
    fields: FIELDS,
};

pub const ANY_DATASET: Program = Program {
    id: "",
    covers: "What a dataset of Bright Data finds by keyword for the names that are asked about, by its id; each row costs what the dataset does.",
    inputs: keywords,
    fields: FIELDS,
};

const FIELDS: Fields = Fields {
    kind: |_| DocumentKind::Post,
    id: &["/id", "/post_id", "/postId", "/shortCode", "/url"],
    url: &["/url", "/link", "/postUrl", "/linkedinUrl", "/webVideoUrl"],
    title: &["/title"],
    text: &["/text", "/fullText", "/full_text", "/content", "/description", "/caption", "/body"],
    at: &[
        "/createdAt",
        "/created_at",
        "/publishedAt",
        "/published_at",
        "/date_posted",
        "/datePosted",
        "/create_time",
        "/createTimeISO",
        "/createTime",
        "/timestamp",
        "/date",
        "/time",
    ],
    author_id: &["/author/id", "/authorId", "/user/id", "/user_id", "/ownerId", "/profile_id"],
    handle: &[
        "/author/userName",
        "/author/username",
        "/username",
        "/user/username",
        "/ownerUsername",
        "/user_posted",
        "/profile_username",
        "/author",
    ],
    name: &["/author/name", "/authorName", "/user/name", "/ownerFullName"],
    likes: &[
        "/likeCount",
        "/likesCount",
        "/likes",
        "/num_likes",
        "/num_upvotes",
        "/digg_count",
        "/diggCount",
    ],
    replies: &[
        "/replyCount",
        "/commentsCount",
        "/commentCount",
        "/comments",
        "/num_comments",
        "/comment_count",
    ],
    shares: &["/retweetCount", "/shareCount", "/shares", "/share_count", "/reposts"],
    views: &["/viewCount", "/views", "/playCount", "/play_count"],
    lang: &["/lang", "/language"],
    community: &[],
};

/// Whether a service can have a program of that name.
pub fn check(service: Service, program: &str) -> Result<(), NameError> {
    let is_word = |text: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(fits)
    };
    let example = match service {
        Service::Apify => {
            let parts: Vec<&str> = program.split('~').collect();
            if parts.len() == 2 && parts.into_iter().all(is_word) {
                return Ok(());
            }
            "apify:apidojo/tweet-scraper"
        }
        Service::BrightData if program.starts_with("gd_") && is_word(program) => return Ok(()),
        Service::BrightData => "brightdata:gd_lvz8ah06191smkebj4",
    };
    let message = format!(
        "`{}` is not the name of a collector; write it as in {example}",
        program.replace('~', "/")
    );
    Err(NameError::Invalid(message))
}

fn searches(wanted: &Wanted) -> Vec<Value> {
    let names = &wanted.names;
    vec![
        json!({ "searchTerms": names, "searchQueries": names, "keywords": names, "maxItems": wanted.most }),
    ]
}

fn keywords(wanted: &Wanted) -> Vec<Value> {
    wanted.names.iter().map(|name| json!({ "keyword": name })).collect()
}
