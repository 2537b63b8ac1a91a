//! One feed document, whichever format it is written in: its items and where the next page is.

use chrono::{DateTime, Utc};
use regex::Regex;
use reqwest::Url;
use sha2::{Digest, Sha256};

use super::{json, xml};
use crate::model::document::{Author, Document, DocumentKind};

/// A feed as far as it is needed.
#[derive(Debug, Default)]
pub struct Feed {
    pub items: Vec<Item>,
    /// Where older items are, when the feed is one page of several.
    pub older: Option<Url>,
    /// Whether the feed says that it holds everything there is (RFC 5005).
    pub is_whole: bool,
}

/// One entry, with text that is no longer HTML. What is empty is not there.
#[derive(Debug, Default)]
pub struct Item {
    pub id: Option<String>,
    pub url: Option<Url>,
    pub title: Option<String>,
    pub text: String,
    pub author: Author,
    pub lang: Option<String>,
    pub date: Option<DateTime<Utc>>,
}

impl Item {
    /// The id of the feed, else the address, else what its title and date amount to.
    pub fn key(&self) -> String {
        if let Some(id) = self.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
            return id.to_owned();
        }
        if let Some(url) = &self.url {
            return url.to_string();
        }
        let title = self.title.as_deref().unwrap_or_default();
        let date = self.date.map(|date| date.to_rfc3339()).unwrap_or_default();
        hex::encode(Sha256::digest(format!("{title}|{date}|{}", self.text)))
    }

    pub fn into_document(self, source: &str) -> Document {
        Document {
            source: source.to_owned(),
            id: self.key(),
            url: self.url.map(Url::into),
            kind: DocumentKind::Article,
            author: self.author,
            title: self.title,
            text: self.text,
            lang: self.lang,
            published_at: self.date,
            ..Document::default()
        }
    }
}

/// Somebody an item names. A name is no identity; an address is one where it leads to a page of its
/// own and not just to the site.
pub fn author(name: Option<&str>, page: Option<&Url>) -> Author {
    let name = name.map(|name| name.trim().trim_matches(['(', ')']).trim());
    let id = page.filter(|page| !page.path().trim_matches('/').is_empty());
    Author {
        id: id.map(|page| page.as_str().trim_end_matches('/').to_owned()),
        name: name.filter(|name| !name.is_empty()).map(str::to_owned),
        ..Author::default()
    }
}

/// Reads a feed that came from `url`; `charset` is what the answer said of its encoding.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse(body: &[u8], url: &Url, charset: Option<&str>) -> Result<Feed, String> {
    let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        return json::parse(start, url);
    }
    xml::parse(&with_known_charset(body, charset), url)
}

/// XML says its encoding in its first line. Where it does not, that of the answer holds.
fn with_known_charset<'a>(body: &'a [u8], charset: Option<&str>) -> std::borrow::Cow<'a, [u8]> {
    let head = String::from_utf8_lossy(&body[..body.len().min(256)]);
    let says_itself = Regex::new(r"<\?xml[^>]*encoding\s*=").is_ok_and(|said| said.is_match(&head));
    let has_mark = encoding_rs::Encoding::for_bom(body).is_some();
    let encoding = charset.and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    match encoding {
        Some(encoding) if !says_itself && !has_mark && encoding != encoding_rs::UTF_8 => {
            encoding.decode(body).0.into_owned().into_bytes().into()
        }
        _ => body.into(),
    }
}
