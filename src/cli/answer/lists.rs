//! What an intent adds to the count, as people read it: a heading and a line for each row.

use chrono_tz::Tz;

use super::{grouped, minute, one_line};
use crate::model::changes::Changes;
use crate::model::extract::ExtractedRow;
use crate::model::result::{Answer, Bucket, Post};
use crate::model::sentiment::SentimentFigures;
use crate::model::spike::{Spike, SpikeBucket};
use crate::model::summary::Summary;

/// The lists of an answer; none of a plain count.
pub(super) fn lines(answer: &Answer, zone: Tz) -> Vec<String> {
    let mut lists = vec![
        ("found", answer.found.map(|found| vec![if found { "yes" } else { "no" }.to_owned()])),
        (
            "groups",
            rows(answer.groups.as_deref(), |group| {
                counted(&group.key, group.mentions, Some(group.share))
            }),
        ),
        ("over time", rows(answer.series.as_deref(), |bucket| span(bucket, zone))),
        (
            "compared",
            rows(answer.entities.as_deref(), |entity| {
                counted(&entity.name, entity.mentions, Some(entity.share))
            }),
        ),
        ("terms", rows(answer.items.as_deref(), |item| counted(&item.term, item.documents, None))),
        (
            "languages",
            rows(answer.languages.as_deref(), |language| {
                counted(&language.code, language.mentions, Some(language.share))
            }),
        ),
        (
            "authors",
            rows(answer.authors.as_deref(), |author| {
                let called = author.author.handle.as_ref().or(author.author.name.as_ref());
                counted(called.map_or("somebody", String::as_str), author.mentions, None)
            }),
        ),
        (
            "posts",
            rows(answer.posts.as_deref().or(answer.sample.as_deref()), |one| post(one, zone)),
        ),
        ("questions", rows(answer.questions.as_deref(), |question| one_line(&question.text))),
    ];
    lists.push(("summary", answer.summary.as_ref().map(summed_up)));
    lists.push(("fields", rows(answer.rows.as_deref(), fields)));
    lists.push(("feeling", answer.sentiment.as_ref().map(felt)));
    lists.push(("changed", answer.changes.as_ref().map(changed)));
    lists.push(("peaks", answer.spike.as_ref().map(|spike| peaks(spike, zone))));
    let shown = lists.into_iter().filter_map(|(heading, rows)| Some((heading, rows?)));
    shown.flat_map(|(heading, rows)| listed(heading, &rows)).collect()
}

/// What a summary says, then the posts it quotes.
fn summed_up(summary: &Summary) -> Vec<String> {
    let said = one_line(&summary.text);
    let quoted = summary.points.iter().map(|point| format!("“{}”", one_line(&point.text)));
    std::iter::once(said).chain(quoted).collect()
}

/// The fields of one post that were found.
fn fields(row: &ExtractedRow) -> String {
    let found = row.fields.iter().filter_map(|(name, value)| {
        let value = serde_json::to_value(value).ok().filter(|value| !value.is_null())?;
        let text = value.as_str().map_or_else(|| value.to_string(), one_line);
        Some(format!("{name}: {text}"))
    });
    let found: Vec<String> = found.collect();
    if found.is_empty() { format!("{} says none of them", row.id) } else { found.join(", ") }
}

fn rows<T>(list: Option<&[T]>, row: impl Fn(&T) -> String) -> Option<Vec<String>> {
    Some(list?.iter().map(row).collect())
}

fn listed(heading: &str, rows: &[String]) -> Vec<String> {
    let nothing = ["none".to_owned()];
    let rows = if rows.is_empty() { &nothing } else { rows };
    let mut lines = vec![format!("  {heading}")];
    lines.extend(rows.iter().map(|row| format!("    {row}")));
    lines.push(String::new());
    lines
}

fn counted(name: &str, mentions: u64, share: Option<f64>) -> String {
    let share = share.map(|share| format!("  {:>5.1} %", share * 100.0)).unwrap_or_default();
    format!("{name:24}  {:>9}{share}", grouped(mentions))
}

fn span(bucket: &Bucket, zone: Tz) -> String {
    let start = bucket.start.map(|start| minute(start, zone));
    let name = bucket.weekday.clone().or(start).unwrap_or_default();
    let partial = if bucket.partial { "  not whole" } else { "" };
    format!("{}{partial}", counted(&name, bucket.mentions, None))
}

fn post(post: &Post, zone: Tz) -> String {
    let author = post.author.handle.as_ref().or(post.author.name.as_ref());
    let author = author.map_or_else(|| "somebody".to_owned(), |name| format!("@{name}"));
    let metric = post.metric.as_ref().map(|metric| {
        let value = metric.value.map_or_else(|| "not said".to_owned(), |value| value.to_string());
        format!(" ({} {value})", metric.by)
    });
    let (at, text) = (minute(post.published_at, zone), one_line(&post.text));
    format!("{}. {at}  {author}{}: {text}", post.rank, metric.unwrap_or_default())
}

fn felt(sentiment: &SentimentFigures) -> Vec<String> {
    let counts = &sentiment.counts;
    let row = |name: &str, count: u64| {
        counted(name, count, share(count, counts.n).filter(|_| name != "unknown"))
    };
    vec![
        row("positive", counts.positive_count),
        row("neutral", counts.neutral_count),
        row("negative", counts.negative_count),
        row("unknown", counts.unknown_count),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "for people, with one digit behind the point")]
fn share(count: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| count as f64 / of as f64)
}

fn changed(changes: &Changes) -> Vec<String> {
    let mut rows = vec![counted("now", changes.current.mentions, None)];
    match (&changes.previous, &changes.delta) {
        (Some(previous), Some(delta)) => {
            rows.push(counted("before", previous.mentions, None));
            let percent = changes.pct.and_then(|percent| percent.mentions);
            let percent = percent.map(|percent| format!(" ({percent:+.1} %)"));
            rows.push(format!("{:+} mentions{}", delta.mentions, percent.unwrap_or_default()));
        }
        _ => rows.push("there is no time before to hold it against".to_owned()),
    }
    rows
}

fn peaks(spike: &Spike, zone: Tz) -> Vec<String> {
    let usual = |median: f64| format!("usual {median:.1}");
    let peak = |bucket: &SpikeBucket| {
        let (at, usual) = (minute(bucket.start, zone), usual(bucket.baseline_median));
        format!("{}  {usual}, z {:.1}", counted(&at, bucket.mentions, None), bucket.z)
    };
    let mut rows: Vec<String> = spike.buckets.iter().map(peak).collect();
    rows.extend(spike.drivers.iter().map(|driver| {
        let (mentions, usual) = (driver.mentions, usual(driver.usual));
        format!("{} {}: {mentions}, {usual}", driver.kind, driver.key)
    }));
    rows
}
