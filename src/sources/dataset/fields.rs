//! The fields a document has, and the column names they usually come under.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// The fields of a document that a column can be mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Id,
    Url,
    Kind,
    /// The author's handle.
    Author,
    AuthorId,
    AuthorName,
    Title,
    Text,
    Lang,
    PublishedAt,
    Likes,
    Replies,
    Shares,
    Views,
}

/// A field, its name in a request, and the columns it is looked for in, the likeliest first.
/// Compared by [`fold`]: `created_at` also stands for `Created At` and `createdAt`.
type Known = (Field, &'static str, &'static [&'static str]);

const KNOWN: &[Known] = &[
    (
        Field::Id,
        "id",
        &["id", "post_id", "tweet_id", "status_id", "comment_id", "object_id", "id_str"],
    ),
    (Field::Url, "url", &["url", "link", "permalink", "post_url", "tweet_url"]),
    (Field::Kind, "kind", &["kind", "type", "post_type"]),
    (
        Field::Author,
        "author",
        &[
            "author.handle",
            "author",
            "author_handle",
            "user",
            "username",
            "screen_name",
            "handle",
            "by",
            "author.username",
            "author.screen_name",
            "user.screen_name",
            "user.username",
            "user.handle",
            "account.acct",
        ],
    ),
    (
        Field::AuthorId,
        "author_id",
        &["author.id", "author_id", "user_id", "user.id_str", "user.id", "account.id"],
    ),
    (
        Field::AuthorName,
        "author_name",
        &[
            "author.name",
            "author_name",
            "display_name",
            "full_name",
            "author.display_name",
            "user.name",
            "user.display_name",
            "account.display_name",
        ],
    ),
    (Field::Title, "title", &["title", "headline", "subject"]),
    (
        Field::Text,
        "text",
        &[
            "text",
            "full_text",
            "body",
            "content",
            "message",
            "tweet",
            "tweet_text",
            "comment",
            "post",
            "selftext",
            "comment_text",
            "story_text",
        ],
    ),
    (Field::Lang, "lang", &["lang", "language"]),
    (
        Field::PublishedAt,
        "published_at",
        &[
            "published_at",
            "published",
            "created_at",
            "created",
            "date",
            "timestamp",
            "time",
            "posted_at",
            "date_time",
            "created_utc",
            "publish_date",
            "pub_date",
        ],
    ),
    (
        Field::Likes,
        "likes",
        &[
            "engagement.likes",
            "likes",
            "like_count",
            "favorite_count",
            "favourites_count",
            "num_points",
            "points",
            "score",
            "ups",
            "num_likes",
            "public_metrics.like_count",
        ],
    ),
    (
        Field::Replies,
        "replies",
        &[
            "engagement.replies",
            "replies",
            "reply_count",
            "replies_count",
            "num_comments",
            "comments",
            "comment_count",
            "comments_count",
            "public_metrics.reply_count",
        ],
    ),
    (
        Field::Shares,
        "shares",
        &[
            "engagement.shares",
            "shares",
            "share_count",
            "retweet_count",
            "retweets",
            "repost_count",
            "reposts",
            "reblogs_count",
            "public_metrics.retweet_count",
        ],
    ),
    (
        Field::Views,
        "views",
        &[
            "engagement.views",
            "views",
            "view_count",
            "impressions",
            "impression_count",
            "public_metrics.impression_count",
        ],
    ),
];

impl Field {
    /// All fields, in the order of [`KNOWN`].
    pub fn all() -> impl Iterator<Item = Self> {
        KNOWN.iter().map(|known| known.0)
    }

    /// The field a query parameter names.
    pub fn from_name(name: &str) -> Option<Self> {
        let known = KNOWN.iter().find(|known| known.1 == name)?;
        Some(known.0)
    }

    /// The name of the query parameter.
    pub fn name(self) -> &'static str {
        self.known().map_or("", |known| known.1)
    }

    /// The columns it is looked for in when the request does not say.
    pub(super) fn candidates(self) -> &'static [&'static str] {
        self.known().map_or(&[], |known| known.2)
    }

    /// Whether it is looked for in a column of this [`fold`]ed name.
    pub(super) fn is_known_as(self, folded: &str) -> bool {
        self.candidates().iter().any(|name| fold(name) == folded)
    }

    fn known(self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.0 == self)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A column name without what spellings of one name differ in.
pub(super) fn fold(name: &str) -> String {
    let lower = name.trim().nfc().flat_map(char::to_lowercase);
    lower.filter(|c| !matches!(c, ' ' | '_' | '-')).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_column_name_stands_for_two_fields() {
        let mut names = BTreeSet::new();
        for (field, _, candidates) in KNOWN {
            for name in *candidates {
                assert!(names.insert(fold(name)), "{name} of {field} is there twice");
            }
        }
    }

    #[test]
    fn every_field_has_a_row_and_a_name_of_its_own() {
        for field in Field::all() {
            assert_eq!(Field::from_name(field.name()), Some(field));
            let json = serde_json::to_value(field).ok();
            assert_eq!(json, Some(serde_json::json!(field.name())));
        }
        assert_eq!(Field::all().count(), 14);
        assert_eq!(Field::from_name("Text"), None);
    }

    #[test]
    fn spellings_of_one_name() {
        for name in ["created_at", " Created At ", "createdAt", "CREATED-AT"] {
            assert_eq!(fold(name), "createdat");
        }
        assert_eq!(fold("e\u{301}"), fold("É"));
        assert_ne!(fold("user.name"), fold("username"));
    }
}
