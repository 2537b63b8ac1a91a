//! What was asked, in words.

use crate::model::reading::{
    CalendarUnit, Filters, GroupBy, Intent, Metric, Reading, Term, Window,
};

/// How the prompt was read.
pub(super) fn reading(reading: &Reading) -> String {
    let mut parts = vec![format!("{} {}", what(reading), subject(reading))];
    let groups = reading.group_by.iter().filter(|group| is_said(reading, **group));
    parts.extend(groups.map(|group| format!("by {}", name(group))));
    if !reading.exclude.is_empty() {
        parts.push(format!("without {}", reading.exclude.join(", ")));
    }
    parts.extend(filters(&reading.filters));
    if let Some(sources) = &reading.sources {
        parts.push(format!("on {}", sources.join(", ")));
    }
    parts.extend(reading.window.as_ref().map(asked_time));
    let compared = reading.compare_to.as_ref();
    parts.extend(compared.map(|window| format!("against {}", asked_time(window))));
    parts.join(", ")
}

fn what(reading: &Reading) -> &'static str {
    match reading.intent {
        Intent::Count | Intent::Unsupported => match reading.metrics.as_slice() {
            [Metric::UniqueUsers] => "how many people mentioned",
            _ => "how many mentions of",
        },
        Intent::Exists => "whether there are posts about",
        Intent::Breakdown => "a breakdown of mentions of",
        Intent::Trend => "the trend of mentions of",
        Intent::TopPosts => "the top posts about",
        Intent::TopAuthors => "the top authors of posts about",
        Intent::Sentiment => "the sentiment of posts about",
        Intent::Compare => "a comparison of mentions of",
        Intent::ShareOfVoice => "the share of voice of",
        Intent::Keywords => "the keywords in posts about",
        Intent::Hashtags => "the hashtags in posts about",
        Intent::Questions => "the questions about",
        Intent::Languages => "the languages of posts about",
        Intent::List => "the posts about",
        Intent::Extract => "fields of the posts about",
        Intent::Changes => "what changed in mentions of",
        Intent::Spike => "unusual peaks of mentions of",
        Intent::Summary => "a summary of posts about",
    }
}

/// Whether the intent does not say it itself.
fn is_said(reading: &Reading, group: GroupBy) -> bool {
    !matches!(
        (reading.intent, group),
        (Intent::Keywords, GroupBy::Keyword)
            | (Intent::Hashtags, GroupBy::Hashtag)
            | (Intent::Languages, GroupBy::Language)
            | (Intent::TopAuthors, GroupBy::Author)
            | (Intent::Sentiment, GroupBy::Sentiment)
            | (Intent::Compare | Intent::ShareOfVoice, GroupBy::Term)
    )
}

fn filters(filters: &Filters) -> Vec<String> {
    let listed = |label: &str, values: Vec<String>| {
        (!values.is_empty()).then(|| format!("{label} {}", values.join(", ")))
    };
    let mut said: Vec<String> = [
        listed("only kind", filters.kind.iter().map(name).collect()),
        listed("not kind", filters.kind_not.iter().map(name).collect()),
        listed("in language", filters.language.clone()),
        listed("in community", filters.community.clone()),
        listed("only", filters.sentiment.iter().map(name).collect()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let flags = [
        (filters.is_question, "only questions", "no questions"),
        (filters.answered, "only answered", "only unanswered"),
        (filters.verified, "only verified authors", "no verified authors"),
    ];
    for (flag, yes, no) in flags {
        said.extend(flag.map(|flag| if flag { yes } else { no }.to_owned()));
    }
    said.extend(filters.min_likes.map(|likes| format!("at least {likes} likes")));
    said
}

/// The name that a value has in JSON.
fn name(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}

pub(super) fn asked_time(window: &Window) -> String {
    match window {
        Window::Last { last } => format!("in the last {}", span(last)),
        Window::Calendar { calendar, offset } => {
            let unit = format!("{calendar:?}").to_lowercase();
            match (calendar, offset) {
                (CalendarUnit::Day, 0) => "today".to_owned(),
                (CalendarUnit::Day, -1) => "yesterday".to_owned(),
                (_, 0) => format!("this {unit}"),
                (_, -1) => format!("last {unit}"),
                (_, other) => format!("in the {unit} {} before this one", other.unsigned_abs()),
            }
        }
        Window::Range { from, to: Some(to) } => format!("from {from} to {to}"),
        Window::Range { from, to: None } => format!("since {from}"),
        Window::Since { .. } => "since the last run".to_owned(),
    }
}

/// `7d` as people say it.
pub(super) fn span(last: &str) -> String {
    let (number, unit) = last.split_at(last.find(|c: char| !c.is_ascii_digit()).unwrap_or(0));
    let one = match unit {
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => return last.to_owned(),
    };
    if number == "1" { one.to_owned() } else { format!("{number} {one}s") }
}

/// What was looked for.
pub(super) fn subject(reading: &Reading) -> String {
    let names = reading.terms.iter().map(|term| match term {
        Term::Text(text) => text.clone(),
        Term::Entity { name, .. } => name.clone(),
        Term::All { all } => all.join(" with "),
    });
    names.collect::<Vec<_>>().join(" or ")
}
