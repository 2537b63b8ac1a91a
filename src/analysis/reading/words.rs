//! The words the grammar knows, and small steps over a list of tokens.

use super::token::{Kind, Token};

/// The token's lower-case word; nothing for a quotation, punctuation or the end.
pub(super) fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.lower.as_str())
}

/// The token as written; nothing behind the end.
pub(super) fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

/// Whether the token is written like a name.
pub(super) fn is_named(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(Token::looks_like_name)
}

/// The tokens from `start` up to `end`; none where there are not that many.
pub(super) fn slice(tokens: &[Token], start: usize, end: usize) -> &[Token] {
    tokens.get(start..end).unwrap_or_default()
}

/// The tokens as written, with single spaces.
pub(super) fn joined(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    words.join(" ").replace(" ,", ",")
}

/// Whether `word` is one of `list`, which is parted by `, `.
pub(super) fn listed(list: &str, word: &str) -> bool {
    list.as_bytes().split(|byte| *byte == b',').any(|listed| listed.trim_ascii() == word.as_bytes())
}

/// The index after `phrase` (words parted by single spaces) when it stands at `at`.
pub(super) fn phrase(tokens: &[Token], at: usize, phrase: &str) -> Option<usize> {
    // Hardly any phrase gets further than this.
    let first = word(tokens, at);
    if first.is_empty() || !phrase.starts_with(first) {
        return None;
    }
    let mut next = at;
    for wanted in phrase.split(' ') {
        if word(tokens, next) != wanted {
            return None;
        }
        next += 1;
    }
    Some(next)
}

/// The index after the longest of `phrases` that stands at `at`.
pub(super) fn any_phrase(tokens: &[Token], at: usize, phrases: &[&str]) -> Option<usize> {
    phrases.iter().filter_map(|p| phrase(tokens, at, p)).max()
}

pub(super) fn is_kind(tokens: &[Token], at: usize, kind: Kind) -> bool {
    tokens.get(at).is_some_and(|token| token.kind == kind)
}

/// A number in digits or in words up to twelve.
pub(super) fn number(word: &str) -> Option<u32> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok();
    }
    let index = WORDS.iter().position(|w| *w == word)?;
    u32::try_from(index + 1).ok()
}

/// Words for a question about all of the past.
pub(super) const ALL_TIME: &[&str] = &["ever", "all time", "of all time", "in history"];

pub(super) const SOURCE_PREPOSITIONS: &[&str] =
    &["on", "in", "from", "across", "over", "via", "through", "at", "within"];

pub(super) const DETERMINERS: &[&str] =
    &["the", "a", "an", "any", "all", "our", "my", "your", "their"];

pub(super) const POSSESSIVES: &[&str] = &["our", "my", "your", "their"];

/// Says what a name is, in front of it: "our competitor Initech", "the word acme".
pub(super) const DESCRIPTORS: &str = "\
    company, companies, brand, brands, product, products, competitor, competitors, \
    rival, rivals, word, words, term, terms, phrase, phrases, keyword, name, names, \
    hashtag, handle, tag, app, tool, project, startup, firm, ceo, founder, service, \
    client, customer";

/// Of these, the ones that announce a literal word.
pub(super) const WORD_DESCRIPTORS: &[&str] =
    &["word", "term", "phrase", "keyword", "name", "hashtag"];

pub(super) const PRONOUNS: &str = "\
    us, we, me, it, i, you, he, she, they, them, him, her, this, that, these, those, \
    its, ourselves, myself, someone, something, anything, everything";

pub(super) const PEOPLE: &[&str] = &[
    "people",
    "persons",
    "users",
    "authors",
    "accounts",
    "posters",
    "individuals",
    "person",
    "user",
    "author",
    "account",
];

pub(super) const UNIQUE: &[&str] = &["unique", "distinct", "different", "individual", "separate"];

/// Kinds of posts, which a count does not tell apart.
pub(super) const KINDS: &str = "\
    comment, comments, reply, replies, retweet, retweets, repost, reposts, quote, \
    quotes, article, articles, video, videos, issue, issues, answer, answers, thread, \
    story, stories, review, reviews, bots, bot, spam, ads, duplicates, original, \
    verified";

/// Words that are no part of a name when they are written in lower case: they carry a qualifier,
/// a time or a question that the grammar would otherwise lose inside a phrase.
const NO_NAME: &str = "\
    about, after, ago, against, among, any, are, around, as, asking, at, average, be, \
    because, been, before, best, between, both, break, but, by, can, compare, compared, \
    concerning, could, count, daily, day, days, did, do, does, down, during, each, \
    either, engagement, every, excluding, except, extract, few, fewer, find, for, from, \
    give, had, has, have, highest, hour, hourly, hours, how, if, ignore, in, including, \
    into, is, just, last, lately, latest, least, less, like, likes, list, lowest, many, \
    mentioned, mentioning, mentions, mention, minute, minutes, month, monthly, months, \
    more, morning, most, much, negative, neutral, new, newest, next, night, no, nor, \
    not, number, oldest, on, only, or, outside, over, past, people, per, percent, \
    percentage, popular, positive, post, posted, posts, previous, quarter, questions, \
    recent, recently, regarding, saying, sentiment, share, should, show, since, such, \
    summarise, summarize, tell, than, that, then, these, this, those, through, times, \
    to, today, tomorrow, tonight, top, total, toward, towards, trend, trending, trends, \
    tweet, tweeted, tweets, under, unique, until, users, versus, via, viral, vs, was, \
    week, weekday, weekend, weekly, weeks, were, what, what's, when, where, which, \
    while, who, whom, whose, why, will, with, within, without, worst, would, year, \
    years, yesterday, afternoon, evening, half, till, called, named, discussed, talked, \
    using, used, according, also, again, accounts, authors, author, account, user, old, \
    early, late, end, start, beginning, up, off, out, so, far, hashtags, keywords, \
    topics, followers, ever, never, always, often, time, and, ytd, mtd, qtd, twice, \
    once, thrice, first, second, alone, together, worldwide, nationwide, abroad, yet, \
    already, still, even, too, well, instead, almost, alongside, beside, besides, near, \
    plus, amid, despite, upon, onto, along, behind, its, limit, max, min, maximum, \
    minimum, sorted, similar, related, minus, nobody, none, neither, hardly, barely, doing, going, getting, having";

/// Words a prompt may begin with that ask for something else than a count of a bare name.
const VERBS: &str = "\
    alert, analyse, analyze, build, calculate, chart, check, classify, collect, create, \
    delete, describe, download, draft, draw, estimate, explain, export, fetch, \
    forecast, generate, get, graph, group, hello, help, hi, identify, investigate, \
    make, measure, monitor, notify, plot, predict, print, pull, rank, read, remind, \
    report, run, scrape, search, send, sort, track, translate, visualize, watch, write";

/// Whether a lower-case word cannot be part of an unquoted name.
pub(super) fn is_no_name(word: &str) -> bool {
    listed(NO_NAME, word) || listed(KINDS, word) || word.ends_with("n't")
}

/// Whether a prompt that begins with this word is more than a bare name.
pub(super) fn is_verb(word: &str) -> bool {
    listed(VERBS, word) || is_no_name(word) || listed(PRONOUNS, word)
}
