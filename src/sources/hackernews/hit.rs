//! A hit of the search, and the document it becomes.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::sources::text;

const ITEM: &str = "https://news.ycombinator.com/item?id=";

/// What the search tells of a post. The title of the story that a comment is under is not read: the
/// comment does not say it.
#[derive(Debug, Default, Deserialize)]
pub struct Hit {
    #[serde(rename = "objectID")]
    pub id: String,
    created_at_i: Option<i64>,
    created_at: Option<String>,
    author: Option<String>,
    title: Option<String>,
    story_text: Option<String>,
    comment_text: Option<String>,
    points: Option<i64>,
    num_comments: Option<i64>,
    #[serde(default, rename = "_tags")]
    tags: Vec<String>,
    #[serde(default)]
    deleted: Option<bool>,
    #[serde(default)]
    dead: Option<bool>,
}

impl Hit {
    /// When it was posted, in seconds since 1970.
    pub fn second(&self) -> Option<i64> {
        self.created_at_i.or_else(|| {
            let date = DateTime::parse_from_rfc3339(self.created_at.as_deref()?).ok()?;
            Some(date.timestamp())
        })
    }

    /// `None` for what was deleted.
    pub fn into_document(self, source: &str) -> Option<Document> {
        let published_at: DateTime<Utc> = DateTime::from_timestamp(self.second()?, 0)?;
        let is_comment =
            self.comment_text.is_some() || self.tags.iter().any(|tag| tag == "comment");
        let title = self.title.filter(|_| !is_comment);
        let html = if is_comment { self.comment_text } else { self.story_text };
        let is_gone = self.deleted == Some(true) || self.dead == Some(true);
        if is_gone || (html.is_none() && title.is_none()) {
            return None;
        }
        Some(Document {
            source: source.to_owned(),
            url: Some(format!("{ITEM}{}", self.id)),
            id: self.id,
            kind: if is_comment { DocumentKind::Comment } else { DocumentKind::Post },
            author: Author { id: self.author.clone(), handle: self.author, ..Author::default() },
            title: title.map(|title| text::plain_if_html(&title)),
            text: html.as_deref().map(text::plain).unwrap_or_default(),
            lang: None,
            published_at: Some(published_at),
            engagement: Engagement {
                likes: self.points.filter(|_| !is_comment),
                replies: self.num_comments,
                ..Engagement::default()
            },
            ..Document::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(hit: serde_json::Value) -> Option<Document> {
        serde_json::from_value::<Hit>(hit).unwrap().into_document("hackernews")
    }

    #[test]
    fn a_comment_does_not_say_the_title_of_its_story() {
        let comment = document(json!({
            "objectID": "7", "created_at": "2026-11-21T10:02:11.000Z", "author": "rkd", "title": null,
            "comment_text": "It&#x27;s fine.<p>Pricing is odd.", "points": null, "num_comments": null,
            "story_id": 5, "story_title": "Acme in 2026", "story_url": "https://acme.example",
            "_tags": ["comment", "author_rkd", "story_5"],
        }));
        let comment = comment.unwrap();
        assert_eq!((comment.kind, comment.title.as_deref()), (DocumentKind::Comment, None));
        assert_eq!(comment.text, "It's fine.\nPricing is odd.");
        assert_eq!(comment.url.as_deref(), Some("https://news.ycombinator.com/item?id=7"));
        assert_eq!(comment.author.identity().as_deref(), Some("id:rkd"));
        assert_eq!(comment.published_at, "2026-11-21T10:02:11Z".parse().ok());
        assert_eq!(comment.engagement, Engagement::default());
    }

    #[test]
    fn a_story_has_title_points_and_comments() {
        let story = document(json!({
            "objectID": "8", "created_at_i": 1_795_000_000, "author": "ann", "points": 12,
            "title": "Vec<T> &amp; you", "url": "https://acme.example", "num_comments": 0,
            "_tags": ["story", "author_ann", "story_8"], "story_text": null,
        }));
        let story = story.unwrap();
        assert_eq!((story.kind, story.text.as_str()), (DocumentKind::Post, ""));
        let expected = Engagement { likes: Some(12), replies: Some(0), ..Engagement::default() };
        assert_eq!(story.engagement, expected);
        assert_eq!(story.published_at.unwrap().timestamp(), 1_795_000_000);
    }

    #[test]
    fn what_was_deleted_is_no_document() {
        let bare = json!({ "objectID": "9", "created_at_i": 1, "_tags": ["comment"] });
        assert_eq!(document(bare), None);
        let dead = json!({ "objectID": "9", "created_at_i": 1, "title": "x", "dead": true });
        assert_eq!(document(dead), None);
        let undated = json!({ "objectID": "9", "title": "x" });
        assert_eq!(document(undated), None);
    }
}
