//! What a post carries besides its text, as fields by their names and by what else they are called.

use crate::model::document::Document;
use crate::model::extract::{Basis, Extracted};
use crate::model::reading::FieldType;

use super::extract::whole;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    Source,
    Id,
    Url,
    Kind,
    Author,
    Handle,
    DisplayName,
    AuthorId,
    Verified,
    Title,
    Text,
    Language,
    Published,
    Likes,
    Replies,
    Shares,
    Views,
    Community,
    Country,
    Answered,
}

/// Names without spaces, dashes and case.
const NAMES: [(Carried, &[&str]); 20] = [
    (Carried::Source, &["source", "platform", "site", "network"]),
    (Carried::Id, &["id", "postid"]),
    (Carried::Url, &["url", "link", "permalink", "posturl", "postlink", "address"]),
    (Carried::Kind, &["kind", "type", "posttype"]),
    (Carried::Author, &["author", "user", "poster", "who", "by", "writer", "person"]),
    (Carried::Handle, &["handle", "username", "authorhandle", "userhandle", "account"]),
    (Carried::DisplayName, &["name", "authorname", "displayname", "fullname"]),
    (Carried::AuthorId, &["authorid", "userid", "accountid"]),
    (Carried::Verified, &["verified", "isverified", "authorverified"]),
    (Carried::Title, &["title", "headline", "subject"]),
    (Carried::Text, &["text", "content", "body", "post", "message", "comment"]),
    (Carried::Language, &["language", "lang"]),
    (
        Carried::Published,
        &[
            "date",
            "published",
            "publishedat",
            "time",
            "when",
            "day",
            "datetime",
            "timestamp",
            "postedat",
            "createdat",
            "posted",
        ],
    ),
    (Carried::Likes, &["likes", "likecount", "upvotes", "hearts", "points", "favorites"]),
    (Carried::Replies, &["replies", "comments", "commentcount", "replycount"]),
    (Carried::Shares, &["shares", "reposts", "retweets", "sharecount", "repostcount"]),
    (Carried::Views, &["views", "impressions", "viewcount"]),
    (Carried::Community, &["community", "subreddit", "forum", "channel", "group"]),
    (Carried::Country, &["country", "location", "countrycode"]),
    (Carried::Answered, &["answered", "isanswered", "solved"]),
];

impl Carried {
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(part, _)| *part)
    }

    pub fn can_be(self, kind: FieldType) -> bool {
        let is_flag = matches!(self, Self::Verified | Self::Answered);
        let is_number = matches!(self, Self::Likes | Self::Replies | Self::Shares | Self::Views);
        match kind {
            FieldType::Boolean => is_flag,
            FieldType::Number => is_number,
            FieldType::String => !is_flag,
        }
    }
}

/// The part, where the source says it, with where it is.
pub(super) fn carried(
    document: &Document,
    part: Carried,
    kind: FieldType,
) -> Option<(Extracted, Basis)> {
    let Document { author, engagement, .. } = document;
    let flag = |value: Option<bool>| value.map(Extracted::Boolean);
    let text = |value: Option<&str>| {
        value
            .filter(|value| !value.trim().is_empty())
            .map(|value| Extracted::Text(value.to_owned()))
    };
    let count = |value: Option<i64>| {
        value.map(|value| match kind {
            FieldType::Number => Extracted::Integer(value),
            _ => Extracted::Text(value.to_string()),
        })
    };
    let handle = text(author.handle.as_deref());
    let (field, value) = match part {
        Carried::Source => ("source", text(Some(&document.source))),
        Carried::Id => ("id", text(Some(&document.id))),
        Carried::Url => ("url", text(document.url.as_deref())),
        Carried::Kind => {
            let kind = serde_json::to_value(document.kind).unwrap_or_default();
            ("kind", text(kind.as_str()))
        }
        Carried::Author if handle.is_none() => ("author.name", text(author.name.as_deref())),
        Carried::Author | Carried::Handle => ("author.handle", handle),
        Carried::DisplayName => ("author.name", text(author.name.as_deref())),
        Carried::AuthorId => ("author.id", text(author.id.as_deref())),
        Carried::Verified => ("author.verified", flag(author.verified)),
        Carried::Title => ("title", text(document.title.as_deref())),
        Carried::Text => ("text", text(Some(&document.text))),
        Carried::Language => ("lang", text(document.lang.as_deref())),
        Carried::Published => {
            let at = document.published_at;
            let at = at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
            ("published_at", text(at.as_deref()))
        }
        Carried::Likes => ("engagement.likes", count(engagement.likes)),
        Carried::Replies => ("engagement.replies", count(engagement.replies)),
        Carried::Shares => ("engagement.shares", count(engagement.shares)),
        Carried::Views => ("engagement.views", count(engagement.views)),
        Carried::Community => ("community", text(document.community.as_deref())),
        Carried::Country => ("country", text(document.country.as_deref())),
        Carried::Answered => ("answered", flag(document.answered)),
    };
    value.map(|value| (value, whole(field)))
}
