//! Says why a prompt is not answered, and what can be asked instead.
//!
//! A prompt the grammar does not understand to its last word is refused: a count that left a
//! qualifier out would be a wrong number, which is worse than none.

use super::token::{Kind, Token};
use super::words::{listed, word};
use super::{sources, words};

/// Why a prompt was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A reason of its own.
    Specific(String),
    /// The words from this token on have no place in a counting question.
    Unclear(usize),
}

impl Refusal {
    pub fn specific(reason: impl Into<String>) -> Self {
        Self::Specific(reason.into())
    }
}

/// What the future is refused with.
pub(super) const FUTURE: &str = "asks about the future; no document can answer it";

const EXAMPLE: &str =
    "a question that can be answered: “How many times was Acme mentioned on Reddit this week?”";

/// Words that give away a kind of question, and how that kind is refused. The first row that
/// occurs in the prompt decides.
const CUES: &[(&str, &str)] = &[
    ("will, tomorrow, predict, forecast, upcoming", FUTURE),
    (
        "\
         every day, every week, every month, every hour, every morning, every monday, \
         every tuesday, every wednesday, every thursday, every friday, every saturday, \
         every sunday, each morning, whenever, notify, alert, remind, monitor, track",
        "holds a schedule or an alert; set the query's schedule and let the prompt ask for the count alone",
    ),
    (
        "\
         sentiment, positive, negative, neutral, positively, negatively, angry, angriest, \
         happy, happiest, feel, feeling, opinion, opinions, complain, complaining, \
         complaint, complaints, praise, praising, love, hate, mood",
        "asks about sentiment, which is not measured",
    ),
    (
        "share, percentage, percent, %, proportion, ratio, fraction",
        "asks for a share, which is not measured; ask for each count by itself",
    ),
    (
        "spike, spikes, peak, peaks, unusual, anomaly, anomalies, surge",
        "asks about peaks, which are not measured; ask for the count of one span of time",
    ),
    (
        "\
         daily, weekly, monthly, hourly, yearly, trend, trends, trending, timeline, weekday, \
         growth, per day, per week, per month, per hour, a day, each, over time, day of the week",
        "asks for a series over time, which is not measured; ask for the count of one span of time",
    ),
    (
        "more than, less than, fewer than, at least, at most, times each",
        "sets a threshold, which is not measured",
    ),
    (
        "vs, versus, compare, compared, comparison, than, difference, who gets",
        "asks for a comparison, which is not measured; ask for the count of each name by itself",
    ),
    (
        "\
         top, most, least, best, worst, highest, lowest, popular, influencer, influencers, \
         likes, liked, views, viewed, engagement, average, viral, median, mean",
        "asks for a ranking or for engagement, which are not measured",
    ),
    (
        "break, breakdown, which, split, grouped, group, by",
        "asks for a breakdown or names who posted; a count can only be told by source",
    ),
    (
        "keyword, keywords, hashtags, topics, topic, themes, phrases",
        "asks for keywords, which are not measured",
    ),
    (
        "question, questions, asking, unanswered",
        "asks for questions people ask, which are not told apart",
    ),
    (
        words::LANGUAGES,
        "asks for posts in one language or from one country, which are not told apart; ask for all of them",
    ),
    (
        "\
         comment, comments, reply, replies, retweet, retweets, repost, reposts, quotes, \
         articles, videos, issues, answers, stories, reviews, bots, spam, original, \
         verified",
        "asks for one kind of post, which are not told apart; ask for all mentions",
    ),
    (
        "summarize, summarise, summary, overview, saying, say about, explain, why, what's new",
        "asks for a summary, which is not made",
    ),
    ("every", "asks for the posts themselves; a count lists its newest posts as evidence"),
    (
        "\
         list, show, find, give, get, fetch, extract, export, latest, newest, recent, \
         examples",
        "asks for the posts themselves; a count lists its newest posts as evidence",
    ),
    (
        "new, changed, changes, last run, more, less, fewer, increase, decrease",
        "asks what changed, which is not measured; ask for the count of one span of time",
    ),
    (
        "wie, wurde, oft, combien, cuántas, cuantas, veces, quante, volte, hoeveel, ont, auf",
        "is not written in English, the one language the built-in reader knows",
    ),
];

/// First words that give away a kind of question no cue did.
const OPENINGS: &[(&str, &str)] = &[
    (
        "was, were, is, are, did, does, do, has, have, any",
        "asks for a yes or no; ask how many times",
    ),
    ("who, whose", "asks who; ask how many people"),
    ("when", "asks when; ask how many times within a span of time"),
    ("tweets, posts, tweet, post", "asks for the posts themselves; ask how many there are"),
];

/// The reason shown to the user.
pub(super) fn reason(refusal: Refusal, tokens: &[Token]) -> String {
    let from = match refusal {
        Refusal::Specific(reason) => return reason,
        Refusal::Unclear(from) => from,
    };
    let lower: Vec<&str> = tokens.iter().map(|t| t.lower.as_str()).collect();
    let prompt = format!(" {} ", lower.join(" "));
    let said = |cue: &str| prompt.contains(&format!(" {cue} "));
    let cued = CUES.iter().find(|(cues, _)| cues.split(", ").any(said));
    match cued.or_else(|| OPENINGS.iter().find(|(words, _)| listed(words, word(tokens, 0)))) {
        Some((_, why)) if *why == FUTURE => FUTURE.to_owned(),
        Some((_, why)) => format!("{why}; {EXAMPLE}"),
        None => unclear(tokens, from),
    }
}

fn unclear(tokens: &[Token], from: usize) -> String {
    let is_word = |t: &&Token| matches!(t.kind, Kind::Word | Kind::Quoted);
    let rest: Vec<&Token> = tokens.iter().skip(from).filter(is_word).take(4).collect();
    let Some(first) = rest.first() else {
        return format!("does not say what to look for; {EXAMPLE}");
    };
    if words::SOURCE_PREPOSITIONS.contains(&first.lower.as_str())
        && let Some(name) = rest
            .get(1)
            .filter(|name| name.looks_like_name() && name.text.starts_with(char::is_alphabetic))
    {
        return format!(
            "“{} {}” is no source known here; choose from {}, or put the whole name in quotes if it is one",
            first.text,
            name.text,
            sources::names()
        );
    }
    let quoted: Vec<&str> = rest.iter().map(|t| t.text.as_str()).collect();
    format!(
        "“{}” was not understood and could change the figure; leave it out, or put it in quotes if it is a name; {EXAMPLE}",
        quoted.join(" ")
    )
}
