//! What a page for people says of itself, and its readable text: what is in its article or main part, else all
//! of it, without navigation, footers and forms.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::structured::{self, Structured};
use crate::model::document::{Author, Document, DocumentKind};
use crate::net::Response;
use crate::sources::rss::{dates, parse};
use crate::sources::text::{self, Text};

/// What is around the text of a page.
const AROUND: [&str; 12] = [
    "script", "style", "template", "noscript", "iframe", "object", "nav", "header", "footer",
    "aside", "form", "svg",
];
/// What the text of a page is in.
const MAIN: [&str; 2] = ["article", "main"];

/// A page as far as it is needed.
#[derive(Debug, Default)]
pub struct Page {
    pub url: String,
    pub published_at: Option<DateTime<Utc>>,
    /// Whether it asks not to be kept by those who index.
    pub is_unwanted: bool,
    title: Option<String>,
    text: String,
    lang: Option<String>,
    author: Author,
    structured: Structured,
}

/// Whether the answer's own words make it a page.
pub fn is_said_to_be_one(response: &Response) -> bool {
    let said = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.is_some_and(|said| said.starts_with("text/html") || said.starts_with("application/xhtml"))
}

/// Reads a page. Nothing is wrong enough with one not to be read.
pub fn read(response: &Response) -> Page {
    let html = decoded(response);
    let mut reading = Reading::default();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for Ok(token) in Tokenizer::new_with_emitter(&html, emitter) {
        match token {
            Token::StartTag(tag) => reading.start(&tag),
            Token::EndTag(tag) => reading.end(&tag.name),
            Token::String(string) => reading.text(&String::from_utf8_lossy(&string.value)),
            _ => {}
        }
    }
    reading.finish(&response.url, &response.headers)
}

/// By the answer's header, the page's own words, or the mark at its beginning.
fn decoded(response: &Response) -> String {
    let said = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let head =
        String::from_utf8_lossy(&response.body[..response.body.len().min(2_048)]).into_owned();
    let charset = charset(said.unwrap_or_default()).or_else(|| charset(&head));
    let encoding = charset.and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    let encoding = encoding.unwrap_or(encoding_rs::UTF_8);
    encoding.decode(&response.body).0.into_owned()
}

fn charset(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (_, after) = lower.split_once("charset=")?;
    let name = after.trim_start_matches(['"', '\'', ' ']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
    Some(name[..end.unwrap_or(name.len())].to_owned())
}

#[derive(Default)]
struct Reading {
    /// By name or property, in lower case; the first of each.
    metas: HashMap<String, String>,
    canonical: Option<String>,
    lang: Option<String>,
    time: Option<String>,
    title: Text,
    is_title: bool,
    /// The structured data that is being read, and that which was.
    data: Option<String>,
    structured: Structured,
    /// The element around which nothing is read, and how many of its name are open.
    around: Option<(Vec<u8>, usize)>,
    /// How many articles and main parts are open.
    main_depth: usize,
    main: Text,
    whole: Text,
}

impl Reading {
    fn start(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(value).trim().to_owned())
        };
        let name: &[u8] = &tag.name;
        if let Some((open, depth)) = &mut self.around {
            *depth += usize::from(open == name && !tag.self_closing);
            return;
        }
        match name {
            b"html" => self.lang = attribute("lang").filter(|lang| !lang.is_empty()),
            b"meta" => {
                let key = attribute("property").or_else(|| attribute("name"));
                if let (Some(key), Some(content)) = (key, attribute("content")) {
                    self.metas.entry(key.to_lowercase()).or_insert(content);
                }
            }
            b"link"
                if attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) =>
            {
                self.canonical = self.canonical.take().or_else(|| attribute("href"));
            }
            b"title" if self.title.is_empty() => self.is_title = true,
            b"time" => self.time = self.time.take().or_else(|| attribute("datetime")),
            _ => {}
        }
        let is_data =
            attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json"));
        if name == b"script" && is_data {
            self.data = Some(String::new());
        }
        if text::is_one_of(&AROUND, name) && !tag.self_closing {
            self.around = Some((name.to_vec(), 1));
            return;
        }
        self.main_depth += usize::from(text::is_one_of(&MAIN, name));
        self.gap(name);
    }

    fn end(&mut self, name: &[u8]) {
        if let Some((open, depth)) = &mut self.around {
            *depth -= usize::from(open == name);
            if *depth == 0 {
                self.around = None;
                if let Some(data) = self.data.take() {
                    self.structured =
                        std::mem::take(&mut self.structured).or(structured::read(&data));
                }
            }
            return;
        }
        if name == b"title" {
            self.is_title = false;
        }
        if text::is_one_of(&MAIN, name) {
            self.main_depth = self.main_depth.saturating_sub(1);
        }
        self.gap(name);
    }

    fn gap(&mut self, name: &[u8]) {
        self.whole.at_tag(name);
        self.main.at_tag(name);
    }

    fn text(&mut self, text: &str) {
        if let Some(data) = &mut self.data {
            data.push_str(text);
        } else if self.around.is_some() {
        } else if self.is_title {
            self.title.add(text);
        } else {
            self.whole.add(text);
            if self.main_depth > 0 {
                self.main.add(text);
            }
        }
    }

    fn finish(mut self, url: &Url, headers: &HeaderMap) -> Page {
        let meta = |names: &[&str]| {
            let found = names.iter().find_map(|name| self.metas.get(*name));
            found.map(|text| text::plain_if_html(text)).filter(|text| !text.is_empty())
        };
        let said = headers.get("x-robots-tag").and_then(|value| value.to_str().ok());
        let asks =
            [Some(said.unwrap_or_default().to_owned()), meta(&["robots"]), meta(&["bytestack"])];
        let is_unwanted = asks.into_iter().flatten().any(|asks| {
            asks.to_lowercase()
                .split([',', ' ', ':'])
                .any(|one| ["noindex", "none", "noarchive"].contains(&one))
        });
        let published = meta(&[
            "article:published_time",
            "og:published_time",
            "date",
            "dc.date",
            "dcterms.created",
        ]);
        let dates = [published, self.time.take()];
        let said_at = dates.iter().flatten().find_map(|date| dates::read(date));
        let author = meta(&["author", "article:author", "dc.creator"])
            .filter(|name| !name.starts_with("http"));
        let title = meta(&["og:title", "twitter:title"]);
        let lang = meta(&["og:locale"]);
        let canonical = self.canonical.take().and_then(|address| url.join(&address).ok());
        let canonical = canonical.filter(|canonical| canonical.host_str() == url.host_str());
        let mut bare = canonical.unwrap_or_else(|| url.clone());
        bare.set_fragment(None);
        let structured = std::mem::take(&mut self.structured);
        let main = self.main.finish();
        let named = self.title.finish();
        Page {
            url: bare.into(),
            published_at: structured.published_at.or(said_at),
            is_unwanted,
            title: title
                .or_else(|| structured.title.clone())
                .or(Some(named))
                .filter(|title| !title.is_empty()),
            text: if main.is_empty() { self.whole.finish() } else { main },
            lang: self.lang.or(lang).or_else(|| structured.lang.clone()).map(|lang| primary(&lang)),
            author: structured
                .author
                .clone()
                .unwrap_or_else(|| parse::author(author.as_deref(), None)),
            structured,
        }
    }
}

/// `en-GB` and `en_GB` are English.
fn primary(lang: &str) -> String {
    lang.split(['-', '_']).next().unwrap_or(lang).to_lowercase()
}

impl Page {
    /// The document that it is, published at a time.
    pub fn into_document(self, source: &str, at: DateTime<Utc>) -> Document {
        let body = self.structured.body.filter(|body| body.len() > self.text.len());
        Document {
            source: source.to_owned(),
            id: self.url.clone(),
            url: Some(self.url),
            kind: if self.structured.is_post { DocumentKind::Post } else { DocumentKind::Article },
            author: self.author,
            title: self.title,
            text: body.unwrap_or(self.text),
            lang: self.lang,
            published_at: Some(at),
            engagement: self.structured.engagement,
            ..Document::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn page(headers: &[(&'static str, &str)], body: &[u8]) -> Page {
        let headers =
            headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        read(&Response {
            status: 200,
            headers: headers.collect(),
            url: Url::parse("https://acme.example/news/a?utm=1#top").unwrap(),
            body: body.to_vec(),
            truncated: false,
            is_late: false,
            first_byte: Duration::ZERO,
        })
    }

    #[test]
    fn a_page_is_its_article_without_what_is_around_it() {
        let html = r#"<!DOCTYPE html><html lang="en-GB"><head><title>Acme &amp; co | News</title>
            <link rel="canonical" href="/news/a"><meta property="og:title" content="Acme &amp; co">
            <meta name="author" content="Dana Ito"><meta property="article:published_time" content="2026-11-20T10:00:00+01:00">
            </head><body><header><nav>Home</nav></header><main><article><h1>Acme</h1><p>First.</p><aside>Ads</aside>
            <div>Second <b>part</b><script>var no = "<p>no</p>";</script></div></article></main><footer>Imprint</footer></body></html>"#;
        let document = {
            let page = page(&[], html.as_bytes());
            let at = page.published_at.unwrap();
            page.into_document("web:https://acme.example", at)
        };
        assert_eq!(document.text, "Acme\nFirst.\nSecond part");
        assert_eq!(document.title.as_deref(), Some("Acme & co"));
        assert_eq!(document.id, "https://acme.example/news/a");
        assert_eq!(
            (document.lang.as_deref(), document.author.name.as_deref()),
            (Some("en"), Some("Dana Ito"))
        );
        assert_eq!(document.published_at.unwrap().to_rfc3339(), "2026-11-20T09:00:00+00:00");
    }

    #[test]
    fn structured_data_is_believed_first() {
        let html = r#"<html><head><title>t</title><script type="application/ld+json">{"@context":"https://schema.org","@graph":[
            {"@type":"WebSite","name":"Acme"},{"@type":["NewsArticle"],"headline":"Acme rises","datePublished":"2026-11-19",
            "author":[{"@type":"Person","name":"Kim","url":"https://acme.example/people/kim"}],"inLanguage":"de-DE","articleBody":"The whole of it, which is longer.",
            "interactionStatistic":[{"@type":"InteractionCounter","interactionType":{"@type":"LikeAction"},"userInteractionCount":7},
            {"@type":"InteractionCounter","interactionType":"https://schema.org/CommentAction","userInteractionCount":"3"}]}]}</script></head>
            <body><p>Short.</p><time datetime="2020-01-01">then</time></body></html>"#;
        let page = page(&[], html.as_bytes());
        assert_eq!(page.published_at.unwrap().to_rfc3339(), "2026-11-19T00:00:00+00:00");
        let document = page.into_document("web:a", DateTime::UNIX_EPOCH);
        assert_eq!(document.title.as_deref(), Some("Acme rises"));
        assert_eq!(document.text, "The whole of it, which is longer.");
        assert_eq!(document.author.id.as_deref(), Some("https://acme.example/people/kim"));
        assert_eq!((document.engagement.likes, document.engagement.replies), (Some(7), Some(3)));
        assert_eq!(document.lang.as_deref(), Some("de"));
    }

    #[test]
    fn charsets_are_found_and_wishes_heard() {
        let latin = page(
            &[("content-type", "text/html; charset=ISO-8859-1")],
            b"<html><p>caf\xe9</p></html>",
        );
        assert_eq!(latin.text, "café");
        let own = page(&[], b"<html><meta charset='windows-1252'><p>caf\xe9</p></html>");
        assert_eq!(own.text, "café");
        for html in [
            "<meta name=robots content='noindex, follow'>",
            "<meta name=ROBOTS content=NONE>",
            "<meta name=bytestack content=noarchive>",
        ] {
            assert!(page(&[], html.as_bytes()).is_unwanted, "{html}");
        }
        assert!(page(&[("x-robots-tag", "otherbot: nofollow, noindex")], b"<p>a</p>").is_unwanted);
        assert!(!page(&[], b"<meta name=robots content='index, follow'>").is_unwanted);
        assert!(page(&[], b"<p>no date</p>").published_at.is_none());
    }
}
