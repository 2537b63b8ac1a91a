//! The source `gdelt`: news articles by the DOC 2.0 search of the GDELT project.
//!
//! It looks through whole articles but gives their titles only, so only those that say a name in their title
//! can be counted. A search gives 250 articles and no further page; longer ones are walked by time, which it
//! keeps in quarters of an hour.

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, ErrorClass, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source};
use crate::model::document::{Author, Document, DocumentKind};
use crate::net::Response;

pub const BASE_URL: &str = "https://api.gdeltproject.org/api/v2";
const MOST: u64 = 250;
/// Longer searches are refused in some places; nothing is said of a limit.
const LONGEST_QUERY: usize = 200;
const LANGUAGES: [(&str, &str); 46] = [
    ("Afrikaans", "af"),
    ("Albanian", "sq"),
    ("Arabic", "ar"),
    ("Armenian", "hy"),
    ("Azerbaijani", "az"),
    ("Bengali", "bn"),
    ("Bosnian", "bs"),
    ("Bulgarian", "bg"),
    ("Catalan", "ca"),
    ("Chinese", "zh"),
    ("Croatian", "hr"),
    ("Czech", "cs"),
    ("Danish", "da"),
    ("Dutch", "nl"),
    ("English", "en"),
    ("Estonian", "et"),
    ("Finnish", "fi"),
    ("French", "fr"),
    ("Georgian", "ka"),
    ("German", "de"),
    ("Greek", "el"),
    ("Hebrew", "he"),
    ("Hindi", "hi"),
    ("Hungarian", "hu"),
    ("Icelandic", "is"),
    ("Indonesian", "id"),
    ("Italian", "it"),
    ("Japanese", "ja"),
    ("Korean", "ko"),
    ("Latvian", "lv"),
    ("Lithuanian", "lt"),
    ("Macedonian", "mk"),
    ("Malay", "ms"),
    ("Norwegian", "no"),
    ("Persian", "fa"),
    ("Polish", "pl"),
    ("Portuguese", "pt"),
    ("Romanian", "ro"),
    ("Russian", "ru"),
    ("Serbian", "sr"),
    ("Slovak", "sk"),
    ("Slovenian", "sl"),
    ("Spanish", "es"),
    ("Swedish", "sv"),
    ("Turkish", "tr"),
    ("Ukrainian", "uk"),
];

/// Needs nothing.
pub struct Gdelt {
    setup: Setup,
}

impl Gdelt {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for Gdelt {
    fn covers(&self) -> &'static str {
        "News articles in 65 languages whose title says the name, at the quarter of an hour in which GDELT saw them; the last three months for sure."
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Articles { setup: &self.setup, source: &request.source };
            let queries = queries(&phrases::of(&request.terms));
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &queries)
                .await
        })
    }
}

/// Names are joined in one bracket, which may hold no other: words that go together are searched for alone.
fn queries(phrases: &[String]) -> Vec<String> {
    let (together, single): (Vec<&String>, Vec<&String>) =
        phrases.iter().partition(|phrase| phrase.contains("\" \""));
    let single: Vec<String> = single.into_iter().cloned().collect();
    let joined = phrases::joined(&single, " OR ", LONGEST_QUERY).into_iter();
    let bracketed =
        joined.map(|query| if query.contains(" OR ") { format!("({query})") } else { query });
    bracketed.chain(together.into_iter().cloned()).collect()
}

struct Articles<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    articles: Vec<Article>,
}

#[derive(Deserialize)]
struct Article {
    url: String,
    #[serde(default)]
    title: String,
    #[serde(rename = "seendate")]
    seen: String,
    domain: Option<String>,
    language: Option<String>,
}

impl Search for Articles<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn ask(&self, query: &str, seconds: Seconds, _: Option<&str>) -> Result<Ask, UpstreamError> {
        let written = |second| {
            let at = DateTime::<Utc>::from_timestamp(second, 0).unwrap_or_default();
            at.format("%Y%m%d%H%M%S").to_string()
        };
        // Whether the end is inside is not said; what lies behind it is left out here.
        let (from, to) = (written(seconds.first), written(seconds.last + 1));
        let most = MOST.to_string();
        let parameters = [
            ("query", query),
            ("mode", "artlist"),
            ("format", "json"),
            ("maxrecords", most.as_str()),
            ("sort", "datedesc"),
            ("startdatetime", from.as_str()),
            ("enddatetime", to.as_str()),
        ];
        Ok(Ask::json(&ask::address(&self.setup.base_url, "/doc/doc", &parameters)?))
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let body = String::from_utf8_lossy(&response.body);
        if !body.trim_start().starts_with(['{', '<']) {
            // It says in plain words, with 200, that it does not take the search.
            let said = http::excerpt(&response.body, response.url.as_str());
            let message = format!("it refused the search: {said}");
            return Err(UpstreamError::new(ErrorClass::Rejected, message));
        }
        let mended = Response { body: mended(&body).into_bytes(), ..response.clone() };
        let found: Found = http::json(&mended)?;
        let articles = found.articles.into_iter().map(|article| {
            let at = NaiveDateTime::parse_from_str(&article.seen, "%Y%m%dT%H%M%SZ");
            let at = at.ok().map(|at| at.and_utc());
            (at.map(|at| at.timestamp()), at.map(|at| article.into_document(self.source, at)))
        });
        Ok(Page::of(articles))
    }
}

/// Its JSON with control characters as spaces and without the backslashes that escape nothing.
fn mended(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut characters = body.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                out.push('\\');
                out.extend(characters.next());
            }
            ('\\', _) => {}
            (control, _) if control.is_control() => out.push(' '),
            (other, _) => out.push(other),
        }
    }
    out
}

impl Article {
    fn into_document(self, source: &str, at: DateTime<Utc>) -> Document {
        let known = |name: &String| LANGUAGES.iter().find(|(known, _)| known == name);
        Document {
            source: source.to_owned(),
            id: self.url.clone(),
            url: Some(self.url),
            kind: DocumentKind::Article,
            // Who wrote it is not given: the paper is no author, and only its name is shown.
            author: Author { name: self.domain, ..Author::default() },
            title: Some(self.title.trim().to_owned()).filter(|title| !title.is_empty()),
            lang: self.language.as_ref().and_then(known).map(|(_, code)| (*code).to_owned()),
            published_at: Some(at),
            ..Document::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_and_words_that_go_together_stay_alone() {
        let phrases = ["\"Acme\"", "\"price\" \"rise\"", "\"Globex\""].map(str::to_owned);
        assert_eq!(queries(&phrases), ["(\"Acme\" OR \"Globex\")", "\"price\" \"rise\""]);
        assert_eq!(queries(&phrases[..1]), ["\"Acme\""]);
    }

    #[test]
    fn broken_json_is_mended_and_whole_json_stays() {
        let cases = [
            (r#"{"a":"b\"c\\ \u00e9"}"#, r#"{"a":"b\"c\\ \u00e9"}"#),
            (r#"{"a":"it\'s \- C:\path"}"#, r#"{"a":"it's - C:path"}"#),
            ("{\"a\":\"one\u{1}two\"}", "{\"a\":\"one two\"}"),
            ("{\"a\":\"end\\", "{\"a\":\"end"),
        ];
        for (body, expected) in cases {
            assert_eq!(mended(body), expected);
        }
    }
}
