//! Media types of GraphQL over HTTP: which one the client reads, and which one it sent.

use axum::http::{HeaderMap, header};

/// What an answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `application/graphql-response+json`: the status tells a request error.
    GraphqlResponse,
    /// `application/json`: every well-formed request is answered 200.
    Json,
    /// `text/event-stream`: one event for each result.
    Events,
}

impl Answer {
    /// Of what is answered at once; also a stream that could not begin is answered in JSON.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json | Self::Events => "application/json; charset=utf-8",
        }
    }
}

/// The best answer for an `Accept` header; `None` when the client reads none. Without the header,
/// and for `*/*`, it is JSON, as older clients expect.
pub fn negotiate(headers: &HeaderMap) -> Option<Answer> {
    let accepts = headers.get_all(header::ACCEPT);
    let text: Vec<&str> = accepts.iter().filter_map(|value| value.to_str().ok()).collect();
    if text.is_empty() {
        return Some(Answer::Json);
    }
    let mut best: Option<(f32, Answer)> = None;
    for range in text.iter().flat_map(|value| value.split(',')) {
        let (essence, quality) = parse_range(range);
        let answer = match essence.as_str() {
            "application/graphql-response+json" => Answer::GraphqlResponse,
            "application/json" | "application/*" | "*/*" => Answer::Json,
            "text/event-stream" => Answer::Events,
            _ => continue,
        };
        let is_better = best.is_none_or(|(so_far, _)| quality > so_far);
        if quality > 0.0 && is_better {
            best = Some((quality, answer));
        }
    }
    best.map(|(_, answer)| answer)
}

/// Whether the request's body is said to be JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|text| parse_range(text).0 == "application/json")
}

/// A media type without its parameters, in lower case, and its quality.
fn parse_range(range: &str) -> (String, f32) {
    let mut parts = range.split(';');
    let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let quality = parts.find_map(|parameter| parameter.trim().strip_prefix("q=")?.parse().ok());
    (essence, quality.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiation() {
        let table = [
            (None, Some(Answer::Json)),
            (Some("*/*"), Some(Answer::Json)),
            (Some("application/json"), Some(Answer::Json)),
            (Some("application/graphql-response+json"), Some(Answer::GraphqlResponse)),
            (
                Some("application/json;q=0.8, application/graphql-response+json; charset=utf-8"),
                Some(Answer::GraphqlResponse),
            ),
            (Some("application/json, application/graphql-response+json;q=0.5"), Some(Answer::Json)),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
            (Some("text/event-stream"), Some(Answer::Events)),
            (Some("text/event-stream, application/json;q=0.9"), Some(Answer::Events)),
            (Some("application/json, text/event-stream"), Some(Answer::Json)),
            (Some("Text/HTML, APPLICATION/JSON"), Some(Answer::Json)),
        ];
        for (accept, expected) in table {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, accept.parse().unwrap());
            }
            assert_eq!(negotiate(&headers), expected, "{accept:?}");
        }
    }
}
