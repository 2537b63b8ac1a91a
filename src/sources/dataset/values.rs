//! What single values mean: counts, kinds of post, ids, and the id of a post that has none.

use chrono::SecondsFormat;
use sha2::{Digest, Sha256};

use crate::model::document::{Document, DocumentKind};

/// Whether a text stands for a value that is not there.
pub(super) fn is_absent(text: &str) -> bool {
    const WORDS: [&str; 8] = ["null", "nil", "none", "nan", "nat", "n/a", "\\n", "-"];
    let text = text.trim();
    text.is_empty() || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A count of reactions: digits, with commas between thousands or a fraction of zero at most.
pub(super) fn count(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = first.len() <= 3 && groups.all(|group| group.len() == 3);
    let digits = whole.replace(',', "");
    let plain = !first.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (whole.contains(',') && !grouped) {
        return None;
    }
    digits.parse().ok()
}

/// The kind a word means, by our names and those of the platforms.
pub(super) fn kind(word: &str) -> Option<DocumentKind> {
    let kind = match word.trim().to_lowercase().as_str() {
        "post" | "tweet" | "status" | "story" | "link" | "submission" | "toot" | "message"
        | "original" | "text" | "photo" | "image" => DocumentKind::Post,
        "comment" => DocumentKind::Comment,
        "reply" | "replied_to" => DocumentKind::Reply,
        "repost" | "retweet" | "retweeted" | "reblog" | "boost" | "share" => DocumentKind::Repost,
        "quote" | "quoted" | "quote_tweet" => DocumentKind::Quote,
        "article" | "news" | "blog" => DocumentKind::Article,
        "video" => DocumentKind::Video,
        "issue" | "pull_request" => DocumentKind::Issue,
        "answer" => DocumentKind::Answer,
        _ => return None,
    };
    Some(kind)
}

/// Whether a spreadsheet wrote the id as a rounded number, `5.40E+17`: many posts then share it.
pub(super) fn is_ruined_id(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['e', 'E']) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let signed = exponent.strip_prefix('+');
    // Without point and sign it may as well be an id of letters and digits.
    let is_number = signed.is_some() || mantissa.len() > whole.len();
    is_number && digits(whole) && digits(fraction) && digits(signed.unwrap_or(exponent))
}

/// An id for a document that came without one: the same content always has the same.
pub(super) fn derived_id(document: &Document) -> String {
    let author = document.author.identity();
    let author = author.as_deref().or(document.author.name.as_deref());
    let published_at = document.published_at;
    let published_at = published_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
    let parts = [
        author,
        published_at.as_deref(),
        document.url.as_deref(),
        document.title.as_deref(),
        Some(document.text.as_str()),
    ];
    let mut hasher = Sha256::new();
    for part in parts {
        // Lengths keep one part from running into the next.
        let part = part.unwrap_or_default();
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut id = format!("h-{}", hex::encode(hasher.finalize()));
    id.truncate("h-".len() + 32);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (text, expected) in [
            ("0", Some(0)),
            (" 52 ", Some(52)),
            ("12.0", Some(12)),
            ("1,234", Some(1234)),
            ("1,234,567", Some(1_234_567)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("1.000", None),
            ("1234,567", None),
            ("1,23", None),
            (",123", None),
            ("1.2K", None),
            (".0", None),
            ("", None),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
    }

    #[test]
    fn absent_values() {
        for text in ["", " ", "NULL", "NaN", "\\N", "n/a"] {
            assert!(is_absent(text), "{text}");
        }
        for text in ["0", "no", "nano"] {
            assert!(!is_absent(text), "{text}");
        }
    }

    #[test]
    fn every_kind_is_known_by_its_own_name() {
        for name in
            ["post", "comment", "reply", "repost", "quote", "article", "video", "issue", "answer"]
        {
            let expected = serde_json::from_value(serde_json::json!(name)).ok();
            assert!(expected.is_some(), "{name}");
            assert_eq!(kind(name), expected);
        }
        assert_eq!(kind(" Retweet "), Some(DocumentKind::Repost));
        assert_eq!(kind("banana"), None);
    }

    #[test]
    fn ruined_ids() {
        for id in ["5.40E+17", "5.4e17", "5E+17", "5,40E+17", "1e+3"] {
            assert!(is_ruined_id(id), "{id}");
        }
        for id in ["5e17", "540000000000000000", "h-e", "E+17", "a.5E+17", "1.5", "", "5E+"] {
            assert!(!is_ruined_id(id), "{id}");
        }
    }

    #[test]
    fn derived_ids_tell_content_apart() {
        let document = |title: Option<&str>, text: &str| Document {
            title: title.map(str::to_owned),
            text: text.to_owned(),
            ..Document::default()
        };
        let id = derived_id(&document(Some("ab"), "c"));
        assert_eq!(id.len(), 34);
        assert_eq!(id, derived_id(&document(Some("ab"), "c")));
        assert_ne!(id, derived_id(&document(Some("a"), "bc")));
        assert_ne!(id, derived_id(&document(None, "abc")));
        // Fixed for good: results refer to these ids.
        assert_eq!(derived_id(&document(None, "hello")), "h-e38df7ec49cbc11a80facccb970de49e");
    }
}
