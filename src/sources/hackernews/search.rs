//! One page of one search.

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::Deserialize;

use super::hit::Hit;
use crate::model::reading::Term;
use crate::model::window::TimeRange;
use crate::net::{Response, Schemes};
use crate::sources::http::{self, Ask, ErrorClass, Session, UpstreamError};

/// The most that a search gives, over all its pages.
pub const MOST_HITS: u64 = 1_000;

/// Whole seconds, both inside, as the search keeps time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds {
    pub first: i64,
    pub last: i64,
}

impl Seconds {
    /// The seconds that begin in a window; `None` when none does.
    pub fn of(window: TimeRange) -> Option<Self> {
        let (first, end) = (at_or_after(window.from), at_or_after(window.to));
        (first < end).then_some(Self { first, last: end - 1 })
    }

    /// The part of the window behind a second that is only partly known.
    pub fn covered(self, window: TimeRange, partly: i64) -> Option<TimeRange> {
        let from = DateTime::from_timestamp(partly + 1, 0)?.max(window.from);
        (partly >= self.first && from < window.to).then_some(TimeRange { from, to: window.to })
    }
}

fn at_or_after(instant: DateTime<Utc>) -> i64 {
    instant.timestamp() + i64::from(instant.timestamp_subsec_nanos() > 0)
}

/// What to search for, so that every post the terms match is found: one search for each name, the
/// words of an `all` together. Quoted, so that a name is a phrase and a leading `-` is no command.
pub fn phrases(terms: &[Term]) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| {
        let quoted = words.iter().map(|words| format!("\"{}\"", words.replace('"', " ").trim()));
        let phrase = quoted.collect::<Vec<_>>().join(" ");
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    };
    for term in terms {
        match term {
            Term::Text(text) => add(&[text]),
            Term::Entity { name, any } if any.is_empty() => add(&[name]),
            Term::Entity { any, .. } => any.iter().for_each(|name| add(&[name])),
            Term::All { all } => add(&all.iter().map(String::as_str).collect::<Vec<_>>()),
        }
    }
    phrases
}

pub struct Search<'a> {
    pub base_url: &'a str,
    pub phrase: &'a str,
    pub seconds: Seconds,
    /// From 0.
    pub page: u64,
}

/// What a page of a search gives.
#[derive(Debug)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// How many hits there are, whether or not they can be reached.
    pub total: u64,
    pub is_exact: bool,
    pub pages: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    hits: Vec<Hit>,
    nb_hits: u64,
    #[serde(default)]
    nb_pages: u64,
    #[serde(default = "yes")]
    exhaustive_nb_hits: bool,
}

fn yes() -> bool {
    true
}

impl Search<'_> {
    /// Asks, newest first.
    pub async fn send(&self, session: &Session) -> Result<Found, UpstreamError> {
        let url = self.url()?;
        let schemes = match url.scheme() {
            "http" => Schemes::HttpToo,
            _ => Schemes::Https,
        };
        let ask = Ask { url: url.into(), accept: "application/json", schemes, redirects: 2 };
        session.get(&ask, read).await
    }

    fn url(&self) -> Result<Url, UpstreamError> {
        let Seconds { first, last } = self.seconds;
        let window = format!("created_at_i>={first},created_at_i<={last}");
        let (page, most) = (self.page.to_string(), MOST_HITS.to_string());
        let parameters = [
            ("query", self.phrase),
            ("tags", "(story,comment)"),
            ("numericFilters", &window),
            // Neither the title of a comment's story nor a link or an author is what a post says.
            ("restrictSearchableAttributes", "title,comment_text,story_text"),
            ("typoTolerance", "false"),
            ("advancedSyntax", "true"),
            ("hitsPerPage", &most),
            ("page", &page),
        ];
        let url = format!("{}/search_by_date", self.base_url);
        Url::parse_with_params(&url, parameters).map_err(|error| {
            let message = format!("{url} is no address: {error}");
            UpstreamError::new(ErrorClass::Rejected, message)
        })
    }
}

fn read(response: &Response) -> Result<Found, UpstreamError> {
    let bad = |what: String| {
        let shown = http::excerpt(&response.body, response.url.as_str());
        UpstreamError::new(ErrorClass::BadPayload, format!("{what}: {shown}"))
    };
    if http::is_html(response) {
        return Err(bad("it answered with a page for people in place of JSON".to_owned()));
    }
    let answer: Answer = serde_json::from_slice(&response.body)
        .map_err(|error| bad(format!("its answer is not that of a search ({error})")))?;
    Ok(Found {
        total: answer.nb_hits,
        is_exact: answer.exhaustive_nb_hits,
        pages: answer.nb_pages,
        hits: answer.hits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, to: &str) -> TimeRange {
        TimeRange { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn the_end_of_a_window_is_outside_and_parts_of_seconds_count() {
        let cases = [
            ("1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z", Some((10, 19))),
            ("1970-01-01T00:00:10.001Z", "1970-01-01T00:00:20.001Z", Some((11, 20))),
            ("1970-01-01T00:00:10.5Z", "1970-01-01T00:00:11Z", None),
            ("1970-01-01T00:00:10.5Z", "1970-01-01T00:00:11.5Z", Some((11, 11))),
            ("1970-01-01T00:00:10Z", "1970-01-01T00:00:10Z", None),
        ];
        for (from, to, expected) in cases {
            let expected = expected.map(|(first, last)| Seconds { first, last });
            assert_eq!(Seconds::of(window(from, to)), expected, "{from} {to}");
        }
    }

    #[test]
    fn what_lies_behind_the_second_reached_is_covered() {
        let window = window("1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z");
        let seconds = Seconds::of(window).unwrap();
        let from = |reached| Some(seconds.covered(window, reached)?.from.timestamp());
        assert_eq!([from(19), from(18), from(10)], [None, Some(19), Some(11)]);
    }

    #[test]
    fn every_name_is_searched_for_once() {
        let terms = [
            Term::Text("Acme".into()),
            Term::Entity { name: "Globex".into(), any: vec!["Globex".into(), "Glo Bex".into()] },
            Term::Entity { name: "Initech".into(), any: vec![] },
            Term::All { all: vec!["price".into(), "open source".into()] },
            Term::Text("-say \"no\"".into()),
            Term::Text("Acme".into()),
        ];
        let expected = [
            "\"Acme\"",
            "\"Globex\"",
            "\"Glo Bex\"",
            "\"Initech\"",
            "\"price\" \"open source\"",
            "\"-say  no\"",
        ];
        assert_eq!(phrases(&terms), expected);
    }
}
