//! Says why a prompt is not answered, and what can be asked instead.
//!
//! A prompt the grammar does not understand to its last word is refused: an answer that left a
//! qualifier out would be wrong, which is worse than none.

use super::token::{Kind, Token};
use super::{sources, words};

/// Why a prompt was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A reason of its own.
    Specific(String),
    /// The words from this token on have no place in the question.
    Unclear(usize),
    /// Nothing says what to look for.
    Nothing,
}

impl Refusal {
    pub fn specific(reason: impl Into<String>) -> Self {
        Self::Specific(reason.into())
    }
}

/// What the future is refused with.
pub(super) const FUTURE: &str = "asks about the future; no document can answer it";

/// Words that give away what posts cannot answer, and how that is refused. The first row that
/// occurs in the prompt decides.
const CUES: &[(&str, &str)] = &[
    (
        "will, tomorrow, predict, predicted, prediction, forecast, upcoming, going to, next week, \
         next month, next quarter, next year, in the future, won't",
        FUTURE,
    ),
    (
        "home address, phone number, address of, date of birth, real name, salary, where does he live, \
         where does she live, lives, ip address, email address, email of, password of",
        "asks for private facts about a person; posts do not answer it",
    ),
    (
        "secret, secrets, password, passwords, api key, api keys, token, tokens, credentials, \
         system prompt, private key",
        "asks for a secret; not a question about posts",
    ),
    (
        "private messages, private message, direct messages, dms, dm, emails, inbox",
        "asks for private messages; only public posts are read",
    ),
    (
        "script, python script, code, function, sql, regex, program, poem, essay, story about, joke, translate",
        "asks for something to be written; not a question about posts",
    ),
    ("weather, temperature", "asks about the weather; not answerable from posts"),
    (
        "stock price, share price, revenue, exchange rate, market cap",
        "asks for a figure of the market; not answerable from posts",
    ),
    (
        "book, buy, order, delete, remove, block, ban, reply to, dm, email, call, publish, tweet this, \
         unfollow, follow, schedule a meeting, post a, like all, retweet all, mute",
        "asks for an action; not a question about posts",
    ),
    (
        "more than, less than, fewer than, at most, times each",
        "sets a threshold that no answer has",
    ),
];

/// Words of a kind of question, and the nearest one of that kind that can be asked.
const EXAMPLES: &[(&str, &str)] = &[
    ("share of voice", "What is the share of voice of Acme vs Globex this month?"),
    (
        "sentiment, positive, negative, neutral, feel, opinion, opinions, mood, love, hate, angry",
        "What is the sentiment about Acme on Reddit this week?",
    ),
    (
        "vs, versus, compare, compared, than, difference",
        "Compare mentions of Acme and Globex this month",
    ),
    ("keyword, keywords, topics, themes, words", "Top 10 keywords in posts about Acme this week"),
    ("hashtag, hashtags", "Top 10 hashtags in posts about Acme this week"),
    (
        "question, questions, asking, unanswered",
        "What questions are people asking about Acme this week?",
    ),
    ("language, languages", "Mentions of Acme by language this month"),
    (
        "spike, spikes, peak, peaks, unusual, surge",
        "Were there any unusual peaks in mentions of Acme this month?",
    ),
    (
        "daily, weekly, monthly, hourly, trend, per day, per week, over time",
        "Daily mentions of Acme over the past month",
    ),
    (
        "changed, change, changes, new",
        "How did mentions of Acme change this week compared with last week?",
    ),
    ("extract", "Extract product and complaint from posts about Acme this week"),
    (
        "summarize, summarise, summary, saying, why",
        "Summarize what people say about Acme this week",
    ),
    ("influencers, authors, who", "Top 10 authors by engagement mentioning Acme this month"),
    ("top, most, best, popular, likes, views", "Top 10 posts about Acme by likes this week"),
    ("list, show, find, latest, give", "Latest 20 posts about Acme"),
    ("break, breakdown, split, by, which", "Break down mentions of Acme by source this month"),
];

/// The nearest question that can be asked.
fn example(prompt: &str) -> String {
    let said = |cue: &str| prompt.contains(&format!(" {cue} "));
    let found = EXAMPLES.iter().find(|(cues, _)| cues.split(", ").any(said));
    let question =
        found.map_or("How many times was Acme mentioned on Reddit this week?", |row| row.1);
    format!("a question that can be answered: “{question}”")
}

/// The reason shown to the user.
pub(super) fn reason(refusal: Refusal, tokens: &[Token]) -> String {
    let lower: Vec<&str> = tokens.iter().map(|t| t.lower.as_str()).collect();
    let prompt = format!(" {} ", lower.join(" "));
    let from = match refusal {
        Refusal::Specific(reason) => return reason,
        Refusal::Unclear(from) => from,
        Refusal::Nothing => tokens.len(),
    };
    let said = |cue: &str| prompt.contains(&format!(" {cue} "));
    match CUES.iter().find(|(cues, _)| cues.split(", ").any(said)) {
        Some((_, why)) if *why == FUTURE => FUTURE.to_owned(),
        Some((_, why)) => format!("{why}; {}", example(&prompt)),
        None => unclear(tokens, from, &example(&prompt)),
    }
}

fn unclear(tokens: &[Token], from: usize, example: &str) -> String {
    let is_word = |t: &&Token| matches!(t.kind, Kind::Word | Kind::Quoted);
    let rest: Vec<&Token> = tokens.iter().skip(from).filter(is_word).take(4).collect();
    let Some(first) = rest.first() else {
        return format!("does not say what to look for; {example}");
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
        "“{}” was not understood and could change the answer; leave it out, or put it in quotes if it is a name; {example}",
        quoted.join(" ")
    )
}
