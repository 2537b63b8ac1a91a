//! What prose may say of an answer: its figures, the parts they are of each other, and its names.

use serde_json::Value;

use super::figures::Figure;
use crate::model::result::Answer;

/// Figures to compare with and names to leave out.
#[derive(Debug, Default)]
pub(super) struct Known {
    whole: Vec<f64>,
    broken: Vec<f64>,
    percents: Vec<f64>,
    /// In lower case, the longest first; only such as hold a digit.
    names: Vec<String>,
    quotable: Vec<String>,
    pub points: usize,
    days: f64,
}

/// What says nothing of the posts as a whole, and what was written rather than counted.
const SKIPPED: [&str; 11] = [
    "rank",
    "highlights",
    "basis",
    "rows",
    "summary",
    "method",
    "id",
    "url",
    "date_range",
    "threshold",
    "minimum",
];
/// Parts of 1, which prose says in percent.
const PARTS: [&str; 4] = ["share", "sum", "sentiment_score", "net"];
const SLACK: f64 = 1e-9;

impl Known {
    pub fn of(answer: &Answer) -> Self {
        let mut known = Self::default();
        known.walk("", &serde_json::to_value(answer).unwrap_or_default());
        let days =
            answer.date_range.to.signed_duration_since(answer.date_range.from).num_days() + 1;
        known.days = float(u64::try_from(days).unwrap_or_default());
        known.add_parts(answer);
        if let Some(summary) = &answer.summary {
            known.points = summary.points.len();
            // What is asked for may be a number itself: 404, Three.
            known.names.extend(summary.about.iter().map(|name| name.to_lowercase()));
            known.quotable.extend(summary.points.iter().map(|point| one_line(&point.text)));
            for key in summary.points.iter().flat_map(|point| &point.cites) {
                known.name(&key.source);
            }
        }
        answer.by_source.keys().for_each(|source| known.name(source));
        known.names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.names.dedup();
        known
    }

    fn name(&mut self, name: &str) {
        if name.contains(|c: char| c.is_ascii_digit()) && name.contains(char::is_alphabetic) {
            self.names.push(name.to_lowercase());
        }
    }

    fn walk(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                let fields = fields.iter().filter(|(name, _)| !SKIPPED.contains(&name.as_str()));
                for (name, value) in fields {
                    // What is in percent goes by other names below.
                    self.walk(if key == "pct" { key } else { name }, value);
                }
            }
            Value::Array(list) => list.iter().for_each(|value| self.walk(key, value)),
            Value::Number(number) => self.number(key, number),
            Value::String(text)
                if matches!(
                    key,
                    "text" | "title" | "term" | "positive" | "neutral" | "negative"
                ) =>
            {
                self.quotable.push(one_line(text));
            }
            Value::String(text)
                if matches!(
                    key,
                    "key" | "name" | "term" | "handle" | "community" | "matched_terms"
                ) =>
            {
                self.name(text);
            }
            _ => {}
        }
    }

    fn number(&mut self, key: &str, number: &serde_json::Number) {
        let Some(value) = number.as_f64().map(f64::abs) else { return };
        if key == "pct" {
            self.percents.push(value);
        } else if PARTS.contains(&key) {
            self.percents.push(value * 100.0);
            self.broken.push(value);
        } else if number.is_f64() {
            self.broken.push(value);
        } else {
            self.whole.push(value);
        }
    }

    /// Parts that are plain to see in the answer, and how many lines its lists have.
    fn add_parts(&mut self, answer: &Answer) {
        let total = answer.total_mentions;
        let mut parts = vec![(answer.reposts, total), (answer.unknown_authors, total)];
        for source in answer.by_source.values() {
            parts.push((source.mentions, total));
            parts.push((source.unique_users, answer.unique_users));
        }
        if let Some(felt) = &answer.sentiment {
            let counts = &felt.counts;
            let judged = [counts.positive_count, counts.neutral_count, counts.negative_count];
            parts.extend(judged.map(|count| (count, counts.n)));
            parts.extend(judged.map(|count| (count, total)));
            parts.extend([(counts.unknown_count, total), (counts.n, total)]);
        }
        let parts = parts.into_iter().filter(|(_, of)| *of > 0);
        self.percents.extend(parts.map(|(part, of)| float(part) * 100.0 / float(of)));
        let lines = [
            Some(answer.by_source.len()),
            Some(answer.by_source.values().filter(|source| source.mentions > 0).count()),
            answer.groups.as_ref().map(Vec::len),
            answer.languages.as_ref().map(Vec::len),
            answer.entities.as_ref().map(Vec::len),
            answer.posts.as_ref().map(Vec::len),
            answer.summary.as_ref().map(|summary| summary.points.len()),
        ];
        self.whole.extend(lines.into_iter().flatten().map(|length| float(length as u64)));
    }

    pub fn has(&self, figure: &Figure) -> bool {
        let Some(value) = figure.value else { return false };
        let near = |known: &f64| (known - value).abs() <= figure.step / 2.0 + SLACK;
        if figure.is_percent {
            return self.percents.iter().any(near);
        }
        let is_whole = |known: &f64| {
            if figure.step > 1.0 { near(known) } else { (known - value).abs() < SLACK }
        };
        // A part of 1 without its digits says nothing any more.
        let is_broken = |known: &f64| near(known) && (figure.step < 1.0 || *known >= 1.5);
        self.is_length(value, &figure.next)
            || self.whole.iter().any(is_whole)
            || self.broken.iter().any(is_broken)
    }

    /// Whether the answer's time is so long: a window of 7 days touches 8.
    fn is_length(&self, value: f64, unit: &str) -> bool {
        let days = match unit {
            "hour" | "hours" => value / 24.0,
            "day" | "days" => value,
            "week" | "weeks" => value * 7.0,
            _ => return false,
        };
        [self.days, self.days - 1.0].iter().any(|length| (length - days).abs() < SLACK)
    }

    pub fn is_quote(&self, quoted: &str) -> bool {
        let quoted = one_line(quoted);
        let quoted = quoted.trim_end_matches(['…', '.', ',']);
        self.quotable.iter().any(|text| text.contains(quoted))
    }

    /// The text without names that hold digits, whatever their case.
    pub fn without_names(&self, text: &str) -> String {
        let mut left = text.to_owned();
        for name in &self.names {
            // Lower case may have another length: such a text keeps its names.
            let lower = left.to_lowercase();
            if lower.len() != left.len() {
                continue;
            }
            let is_inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let places: Vec<usize> = lower
                .match_indices(name.as_str())
                .filter(|(at, found)| {
                    let before = lower.get(..*at).and_then(|before| before.chars().next_back());
                    let after =
                        lower.get(at + found.len()..).and_then(|after| after.chars().next());
                    !is_inner(before) && !is_inner(after)
                })
                .map(|(at, _)| at)
                .collect();
            for at in places.into_iter().rev() {
                if left.is_char_boundary(at) && left.is_char_boundary(at + name.len()) {
                    left.replace_range(at..at + name.len(), " ");
                }
            }
        }
        left
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Exact up to 2^53.
fn float(number: u64) -> f64 {
    let low = u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default();
    let high = u32::try_from(number >> 32).unwrap_or_default();
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}
