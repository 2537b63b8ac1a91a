//! Reddit's search as a feed, which needs no application: fewer posts, no reactions, and often refused.

use super::{BASE_URL, SITE};
use crate::model::document::{Author, Document, DocumentKind};
use crate::net::Response;
use crate::sources::Setup;
use crate::sources::ask::{self, Ask};
use crate::sources::http::{self, ErrorClass, UpstreamError};
use crate::sources::rss::parse::{self, Item};
use crate::sources::walk::{Page, Search, Seconds};

/// A feed that holds so many may hold only a part: that is how many it has where it does not heed the limit.
const MOST: u64 = 25;

pub struct Feed<'a> {
    pub setup: &'a Setup,
    pub source: &'a str,
    pub within: &'static str,
}

impl Search for Feed<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn is_timed(&self) -> bool {
        false
    }

    /// Whether its pages can be followed is not documented: the first is all.
    fn ask(&self, query: &str, _: Seconds, _: Option<&str>) -> Result<Ask, UpstreamError> {
        let parameters =
            [("q", query), ("sort", "new"), ("t", self.within), ("type", "link"), ("limit", "100")];
        let host = if self.setup.base_url == BASE_URL { SITE } else { &self.setup.base_url };
        let url = ask::address(host, "/search.rss", &parameters)?;
        Ok(Ask { accept: "application/atom+xml, application/xml;q=0.9", ..Ask::json(&url) })
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let bad = |why: &str| {
            let shown = http::excerpt(&response.body, response.url.as_str());
            UpstreamError::new(ErrorClass::BadPayload, format!("{why}: {shown}"))
        };
        if http::is_html(response) {
            return Err(bad("it answered with a page for people in place of a feed"));
        }
        let feed = parse::parse(&response.body, &response.url, None);
        let items = feed.map_err(|why| bad(&format!("its answer is no feed ({why})")))?.items;
        let posts = items
            .into_iter()
            .map(|item| (item.date.map(|at| at.timestamp()), document(item, self.source)));
        Ok(Page::of(posts))
    }
}

/// The post of an entry; `None` without what tells it or when it was made.
fn document(item: Item, source: &str) -> Option<Document> {
    let name = item.author.name.as_deref().unwrap_or_default();
    let handle = name.strip_prefix("/u/").filter(|name| *name != "[deleted]");
    // Behind the text stands who submitted it where.
    let text = item.text.rsplit_once("submitted by").map_or(item.text.as_str(), |(text, _)| text);
    let path = item.url.as_ref().map(|url| url.path().to_owned()).unwrap_or_default();
    let community = path.strip_prefix("/r/").and_then(|path| path.split('/').next());
    Some(Document {
        source: source.to_owned(),
        id: item.id.filter(|id| id.starts_with("t3_"))?,
        url: item.url.map(Into::into),
        kind: DocumentKind::Post,
        author: Author { handle: handle.map(str::to_owned), ..Author::default() },
        title: item.title,
        text: text.trim_end().to_owned(),
        published_at: Some(item.date?),
        community: community.map(str::to_owned),
        ..Document::default()
    })
}
