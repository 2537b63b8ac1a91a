//! RSS 0.9x, 1.0 (RDF), 2.0 and Atom, by the feed library, and what it leaves to be mended: versions of
//! RSS it does not know, ids, dates, links relative to the page, authors and HTML in titles.

use std::sync::LazyLock;

use feed_rs::model::{Content, Entry, FeedType, Link, Person, Text};
use feed_rs::parser::{Builder, ParseErrorKind, ParseFeedError};
use regex::bytes::Regex;
use reqwest::Url;

use super::dates;
use super::parse::{Feed, Item, author};
use crate::model::document::Author;
use crate::sources::text;

/// What RFC 5005 marks with.
const HISTORY: &[u8] = b"http://purl.org/syndication/history/1.0";

static RSS_TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<rss\b[^>]*>").ok());
static VERSION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\sversion\s*=\s*("[^"]*"|'[^']*')"#).ok());
static COMPLETE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<([A-Za-z][\w.-]*:)?complete(\s[^>]*)?/?>").ok());

pub fn parse(body: &[u8], base: &Url) -> Result<Feed, String> {
    let parsed = match library(body, base) {
        Err(ParseFeedError::ParseError(ParseErrorKind::NoFeedRoot)) => {
            let known = in_a_known_version(body).ok_or("it is neither RSS, Atom nor JSON Feed")?;
            library(&known, base)
        }
        parsed => parsed,
    };
    let feed = parsed.map_err(|error| match error {
        ParseFeedError::ParseError(ParseErrorKind::NoFeedRoot) => {
            "it is neither RSS, Atom nor JSON Feed".to_owned()
        }
        error => format!("it cannot be read as a feed: {error}"),
    })?;
    let older = ["prev-archive", "next"].into_iter().find_map(|rel| link(&feed.links, rel, base));
    let is_whole = contains(body, HISTORY)
        && COMPLETE.as_ref().is_some_and(|complete| complete.is_match(body));
    let authors = &feed.authors;
    let items = feed.entries.into_iter().map(|entry| {
        // Only Atom says that an entry without an author has the feed's.
        let inherited = if feed.feed_type == FeedType::Atom { authors.as_slice() } else { &[] };
        let lang = entry.language.clone().or_else(|| feed.language.clone());
        Item { lang, ..item(entry, inherited, base) }
    });
    Ok(Feed { items: items.collect(), older, is_whole })
}

fn library(body: &[u8], base: &Url) -> Result<feed_rs::model::Feed, ParseFeedError> {
    // Ids are made here, after dates and links: the library would make some by chance.
    let builder = Builder::new().base_uri(Some(base)).id_generator(|_, _, _| String::new());
    builder.timestamp_parser(dates::read).sanitize_content(false).build().parse(body)
}

/// RSS of a version the library does not know, or of none, read as 2.0, which all of them resemble.
fn in_a_known_version(body: &[u8]) -> Option<Vec<u8>> {
    let tag = RSS_TAG.as_ref()?.find(body)?;
    let bare = VERSION.as_ref()?.replace_all(tag.as_bytes(), &b""[..]);
    let rest = bare.strip_prefix(b"<rss")?;
    Some([&body[..tag.start()], b"<rss version=\"2.0\"", rest, &body[tag.end()..]].concat())
}

fn item(entry: Entry, inherited: &[Person], base: &Url) -> Item {
    let id = Some(entry.id).filter(|id| !id.trim().is_empty());
    let url = page_of(&entry.links, base)
        .or_else(|| Url::parse(id.as_deref()?).ok().filter(|url| url.scheme().starts_with("http")));
    let content = entry.content.as_ref().map(content_text).filter(|text| !text.is_empty());
    let summary = || entry.summary.as_ref().map(body_text);
    Item {
        id,
        url,
        title: entry.title.as_ref().map(title_text).filter(|title| !title.is_empty()),
        text: content.or_else(summary).unwrap_or_default(),
        author: author_of(entry.authors.first().or(inherited.first()), base),
        lang: None,
        date: entry.published.or(entry.updated),
    }
}

fn author_of(person: Option<&Person>, base: &Url) -> Author {
    let name = person.and_then(|person| person.name.as_deref());
    let page = person.and_then(|person| base.join(person.uri.as_deref()?.trim()).ok());
    author(name, page.as_ref())
}

/// The page an entry is about: the first link that is neither comments, a file nor the feed itself.
fn page_of(links: &[Link], base: &Url) -> Option<Url> {
    let is_page = |link: &&Link| {
        link.target.is_none() && link.rel.as_deref().is_none_or(|rel| rel == "alternate")
    };
    links.iter().filter(is_page).find_map(|link| base.join(link.href.trim()).ok())
}

fn link(links: &[Link], rel: &str, base: &Url) -> Option<Url> {
    let found = links.iter().find(|link| link.rel.as_deref() == Some(rel))?;
    base.join(found.href.trim()).ok()
}

/// A title is text by the letter of RSS, HTML by its habit.
fn title_text(title: &Text) -> String {
    if title.content_type.subty() == "plain" {
        text::plain_if_html(&title.content)
    } else {
        text::plain(&title.content)
    }
}

fn body_text(body: &Text) -> String {
    typed_text(&body.content, body.content_type.subty().as_str())
}

fn content_text(content: &Content) -> String {
    let body = content.body.as_deref().unwrap_or_default();
    typed_text(body, content.content_type.subty().as_str())
}

fn typed_text(body: &str, subtype: &str) -> String {
    if subtype == "plain" { text::plain_if_html(body) } else { text::plain(body) }
}

fn contains(body: &[u8], wanted: &[u8]) -> bool {
    body.windows(wanted.len()).any(|window| window == wanted)
}
