//! Answers that are kept so that a source can say "nothing new" (304) in place of sending them once more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::{
    ETAG, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};

use super::ask::Ask;
use crate::net::Response;

/// Bytes of all bodies that are kept.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// What the source tells an answer by, and how it is asked whether it is still that one.
const VALIDATORS: [(HeaderName, HeaderName); 2] =
    [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)];

/// An answer that can be asked for again by what it is told by.
#[derive(Debug)]
pub struct Answer {
    url: String,
    conditions: Vec<(HeaderName, HeaderValue)>,
    pub response: Response,
}

/// The answers that came last. One process's own: after a restart everything is asked for once.
#[derive(Debug, Default)]
pub struct Cache {
    /// The one that came last is at the end.
    answers: Mutex<VecDeque<Arc<Answer>>>,
}

impl Cache {
    /// The same question, with the condition that the answer is another than the one that is kept.
    pub fn conditional(&self, mut ask: Ask) -> Ask {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answers.iter().find(|answer| answer.url == ask.url) {
            ask.headers
                .extend(answer.conditions.iter().cloned().map(|(name, value)| (Some(name), value)));
            ask.known = Some(Arc::clone(answer));
        }
        ask
    }

    /// Keeps an answer to `url` where its source says what it is told by.
    pub fn keep(&self, url: &str, response: &Response) {
        let condition = |(said, asked): (HeaderName, HeaderName)| {
            Some((asked, response.headers.get(said)?.clone()))
        };
        let conditions: Vec<_> = VALIDATORS.into_iter().filter_map(condition).collect();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|answer| answer.url != url);
        if conditions.is_empty() || response.body.len() > MOST_BYTES / 4 {
            return;
        }
        let (url, response) = (url.to_owned(), response.clone());
        answers.push_back(Arc::new(Answer { url, conditions, response }));
        let mut bytes: usize = answers.iter().map(|answer| answer.response.body.len()).sum();
        while bytes > MOST_BYTES
            && let Some(oldest) = answers.pop_front()
        {
            bytes -= oldest.response.body.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::Url;
    use reqwest::header::HeaderMap;

    use super::*;

    fn response(headers: &[(HeaderName, &'static str)], size: usize) -> Response {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        Response {
            status: 200,
            headers: headers.collect::<HeaderMap>(),
            url: Url::parse("https://acme.example/feed").unwrap(),
            body: vec![b'x'; size],
            truncated: false,
            is_late: false,
            first_byte: Duration::ZERO,
        }
    }

    fn conditions(cache: &Cache, url: &str) -> HeaderMap {
        cache.conditional(Ask::json(&Url::parse(url).unwrap())).headers
    }

    #[test]
    fn what_has_a_name_is_kept_and_what_came_first_goes_first() {
        let cache = Cache::default();
        let url = |number: u32| format!("https://acme.example/{number}");
        cache.keep(&url(1), &response(&[], 10));
        assert!(conditions(&cache, &url(1)).is_empty(), "nothing tells it");
        let date = "Fri, 20 Nov 2026 10:00:00 GMT";
        cache.keep(&url(1), &response(&[(ETAG, "\"a\""), (LAST_MODIFIED, date)], 10));
        let asked = conditions(&cache, &url(1));
        assert_eq!(
            (&asked[IF_NONE_MATCH], &asked[IF_MODIFIED_SINCE]),
            (&HeaderValue::from_static("\"a\""), &HeaderValue::from_static(date))
        );
        assert!(conditions(&cache, &url(2)).is_empty());
        for number in 2..8 {
            cache.keep(&url(number), &response(&[(ETAG, "\"b\"")], MOST_BYTES / 5));
        }
        assert!(conditions(&cache, &url(1)).is_empty(), "there was no room for it");
        assert!(!conditions(&cache, &url(7)).is_empty());
        cache.keep(&url(7), &response(&[(ETAG, "\"c\"")], MOST_BYTES));
        assert!(conditions(&cache, &url(7)).is_empty(), "too large, and the one before is old");
    }
}
