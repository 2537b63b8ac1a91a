//! The numbers that a text says, in digits and in words.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A number as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub written: String,
    /// Nothing where it says how many and not exactly: dozens, twice.
    pub value: Option<f64>,
    /// What one more in its last digit comes to: of `1.5k` 100.
    pub step: f64,
    pub is_percent: bool,
    /// The word that follows, in lower case.
    pub next: String,
}

/// `None` where the pattern is broken, which a test would show.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?P<whole>\d{1,3}(?:[,'’\u{a0}\u{2009}\u{202f}]\d{3})+|\d+) (?P<part>\.\d+)?
        (?:[\s\u{a0}\u{202f}-]?(?P<percent>%|(?i:per\s?cent\b|percentage\b))
          |(?P<scale>[kKmM]\b|(?i:bn\b|[\s-](?:hundred|thousand|million|billion)\b)))?
        (?P<rest>[\p{Alphabetic}_]\w*)?
        |(?P<word>\p{Alphabetic}[\w'’]*)",
    )
    .ok()
});

const NUMBERS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// They say how many without saying it.
const VAGUE: [&str; 32] = [
    "half",
    "halves",
    "twice",
    "thrice",
    "double",
    "doubled",
    "doubles",
    "triple",
    "tripled",
    "triples",
    "quadrupled",
    "dozen",
    "dozens",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "thirds",
    "quarters",
    "fold",
    "tenfold",
];

/// All numbers of a text, in order. `one` is none: it mostly stands for a thing.
pub fn figures_of(text: &str) -> Vec<Figure> {
    let Some(pattern) = NUMBER.as_ref() else { return Vec::new() };
    let found = pattern.captures_iter(text);
    found.filter_map(|found| figure(text, &found)).collect()
}

fn figure(text: &str, found: &Captures) -> Option<Figure> {
    let all = found.get(0)?;
    let next = text.get(all.end()..).unwrap_or_default();
    let next = next.trim_start_matches(|c: char| c.is_whitespace() || c == '-');
    let next = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    let written = all.as_str().trim().to_owned();
    let is_percent = found.name("percent").is_some();
    if let Some(word) = found.name("word") {
        let (value, is_percent) = worded(word.as_str(), &next)?;
        return Some(Figure { written, value, step: 1.0, is_percent, next });
    }
    let digits: String =
        found.name("whole")?.as_str().chars().filter(char::is_ascii_digit).collect();
    let part = found.name("part").map_or("", |part| part.as_str());
    let decimals = i32::try_from(part.len().saturating_sub(1)).unwrap_or(i32::MAX);
    let scale = found.name("scale").map_or(1.0, |scale| scaled(scale.as_str()));
    let rest = found.name("rest").map_or("", |rest| rest.as_str());
    let before = text.get(..all.start()).and_then(|before| before.chars().next_back());
    let is_joined = before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        || !matches!(rest, "" | "st" | "nd" | "rd" | "th");
    let value: Option<f64> = format!("{digits}{part}").parse().ok().filter(|_| !is_joined);
    let value = value.map(|value: f64| value * scale);
    Some(Figure { written, value, step: scale * 10_f64.powi(-decimals), is_percent, next })
}

/// What a word says as a number, where it says one, and whether of a hundred.
fn worded(word: &str, next: &str) -> Option<(Option<f64>, bool)> {
    let word = word.to_lowercase();
    let is_percent = matches!(next, "percent" | "per");
    // Digits that a word runs into say nothing that can be held against a figure.
    if VAGUE.contains(&word.as_str()) || word.contains(char::is_numeric) {
        return Some((None, false));
    }
    let value_of = |word: &str| (0_u32..).zip(NUMBERS).find(|(_, number)| *number == word);
    let value = value_of(&word)?.0;
    // What goes on, as in twenty-one, is another number than it begins with.
    if value == 20 && value_of(next).is_some_and(|(next, _)| (1..10).contains(&next)) {
        return Some((None, false));
    }
    // `one` by itself stands for a thing, and before a vague word that one is refused.
    (value != 1 || is_percent).then(|| (Some(f64::from(value)), is_percent))
}

fn scaled(scale: &str) -> f64 {
    match scale.trim_start_matches(|c: char| c.is_whitespace() || c == '-').to_lowercase().as_str()
    {
        "k" | "thousand" => 1e3,
        "m" | "million" => 1e6,
        "bn" | "billion" => 1e9,
        _ => 100.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_in_digits_and_in_words() {
        let said = |text: &str| {
            let found = figures_of(text).into_iter();
            found.map(|f| (f.value, f.step, f.is_percent, f.next)).collect::<Vec<_>>()
        };
        let one = |value: f64, step: f64, is_percent: bool, next: &str| {
            vec![(Some(value), step, is_percent, next.to_owned())]
        };
        assert_eq!(said("1,482 posts"), one(1482.0, 1.0, false, "posts"));
        assert_eq!(said("1\u{202f}482\u{a0}posts"), one(1482.0, 1.0, false, "posts"));
        assert_eq!(said("up 12.5 % now"), one(12.5, 0.1, true, "now"));
        assert_eq!(said("3 percent"), one(3.0, 1.0, true, ""));
        assert_eq!(said("about 1.5k posts"), one(1500.0, 100.0, false, "posts"));
        assert_eq!(said("2 million views"), one(2e6, 1e6, false, "views"));
        assert_eq!(said("Three people"), one(3.0, 1.0, false, "people"));
        assert_eq!(said("twelve-day"), one(12.0, 1.0, false, "day"));
        assert_eq!(said("twenty posts"), one(20.0, 1.0, false, "posts"));
        assert_eq!(said("twenty-one posts")[0].0, None);
        assert_eq!(said("Twenty two")[0].0, None);
        assert_eq!(said("the 2nd post"), one(2.0, 1.0, false, "post"));
        assert_eq!(said("ten percent"), one(10.0, 1.0, true, "percent"));
        assert!(said("one of them, no figures and nothing threefold").is_empty());
        for vague in ["dozens of posts", "Half of them", "v2", "57x", "GPT4", "a million"] {
            assert_eq!(
                figures_of(vague).iter().map(|f| f.value).collect::<Vec<_>>(),
                [None],
                "{vague}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_no_digit_is_missed(text in "(\\PC|[0-9 .,%k'-]|three ){0,40}") {
            let found = figures_of(&text);
            let has_digit = text.chars().any(|c| c.is_ascii_digit());
            prop_assert!(!has_digit || !found.is_empty());
        }
    }
}
