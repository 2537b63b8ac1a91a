//! The source `youtube`: videos by the search of the YouTube Data API, with what the API says of each.
//!
//! A search gives up to 500 videos and cuts their descriptions, so each page is followed by a second request
//! for the whole texts and figures. What the search says of its total is no count, and is not given on.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source, text};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::net::Response;

pub const BASE_URL: &str = "https://www.googleapis.com/youtube/v3";
/// Searches end near 500, some before: this many are relied on, and the next search begins there.
const MOST: u64 = 400;
/// The API's own limit of a query is not said; it takes this much.
const LONGEST_QUERY: usize = 500;

/// Asks with an API key.
pub struct YouTube {
    setup: Setup,
}

impl YouTube {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for YouTube {
    fn covers(&self) -> &'static str {
        "Videos by title and description. No comments. YouTube answers 100 searches a day, of 50 videos each."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_YOUTUBE_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "enable the YouTube Data API v3 at https://console.cloud.google.com/apis/library/youtube.googleapis.com, and set BYTESTACK_YOUTUBE_TOKEN to an API key"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Videos { setup: &self.setup, source: &request.source };
            let queries = phrases::joined(&phrases::of(&request.terms), "|", LONGEST_QUERY);
            let budget = self.setup.budget();
            walk::walk(&search, &session, &request, sink.as_ref(), budget, &queries).await
        })
    }
}

struct Videos<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    next_page_token: Option<String>,
    #[serde(default)]
    items: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    id: HitId,
    snippet: Snippet,
}

#[derive(Deserialize)]
struct HitId {
    #[serde(rename = "videoId")]
    video: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Snippet {
    published_at: DateTime<Utc>,
    channel_id: Option<String>,
    channel_title: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    default_audio_language: Option<String>,
    default_language: Option<String>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    items: Vec<Video>,
}

#[derive(Deserialize)]
struct Video {
    id: String,
    snippet: Snippet,
    statistics: Option<Statistics>,
}

/// Numbers as text; what an owner hides is missing.
#[derive(Default, Deserialize)]
struct Statistics {
    #[serde(rename = "viewCount")]
    views: Option<String>,
    #[serde(rename = "likeCount")]
    likes: Option<String>,
    #[serde(rename = "commentCount")]
    comments: Option<String>,
}

impl Videos<'_> {
    fn address(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Ask, UpstreamError> {
        let url = ask::address(&self.setup.base_url, path, parameters)?;
        Ok(match &self.setup.token {
            Some(key) => Ask::json(&url).secret("x-goog-api-key", "", key),
            None => Ask::json(&url),
        })
    }
}

impl Search for Videos<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (after, before) = seconds.written();
        let mut parameters = vec![
            ("part", "snippet"),
            ("type", "video"),
            ("q", query),
            ("order", "date"),
            ("publishedAfter", after.as_str()),
            ("publishedBefore", before.as_str()),
            ("maxResults", "50"),
        ];
        parameters.extend(next.map(|token| ("pageToken", token)));
        self.address("/search", &parameters)
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let found: Found = http::json(response)?;
        let posts = found.items.into_iter().map(|hit| {
            let second = hit.snippet.published_at.timestamp();
            let document = hit.id.video.map(|id| {
                // Texts of a search are written for pages.
                let plain = |text: &str| text::plain(text);
                let (title, description) =
                    (plain(&hit.snippet.title), plain(&hit.snippet.description));
                let snippet = Snippet { title, description, ..hit.snippet };
                snippet.into_document(self.source, id, Statistics::default())
            });
            (Some(second), document)
        });
        let page = Page::of(posts);
        Ok(Page { next: found.next_page_token, ..page })
    }

    fn details(&self, page: &Page) -> Option<Result<Ask, UpstreamError>> {
        let ids: Vec<&str> = page.documents.iter().map(|found| found.id.as_str()).collect();
        let ids = ids.join(",");
        let parameters =
            [("part", "snippet,statistics"), ("id", ids.as_str()), ("maxResults", "50")];
        (!ids.is_empty()).then(|| self.address("/videos", &parameters).map(Ask::unpaced))
    }

    fn add_details(&self, mut page: Page, response: &Response) -> Result<Page, UpstreamError> {
        let details: Details = http::json(response)?;
        let mut videos: HashMap<String, Video> =
            details.items.into_iter().map(|video| (video.id.clone(), video)).collect();
        for document in &mut page.documents {
            if let Some(Video { id, snippet, statistics }) = videos.remove(&document.id) {
                let statistics = statistics.unwrap_or_default();
                *document = snippet.into_document(self.source, id, statistics);
            }
        }
        Ok(page)
    }
}

impl Snippet {
    fn into_document(self, source: &str, id: String, statistics: Statistics) -> Document {
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
        Document {
            source: source.to_owned(),
            url: Some(format!("https://www.youtube.com/watch?v={id}")),
            id,
            kind: DocumentKind::Video,
            author: Author { id: self.channel_id, name: self.channel_title, ..Author::default() },
            title: Some(self.title),
            text: self.description,
            lang: self.default_audio_language.or(self.default_language),
            published_at: Some(self.published_at),
            engagement: Engagement {
                likes: number(statistics.likes),
                replies: number(statistics.comments),
                views: number(statistics.views),
                shares: None,
            },
            ..Document::default()
        }
    }
}
