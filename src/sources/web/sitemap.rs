//! Lists of the pages of a site: XML, the same compressed, or one address a line.

use std::io::Read as _;

use chrono::{DateTime, Utc};
use flate2::read::GzDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;
use reqwest::Url;

use crate::net::Response;
use crate::sources::http::{ErrorClass, UpstreamError};
use crate::sources::rss::dates;

/// What the format allows uncompressed.
const MOST_BYTES: u64 = 50 * 1024 * 1024;
const MOST_ENTRIES: usize = 50_000;

/// A page or a further sitemap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub url: Url,
    pub changed_at: Option<DateTime<Utc>>,
    /// Where the list is one of news.
    pub published_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sitemap {
    pub pages: Vec<Entry>,
    pub sitemaps: Vec<Entry>,
}

/// The sitemap that was answered with; `None` when it is something else.
///
/// # Errors
/// When it begins as one and cannot be read.
pub fn read(response: &Response) -> Result<Option<Sitemap>, UpstreamError> {
    let rejected = |why: String| UpstreamError::new(ErrorClass::Rejected, why);
    if response.body.starts_with(&[0x1f, 0x8b]) {
        let mut whole = Vec::new();
        let unpacked =
            GzDecoder::new(response.body.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut whole);
        let url = &response.url;
        unpacked.map_err(|error| rejected(format!("{url} cannot be unpacked: {error}")))?;
        if whole.len() as u64 > MOST_BYTES {
            return Err(rejected(format!(
                "{url} is longer than the 50 MiB that a sitemap may have"
            )));
        }
        return of(&whole, url).map_err(rejected);
    }
    of(&response.body, &response.url).map_err(rejected)
}

fn of(body: &[u8], url: &Url) -> Result<Option<Sitemap>, String> {
    let head = String::from_utf8_lossy(&body[..body.len().min(2_048)]).to_lowercase();
    if head.contains("<urlset") || head.contains("<sitemapindex") {
        let text = String::from_utf8_lossy(body);
        return xml(&text).map(Some).map_err(|error| format!("{url} is no sitemap: {error}"));
    }
    Ok(lines(body))
}

/// One address a line, and nothing else.
fn lines(body: &[u8]) -> Option<Sitemap> {
    let text = std::str::from_utf8(body).ok()?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let pages: Option<Vec<Entry>> = lines
        .filter(|line| !line.is_empty())
        .take(MOST_ENTRIES)
        .map(|line| Some(Entry { url: web(line)?, changed_at: None, published_at: None }))
        .collect();
    let pages = pages.filter(|pages| !pages.is_empty())?;
    Some(Sitemap { pages, sitemaps: Vec::new() })
}

fn web(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Which of an entry's texts is being read.
const TEXTS: [&str; 3] = ["loc", "lastmod", "publication_date"];

fn xml(text: &str) -> Result<Sitemap, String> {
    let mut reader = Reader::from_str(text);
    let mut sitemap = Sitemap::default();
    let mut texts: [String; 3] = Default::default();
    let mut open: Option<usize> = None;
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(tag) => {
                depth += 1;
                let name = tag.local_name();
                let text = TEXTS.iter().position(|text| *text == name.as_ref());
                // An image has an address, too, one level deeper; news have their date there.
                open = text.filter(|text| depth == if *text == 2 { 4 } else { 3 });
            }
            Event::Text(said) => add(&mut texts, open, &said.xml10_content()),
            Event::CData(said) => add(&mut texts, open, &said.xml10_content()),
            Event::GeneralRef(reference) => {
                let known = quick_xml::escape::resolve_predefined_entity(&reference);
                add(&mut texts, open, known.unwrap_or_default());
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                open = None;
                let name = tag.local_name();
                let list = match name.as_ref() {
                    "url" => &mut sitemap.pages,
                    "sitemap" => &mut sitemap.sitemaps,
                    _ => continue,
                };
                list.extend(entry(std::mem::take(&mut texts)));
                if list.len() >= MOST_ENTRIES {
                    return Ok(sitemap);
                }
            }
            Event::Eof => return Ok(sitemap),
            _ => {}
        }
    }
}

fn add(texts: &mut [String; 3], open: Option<usize>, said: &str) {
    if let Some(text) = open.and_then(|open| texts.get_mut(open)) {
        text.push_str(said);
    }
}

fn entry([address, changed, published]: [String; 3]) -> Option<Entry> {
    let url = web(&address)?;
    Some(Entry { url, changed_at: dates::read(&changed), published_at: dates::read(&published) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(url: &str, changed: Option<&str>, published: Option<&str>) -> Entry {
        let at = |text: &str| text.parse().unwrap();
        Entry {
            url: Url::parse(url).unwrap(),
            changed_at: changed.map(at),
            published_at: published.map(at),
        }
    }

    fn read(body: &str) -> Option<Sitemap> {
        of(body.as_bytes(), &Url::parse("https://acme.example/sitemap.xml").unwrap()).unwrap()
    }

    #[test]
    fn pages_sitemaps_and_news_are_told_apart() {
        let pages = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="i" xmlns:news="n">
            <url><loc> https://acme.example/a?x=1&amp;y=2 </loc><lastmod>2026-11-20</lastmod>
              <image:image><image:loc>https://acme.example/a.png</image:loc></image:image></url>
            <url><loc><![CDATA[https://acme.example/b]]></loc><news:news><news:publication_date>2026-11-21T10:00:00+02:00</news:publication_date></news:news></url>
            <url><loc>ftp://acme.example/c</loc></url></urlset>"#;
        let expected = vec![
            entry("https://acme.example/a?x=1&y=2", Some("2026-11-20T00:00:00Z"), None),
            entry("https://acme.example/b", None, Some("2026-11-21T08:00:00Z")),
        ];
        assert_eq!(read(pages), Some(Sitemap { pages: expected, sitemaps: vec![] }));

        let index = "<sitemapindex><sitemap><loc>https://acme.example/1.xml.gz</loc><lastmod>2026-11-20T10:00:00Z</lastmod></sitemap></sitemapindex>";
        let expected =
            vec![entry("https://acme.example/1.xml.gz", Some("2026-11-20T10:00:00Z"), None)];
        assert_eq!(read(index), Some(Sitemap { pages: vec![], sitemaps: expected }));

        let lines = read("https://acme.example/a\n\nhttps://acme.example/b\n").unwrap();
        assert_eq!(lines.pages.len(), 2);
        assert_eq!(read("<html><p>https://acme.example/a</p></html>"), None);
        assert_eq!(read(""), None);
    }
}
