//! A result as people read it: the answer first, then what it rests on. Whatever was not covered is
//! said beside the figure, never below the fold.

mod asked;
mod lists;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::reading::Metric;
use crate::model::result::{Coverage, CoverageStatus, Evidence, ResultDocument};
use crate::model::window::TimeRange;
use asked::{reading, subject};

/// Longest text of a post, in characters.
const LONGEST_TEXT: usize = 100;

/// The result in lines; at most so many posts are shown.
pub fn lines(document: &ResultDocument, posts: usize) -> Vec<String> {
    let zone: Tz = document.timezone.parse().unwrap_or(Tz::UTC);
    let mut lines = headline(document, zone);
    lines.extend(gaps(document));
    lines.push(String::new());
    lines.extend(by_source(document));
    lines.extend(lists::lines(&document.result, zone));
    lines.extend(basis(document, zone));
    lines.extend(evidence(document, zone, posts));
    lines
}

fn headline(document: &ResultDocument, zone: Tz) -> Vec<String> {
    let answer = &document.result;
    let least = if is_complete(document) { "" } else { "at least " };
    let what = subject(&document.reading);
    let times = counted(answer.total_mentions, "time", "times");
    let people = counted(answer.unique_users, "person", "people");
    let said = if answer.total_mentions == 0 && is_complete(document) {
        format!("{what} was not mentioned")
    } else if answer.total_mentions == 0 {
        format!("no mention of {what} was found in what could be read")
    } else if document.reading.metrics.contains(&Metric::UniqueUsers) {
        format!("{least}{people} mentioned {what}, {times} in all,")
    } else {
        format!("{what} was mentioned {least}{times} by {people}")
    };
    let TimeRange { from, to } = document.window;
    let (from, to) = (minute(from, zone), minute(to, zone));
    vec![said, format!("between {from} and {to} ({zone}).")]
}

fn is_complete(document: &ResultDocument) -> bool {
    document.coverage.values().all(|coverage| coverage.status == CoverageStatus::Complete)
}

/// A line for each source that did not give everything.
fn gaps(document: &ResultDocument) -> Vec<String> {
    let incomplete = |(source, coverage): (&String, &Coverage)| {
        let what = match coverage.status {
            CoverageStatus::Complete => return None,
            CoverageStatus::Truncated => "a limit was reached, there are more posts",
            CoverageStatus::Partial => "only a part of the time could be read",
            CoverageStatus::Unsupported => "it cannot answer this",
            CoverageStatus::AuthMissing => "it was not asked",
            CoverageStatus::RateLimited => "it let no more requests through",
            CoverageStatus::Error => "it failed",
            CoverageStatus::Pending | CoverageStatus::Running => "it was not read to its end",
        };
        let reason = coverage.reason.as_ref().map(|reason| format!(" ({reason})"));
        Some(format!("! NOT COMPLETE  {source}: {what}{}", reason.unwrap_or_default()))
    };
    document.coverage.iter().filter_map(incomplete).collect()
}

fn by_source(document: &ResultDocument) -> Vec<String> {
    let sources = &document.result.by_source;
    let width = sources.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(9);
    let mut lines = vec![format!("  {:width$}  {:>9}  {:>9}", "by source", "mentions", "people")];
    lines.extend(sources.iter().map(|(name, count)| {
        let (mentions, people) = (grouped(count.mentions), grouped(count.unique_users));
        format!("  {name:width$}  {mentions:>9}  {people:>9}")
    }));
    lines.push(String::new());
    lines
}

/// What the figures rest on.
fn basis(document: &ResultDocument, zone: Tz) -> Vec<String> {
    let (answer, funnel) = (&document.result, &document.funnel);
    let mut lines = Vec::new();
    if answer.reposts > 0 {
        let reposts = counted(answer.reposts, "is a repost", "are reposts");
        lines.push(field("of these", &reposts));
    }
    lines.push(field("read as", &reading(&document.reading)));
    lines.extend(document.assumptions.iter().map(|assumption| field("assumed", assumption)));
    let [collected, in_window, matched, once] =
        [funnel.collected, funnel.in_window, funnel.matched, funnel.deduplicated].map(grouped);
    let steps = format!(
        "{collected} posts read, {in_window} in that time, {matched} match, {once} when each is counted once"
    );
    lines.push(field("counted", &steps));
    for (source, coverage) in &document.coverage {
        lines.push(field("covered", &covered(source, coverage, zone)));
    }
    lines
}

fn covered(source: &str, coverage: &Coverage, zone: Tz) -> String {
    let state = match coverage.status {
        CoverageStatus::Complete => "complete",
        _ => "not complete, see above",
    };
    let version = coverage.dataset_version.map(|version| format!(", version {version}"));
    let span = coverage.covered.map(|TimeRange { from, to }| {
        format!(", posts from {} to {}", minute(from, zone), minute(to, zone))
    });
    let (version, span) = (version.unwrap_or_default(), span.unwrap_or_default());
    format!("{source}: {state}{version}{span}")
}

fn evidence(document: &ResultDocument, zone: Tz, posts: usize) -> Vec<String> {
    if document.evidence.is_empty() || posts == 0 {
        return Vec::new();
    }
    let shown = document.evidence.iter().take(posts).map(|post| post_line(post, zone));
    [String::new(), "  the latest".to_owned()].into_iter().chain(shown).collect()
}

fn post_line(post: &Evidence, zone: Tz) -> String {
    let author = post.author.handle.as_deref().or(post.author.name.as_deref());
    let author = author.map_or_else(|| "somebody".to_owned(), |name| format!("@{name}"));
    let title = post.title.as_deref().filter(|title| !title.is_empty());
    let text = title.map_or_else(|| post.text.clone(), |title| format!("{title}: {}", post.text));
    format!("  {}  {author}: {}", minute(post.published_at, zone), one_line(&text))
}

/// A text in one line of bounded length.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let mut start: String = text.chars().take(LONGEST_TEXT).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

fn field(label: &str, text: &str) -> String {
    format!("  {label:9}  {text}")
}

fn minute(instant: DateTime<Utc>, zone: Tz) -> String {
    instant.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A number with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests;
