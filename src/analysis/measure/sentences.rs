//! Sentences made of the figures of an answer, and of nothing else.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::model::reading::{Focus, SentimentLabel};
use crate::model::result::{Answer, Bucket};
use crate::model::sentiment::SentimentCounts;
use crate::model::summary::SummaryPoint;

/// Sources and keywords that are named.
const MOST_NAMED: usize = 5;

/// What is told, and how.
pub(super) struct Telling<'a> {
    pub answer: &'a Answer,
    pub about: &'a [String],
    pub timezone: Tz,
    pub focus: Option<Focus>,
}

impl Telling<'_> {
    pub fn text(&self, points: &[SummaryPoint]) -> String {
        let said = [
            Some(self.count()),
            self.sources(),
            self.reposts(),
            self.change(),
            self.feeling(),
            self.busiest(),
            self.keywords(),
            self.closing(points),
        ];
        said.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn count(&self) -> String {
        let days = self.answer.date_range;
        let when = if days.from == days.to {
            format!("on {}", date(days.from))
        } else {
            format!("from {} to {}", date(days.from), date(days.to))
        };
        let what = listed(self.about, "or");
        let (total, people) = (self.answer.total_mentions, self.answer.unique_users);
        if total == 0 {
            return format!("No posts mention {what} {when}.");
        }
        let by = match people {
            0 => String::new(),
            1 => format!(" by {} person", grouped(1)),
            _ => format!(" by {} people", grouped(people)),
        };
        let (posts, mention) = if total == 1 { ("post", "mentions") } else { ("posts", "mention") };
        format!("{} {posts}{by} {mention} {what} {when}.", grouped(total))
    }

    fn sources(&self) -> Option<String> {
        let sources = self.answer.by_source.iter().filter(|(_, count)| count.mentions > 0);
        let mut sources: Vec<(u64, &str)> =
            sources.map(|(name, count)| (count.mentions, name.as_str())).collect();
        sources.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let [(first, _), _, ..] = *sources.as_slice() else { return None };
        let named = sources.iter().take(MOST_NAMED);
        let mut named: Vec<String> =
            named.map(|(count, name)| format!("{} on {name}", grouped(*count))).collect();
        if sources.len() > MOST_NAMED {
            named.push("the rest on others".to_owned());
        }
        let verb = if first == 1 { "is" } else { "are" };
        Some(format!("Of these {verb} {}.", listed(&named, "and")))
    }

    fn reposts(&self) -> Option<String> {
        match self.answer.reposts {
            0 => None,
            1 => Some("Among them is 1 repost.".to_owned()),
            reposts => Some(format!("Among them are {} reposts.", grouped(reposts))),
        }
    }

    fn change(&self) -> Option<String> {
        let changes = self.answer.changes.as_ref()?;
        let previous = changes.previous?;
        let before = format!("In the time before there were {}", grouped(previous.mentions));
        let delta = changes.delta?.mentions;
        let way = match delta {
            0 => return Some(format!("{before}, as many as now.")),
            delta if delta > 0 => "more",
            _ => "fewer",
        };
        let percent = changes.pct.and_then(|percent| percent.mentions);
        let percent = percent.map(|percent| format!(", {:.1} %", percent.abs()));
        let delta = grouped(delta.unsigned_abs());
        Some(format!("{before}; now there are {delta} {way}{}.", percent.unwrap_or_default()))
    }

    fn feeling(&self) -> Option<String> {
        let counts = &self.answer.sentiment.as_ref()?.counts;
        if self.answer.total_mentions == 0 {
            return None;
        }
        if counts.n == 0 {
            return Some("What they feel cannot be told.".to_owned());
        }
        let mut labels =
            vec![SentimentLabel::Positive, SentimentLabel::Neutral, SentimentLabel::Negative];
        if let Some(focus) = self.focus {
            labels.sort_by_key(|label| *label != focus.sentiment);
        }
        let parts: Vec<String> = labels.into_iter().map(|label| part(counts, label)).collect();
        let judged = if counts.unknown_count == 0 {
            "Of all".to_owned()
        } else {
            format!("Of the {} whose feeling can be told", grouped(counts.n))
        };
        Some(format!("{judged}, {}.", listed(&parts, "and")))
    }

    /// The span with the most posts, where one has more than every other.
    fn busiest(&self) -> Option<String> {
        let series = self.answer.series.as_deref()?;
        let most = series.iter().map(|bucket| bucket.mentions).max().filter(|most| *most > 1)?;
        let mut busiest = series.iter().filter(|bucket| bucket.mentions == most);
        let bucket = busiest.next().filter(|_| series.len() > 1 && busiest.next().is_none())?;
        Some(format!("Most came {}: {}.", self.span(bucket)?, grouped(most)))
    }

    fn span(&self, bucket: &Bucket) -> Option<String> {
        if let Some(weekday) = &bucket.weekday {
            return Some(format!("on a {weekday}"));
        }
        let (start, end) = (bucket.start?, bucket.end?);
        let day = |at: DateTime<Utc>| at.with_timezone(&self.timezone).date_naive();
        let (first, last) = (day(start), day(end - chrono::Duration::nanoseconds(1)));
        if (end - start).num_hours() < 23 {
            return None;
        }
        Some(if first == last {
            format!("on {}", date(first))
        } else {
            format!("from {} to {}", date(first), date(last))
        })
    }

    fn keywords(&self) -> Option<String> {
        let items = self.answer.items.as_deref()?.iter().filter(|item| item.documents > 1);
        let words = items.take(MOST_NAMED);
        let words: Vec<String> =
            words.map(|item| format!("\"{}\" ({})", item.term, grouped(item.documents))).collect();
        (!words.is_empty()).then(|| {
            format!(
                "The words most of them share, with how many posts have them: {}.",
                listed(&words, "and")
            )
        })
    }

    fn closing(&self, points: &[SummaryPoint]) -> Option<String> {
        let focus = self.focus?.sentiment;
        let is_all =
            !points.is_empty() && points.iter().all(|point| point.sentiment == Some(focus));
        is_all.then(|| format!("The posts quoted are {} ones.", name(focus)))
    }
}

fn part(counts: &SentimentCounts, label: SentimentLabel) -> String {
    let count = match label {
        SentimentLabel::Positive => counts.positive_count,
        SentimentLabel::Neutral => counts.neutral_count,
        SentimentLabel::Negative => counts.negative_count,
    };
    let verb = if count == 1 { "is" } else { "are" };
    // Rounded half up, as the figures are.
    let percent = (count.saturating_mul(200) + counts.n) / (2 * counts.n).max(1);
    format!("{} {verb} {} ({percent} %)", grouped(count), name(label))
}

fn name(label: SentimentLabel) -> &'static str {
    match label {
        SentimentLabel::Positive => "positive",
        SentimentLabel::Neutral => "neutral",
        SentimentLabel::Negative => "negative",
    }
}

fn date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `a, b and c`.
fn listed(parts: &[String], last: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// With a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
