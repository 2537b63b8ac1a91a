//! Things that have a form by which they are found in a text: prices, versions, ratings and the like.

use std::sync::LazyLock;

use regex::Regex;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Price,
    Version,
    Rating,
    Percentage,
    Email,
    Url,
    Phone,
    Hashtag,
    Mention,
    Number,
    Date,
}

/// A thing that was found: where it stands, and what it comes to as a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    pub number: Option<f64>,
}

const MONTH: &str = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?";
const AMOUNT: &str = r"\d{1,3}(?:[.,'\u{a0}\u{202f}]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?";
const SIGNS: &str = r"[$€£¥₹₩₽₺]";
const CODES: &str =
    r"(?:usd|eur|gbp|chf|jpy|cad|aud|inr|sek|nok|dkk|pln|dollars?|euros?|pounds?|bucks|cents?)";

/// Each with the patterns that are tried in turn, the plainest first. A group named `n` is the
/// number, `k` what it is multiplied by.
static PATTERNS: LazyLock<Vec<(Pattern, Vec<Regex>)>> = LazyLock::new(|| {
    let scale = r"(?P<k>\s?(?:k|m|bn|thousand|million|billion)\b)?";
    let all = [
        (
            Pattern::Price,
            vec![
                format!(r"(?i)(?:US|CA|A)?{SIGNS}\s?(?P<n>{AMOUNT}){scale}"),
                format!(r"(?i)\b(?P<n>{AMOUNT}){scale}\s?(?:{SIGNS}|{CODES}\b)"),
                format!(r"(?i)\b{CODES}\s?(?P<n>{AMOUNT}){scale}"),
            ],
        ),
        (
            Pattern::Version,
            vec![
                r"(?i)\b(?:v|ver\.?|version|release)\s?(?P<n>\d+(?:\.\d+)*(?:-?(?:alpha|beta|rc)\.?\d*)?)\b".to_owned(),
                r"(?i)(?:^|[\s(])(?P<n>\d+\.\d+\.\d+(?:[-.]?(?:alpha|beta|rc)\.?\d*)?)\b".to_owned(),
            ],
        ),
        (
            Pattern::Rating,
            vec![
                r"\b(?P<n>\d{1,2}(?:\.\d+)?)\s?/\s?(?:5|10|100)\b".to_owned(),
                r"(?i)\b(?P<n>\d{1,2}(?:\.\d+)?)\s?(?:out of\s(?:5|10|100|five|ten)\b(?:\s?stars?\b)?|-?\s?stars?\b|/\s?5\s?stars?)".to_owned(),
                r"(?P<stars>[★⭐]\u{fe0f}?(?:[★⭐]\u{fe0f}?)*)".to_owned(),
            ],
        ),
        (Pattern::Percentage, vec![r"(?i)(?P<n>[-+]?\d+(?:[.,]\d+)?)\s?(?:%|percent\b|per cent\b|prozent\b)".to_owned()]),
        (Pattern::Email, vec![r"(?i)\b[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b".to_owned()]),
        (Pattern::Url, vec![r#"(?i)\bhttps?://[^\s<>"'`)\]}|]*[^\s<>"'`)\]}|.,;:!?…]"#.to_owned()]),
        (Pattern::Phone, vec![r"(?:\+\d{1,3}[\s./-]?)?(?:\(\d{1,5}\)[\s./-]?)?\d{2,5}(?:[\s./-]\d{2,5}){1,4}".to_owned()]),
        (Pattern::Hashtag, vec![r"(?:^|[^\w&/#])(?P<all>[#＃]\w*[\p{Alphabetic}_]\w*)".to_owned()]),
        (Pattern::Mention, vec![r"(?:^|[^\w@/.])(?P<all>[@＠][A-Za-z0-9_]\w*(?:\.\w+)*)".to_owned()]),
        (
            Pattern::Number,
            vec![format!(r"(?:^|[^\w.,/#@+-])(?P<all>(?P<n>[-+]?(?:{AMOUNT}))){scale}(?:$|[^\w/%])")],
        ),
        (
            Pattern::Date,
            vec![
                r"\b\d{4}-\d{2}-\d{2}\b".to_owned(),
                format!(r"(?i)\b\d{{1,2}}(?:st|nd|rd|th)?\.?\s(?:of\s)?{MONTH}(?:,?\s\d{{4}})?\b"),
                format!(r"(?i)\b{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?\b"),
                r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b".to_owned(),
            ],
        ),
    ];
    let compiled = |patterns: Vec<String>| {
        patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
    };
    all.into_iter().map(|(pattern, patterns)| (pattern, compiled(patterns))).collect()
});

impl Pattern {
    /// Whether it can be a number.
    pub fn is_number(self) -> bool {
        use Pattern::{Number, Percentage, Price, Rating, Version};
        matches!(self, Number | Percentage | Price | Rating | Version)
    }

    /// Every one in a text by the first of its forms that there is, in order.
    pub fn all(self, text: &str) -> Vec<Found> {
        let forms = PATTERNS.iter().find(|(pattern, _)| *pattern == self);
        let mut each = forms.into_iter().flat_map(|(_, forms)| forms).map(|form| {
            let found = form.captures_iter(text).filter_map(|found| {
                let whole = found.name("all").or_else(|| found.get(0))?;
                let trimmed =
                    whole.as_str().trim_start_matches(|c: char| c.is_whitespace() || c == '(');
                let start = whole.end() - trimmed.len();
                let scale = found.name("k").map_or("", |scale| scale.as_str().trim());
                let stars = found.name("stars").map(|stars| stars.as_str());
                let number = match (found.name("n"), stars) {
                    (_, Some(stars)) => {
                        Some(stars.chars().filter(|c| *c != '\u{fe0f}').map(|_| 1.0).sum())
                    }
                    (Some(number), _) => value(number.as_str()).map(|n| n * scaled(scale)),
                    _ => None,
                };
                let end = if scale.is_empty() {
                    whole.end()
                } else {
                    whole.end().max(found.name("k")?.end())
                };
                Some(Found { start, end, number })
            });
            found
                .filter(|found| self.is_one(text.get(found.start..found.end).unwrap_or_default()))
                .collect()
        });
        each.find(|found: &Vec<Found>| !found.is_empty()).unwrap_or_default()
    }

    /// What the form alone does not tell.
    fn is_one(self, written: &str) -> bool {
        let digits = written.chars().filter(char::is_ascii_digit).count();
        match self {
            // Shorter ones are years and scores, and a date is none.
            Self::Phone => (9..=15).contains(&digits) && Self::Date.all(written).is_empty(),
            _ => true,
        }
    }
}

/// A number however its thousands and its decimals are written; nothing for `2.1.3`.
fn value(written: &str) -> Option<f64> {
    let plain: String =
        written.chars().filter(|c| !matches!(c, '\'' | '\u{a0}' | '\u{202f}')).collect();
    let last = plain.rfind(['.', ',']);
    let Some(at) = last else { return plain.parse().ok() };
    let (whole, part) = plain.split_at_checked(at)?;
    let mark = part.chars().next()?;
    let part = part.trim_start_matches(['.', ',']);
    let has_other = whole.contains(if mark == '.' { ',' } else { '.' });
    let repeats = whole.contains(mark);
    if repeats && part.len() != 3 {
        return None;
    }
    // `1,299` is more than a thousand; `1.299` is as well where decimals have two digits at most.
    let is_thousands = part.len() == 3 && !has_other && (mark == ',' || repeats);
    let whole: String = whole.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let written = if is_thousands { format!("{whole}{part}") } else { format!("{whole}.{part}") };
    written.parse().ok()
}

fn scaled(scale: &str) -> f64 {
    match scale.to_lowercase().as_str() {
        "k" | "thousand" => 1e3,
        "m" | "million" => 1e6,
        "bn" | "billion" => 1e9,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Pattern; 11] = [
        Pattern::Price,
        Pattern::Version,
        Pattern::Rating,
        Pattern::Percentage,
        Pattern::Email,
        Pattern::Url,
        Pattern::Phone,
        Pattern::Hashtag,
        Pattern::Mention,
        Pattern::Number,
        Pattern::Date,
    ];

    #[test]
    fn things_are_found_by_their_form() {
        let table: [(Pattern, &str, &str, Option<f64>); 27] = [
            (Pattern::Price, "it was $1,299.99, ok", "$1,299.99", Some(1299.99)),
            (Pattern::Price, "costs 20 EUR a month", "20 EUR", Some(20.0)),
            (Pattern::Price, "1.299,50 € zu viel", "1.299,50 €", Some(1299.5)),
            (Pattern::Price, "raised $5.5M today", "$5.5M", Some(5_500_000.0)),
            (Pattern::Price, "usd 9", "usd 9", Some(9.0)),
            (Pattern::Price, "for 3 dollars.", "3 dollars", Some(3.0)),
            (Pattern::Version, "since v2.1.3 it", "v2.1.3", None),
            (Pattern::Version, "version 2.1 is", "version 2.1", Some(2.1)),
            (Pattern::Version, "on 4.10.2-rc1 now", "4.10.2-rc1", None),
            (Pattern::Rating, "a solid 4/5 from me", "4/5", Some(4.0)),
            (Pattern::Rating, "4.5 stars", "4.5 stars", Some(4.5)),
            (Pattern::Rating, "8 out of 10", "8 out of 10", Some(8.0)),
            (Pattern::Rating, "⭐⭐⭐ ok", "⭐⭐⭐", Some(3.0)),
            (Pattern::Percentage, "up 12.5 % now", "12.5 %", Some(12.5)),
            (Pattern::Percentage, "3 percent", "3 percent", Some(3.0)),
            (Pattern::Email, "mail a.b@acme.co.uk.", "a.b@acme.co.uk", None),
            (Pattern::Url, "(see https://a.io/x?y=1).", "https://a.io/x?y=1", None),
            (Pattern::Phone, "call +1 (555) 010-9999 now", "+1 (555) 010-9999", None),
            (Pattern::Hashtag, "so #Launch2026 ok", "#Launch2026", None),
            (Pattern::Mention, "hi @ann_b!", "@ann_b", None),
            (Pattern::Number, "had 42 crashes", "42", Some(42.0)),
            (Pattern::Number, "1,482 of them", "1,482", Some(1482.0)),
            (Pattern::Number, "10k users", "10k", Some(10_000.0)),
            (Pattern::Date, "by 2026-11-27.", "2026-11-27", None),
            (Pattern::Date, "on 27th of November 2026", "27th of November 2026", None),
            (Pattern::Date, "until Nov 3", "Nov 3", None),
            (Pattern::Date, "am 3.11.2026", "3.11.2026", None),
        ];
        for (pattern, text, wanted, number) in table {
            let found = pattern.all(text);
            let written = found.first().map(|found| &text[found.start..found.end]);
            assert_eq!(written, Some(wanted), "{text}");
            assert_eq!(found[0].number, number, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for (pattern, text) in [
            (Pattern::Price, "5 of them, 20 users"),
            (Pattern::Version, "in 2026 or 2.5 million"),
            (Pattern::Rating, "open 24/7, on 3/4 of days"),
            (Pattern::Percentage, "100 %d"),
            (Pattern::Email, "@ann and ann@"),
            (Pattern::Phone, "in 2025-2026, 12:30, on 2026-11-27"),
            (Pattern::Hashtag, "#1 a#b &#x27;"),
            (Pattern::Mention, "me@acme.com https://x.io/@ann"),
            (Pattern::Number, "v2 4/5 GPT4 50%"),
        ] {
            let found = pattern.all(text);
            let is_percent = pattern == Pattern::Percentage;
            assert!(found.is_empty() || is_percent, "{text}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_lies_in_the_text(text in "(\\PC|[0-9$€.,/%@#v +-]|https://|stars){0,40}") {
            for pattern in ALL {
                for found in pattern.all(&text) {
                    prop_assert!(text.get(found.start..found.end).is_some_and(|found| !found.is_empty()));
                }
            }
        }
    }
}
