//! Whether a request's conditions hold (RFC 9110, section 13): in the order that it has.

use axum::http::{HeaderMap, HeaderName, header};
use chrono::{DateTime, Utc};

/// What conditions are about.
pub struct Validators<'a> {
    /// With its quotes; begins with `W/` when it is weak.
    pub etag: &'a str,
    /// None where it does not tell whether the bytes are others.
    pub modified: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Answer,
    /// 304
    NotModified,
    /// 412
    Failed,
}

impl Validators<'_> {
    pub fn judge(&self, headers: &HeaderMap) -> Verdict {
        let date = |name: HeaderName| headers.get(name)?.to_str().ok().and_then(date);
        if headers.contains_key(header::IF_MATCH) {
            if !self.is_matched(headers) {
                return Verdict::Failed;
            }
        } else if let (Some(since), Some(at)) = (date(header::IF_UNMODIFIED_SINCE), self.second())
            && at > since
        {
            return Verdict::Failed;
        }
        if headers.contains_key(header::IF_NONE_MATCH) {
            return if is_known(headers, self.etag) {
                Verdict::NotModified
            } else {
                Verdict::Answer
            };
        }
        match (date(header::IF_MODIFIED_SINCE), self.second()) {
            (Some(since), Some(at)) if at <= since => Verdict::NotModified,
            _ => Verdict::Answer,
        }
    }

    /// Whether a part may be sent to who has another part of what `If-Range` names.
    pub fn allows_part(&self, headers: &HeaderMap) -> bool {
        let Some(condition) = headers.get(header::IF_RANGE) else { return true };
        let condition = condition.to_str().unwrap_or_default().trim();
        if condition.contains('"') {
            return !self.is_weak() && condition == self.etag;
        }
        // A date has to be that of the answer, to the second.
        self.modified.is_some() && date(condition) == self.second()
    }

    /// A weak tag never is the same as another here.
    fn is_matched(&self, headers: &HeaderMap) -> bool {
        let is_same = |tag: &str| tag == "*" || (!self.is_weak() && tag == self.etag);
        tags(headers, &header::IF_MATCH).any(is_same)
    }

    fn is_weak(&self) -> bool {
        self.etag.starts_with("W/")
    }

    /// Dates in headers have whole seconds.
    fn second(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.modified?.timestamp(), 0)
    }
}

/// Whether the client says it has these bytes.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let plain = etag.trim_start_matches("W/");
    tags(headers, &header::IF_NONE_MATCH)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/") == plain)
}

fn tags<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// The instant of a header's date.
fn date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

/// An instant as headers have it.
pub fn http_date(instant: DateTime<Utc>) -> String {
    httpdate::fmt_http_date(instant.max(DateTime::UNIX_EPOCH).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(etag: &str, modified: bool, given: &[(&'static str, &str)]) -> (Verdict, bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().unwrap());
        }
        let modified = modified.then(|| "2026-04-30T08:00:00.750Z".parse().unwrap());
        let validators = Validators { etag, modified };
        (validators.judge(&headers), validators.allows_part(&headers))
    }

    #[test]
    fn the_first_condition_that_counts_decides() {
        use Verdict::{Answer, Failed, NotModified};
        let (at, before) = ("Thu, 30 Apr 2026 08:00:00 GMT", "Thu, 30 Apr 2026 07:59:59 GMT");
        for (given, expected) in [
            (vec![], Answer),
            (vec![("if-match", "\"a\"")], Answer),
            (vec![("if-match", "\"b\", \"a\"")], Answer),
            (vec![("if-match", "*")], Answer),
            (vec![("if-match", "W/\"a\"")], Failed),
            (vec![("if-match", "\"b\"")], Failed),
            (vec![("if-match", "\"a\""), ("if-unmodified-since", before)], Answer),
            (vec![("if-unmodified-since", before)], Failed),
            (vec![("if-unmodified-since", at)], Answer),
            (vec![("if-unmodified-since", "yesterday")], Answer),
            (vec![("if-none-match", "\"a\"")], NotModified),
            (vec![("if-none-match", "W/\"a\"")], NotModified),
            (vec![("if-none-match", "\"b\""), ("if-modified-since", at)], Answer),
            (vec![("if-none-match", "\"b\""), ("if-none-match", "\"a\"")], NotModified),
            (vec![("if-match", "\"b\""), ("if-none-match", "\"a\"")], Failed),
            (vec![("if-modified-since", at)], NotModified),
            (vec![("if-modified-since", before)], Answer),
            (vec![("if-modified-since", "yesterday")], Answer),
        ] {
            assert_eq!(judged("\"a\"", true, &given).0, expected, "{given:?}");
        }
        assert_eq!(judged("\"a\"", false, &[("if-modified-since", at)]).0, Answer);
        assert_eq!(judged("W/\"a\"", true, &[("if-match", "W/\"a\"")]).0, Failed);
        assert_eq!(judged("W/\"a\"", true, &[("if-none-match", "\"a\"")]).0, NotModified);
    }

    #[test]
    fn a_part_is_for_who_has_the_same_bytes() {
        let (at, later) = ("Thu, 30 Apr 2026 08:00:00 GMT", "Thu, 30 Apr 2026 08:00:01 GMT");
        for (etag, condition, expected) in [
            ("\"a\"", "\"a\"", true),
            ("\"a\"", "W/\"a\"", false),
            ("\"a\"", "\"b\"", false),
            ("W/\"a\"", "W/\"a\"", false),
            ("\"a\"", at, true),
            ("\"a\"", later, false),
            ("\"a\"", "never", false),
        ] {
            let (_, allowed) = judged(etag, true, &[("if-range", condition)]);
            assert_eq!(allowed, expected, "{etag} {condition}");
        }
        assert!(!judged("\"a\"", false, &[("if-range", at)]).1, "the date says nothing");
        assert!(judged("\"a\"", false, &[]).1);
    }
}
