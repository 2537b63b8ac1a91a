//! The closed vocabulary of questions about posts: each phrase with what it says.
//!
//! A phrase stands here only if it changes no figure by itself, or if its [`Cue`] is acted upon; a
//! cue that the kind of question found has no use for refuses the prompt (see `intent`).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::token::Token;
use super::words::{phrase, word};
use crate::model::document::DocumentKind;
use crate::model::reading::{SentimentLabel, SortBy};

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// Asks politely, or adds nothing.
    Polite,
    /// "show me", "list", "find".
    Show,
    HowMany,
    /// "how often", "how many times".
    Times,
    /// "count", which a name may follow directly.
    Tally,
    People,
    NewPeople,
    Who,
    Anyone,
    Any,
    Mentions,
    Posts,
    Tweets,
    Kind(DocumentKind),
    /// A verb in a form that only somebody who mentions can be the subject of: "mention".
    Mention,
    /// "mentioned": who mentions stands before it, or what is mentioned.
    Mentioned,
    /// "come up", "appear": what is mentioned is the subject.
    Appear,
    /// "posted", "wrote": needs "about", a quotation or "the word" behind it.
    Talk,
    /// What to look for follows.
    About,
    /// "on", "in", "to": what to look for follows behind some cues only.
    On,
    /// What follows is where to look, or who wrote; never what to look for.
    From,
    In,
    To,
    Aux,
    Get,
    Which,
    When,
    How,
    Where,
    Breakdown,
    Communities,
    Platforms,
    Countries,
    Domains,
    Links,
    Trend,
    Top,
    Metric(SortBy),
    /// "most liked": the metric and that the most is wanted.
    Most(SortBy),
    Average,
    Compare,
    More,
    Voice,
    Keywords,
    Hashtags,
    Questions,
    Ask,
    Unanswered,
    Answered,
    Languages,
    Sentiment,
    Label(SentimentLabel),
    /// "complaints", "praise": posts that have a label.
    Labelled(SentimentLabel),
    /// "angriest": the strongest first.
    Extreme(SentimentLabel),
    Percentage,
    Share,
    Latest,
    /// "all", "every" before posts: no limit.
    Every,
    Json,
    Change,
    New,
    /// "new posts": those since the run before.
    Fresh,
    Spike,
    Why,
    Summary,
    Say,
    Use,
    Verified,
}

/// Phrases parted by `, `, and what they say.
type Rows = &'static [(&'static str, Cue)];

const ASKING: Rows = &[
    (
        "please, pls, plz, thanks, thank you, hi, hello, hey, yo, ok, can you, could you, would you, can i, \
         could i, can we, could we, tell me, let me know, i want to know, i would like to know, \
         i'd like to know, i want to see, i would like to see, i'd like to see, i want, i'd like, \
         i would like, do you know, i need, we need, report, work out, find out, calculate, compute, \
         what is, what's, whats, what was, what were, what are, how about, measure, gauge, \
         by name, in total, in all, overall, altogether, combined, so far, exactly, precisely, \
         total, by people, by users, by anyone, by anybody, lol, btw, write me, write, send me, send, \
         collect, put, can, could, short, brief, quick, at all, being, been, them, it, that, mostly, \
         mainly, exact, full, current, up",
        Cue::Polite,
    ),
    (
        "show me, show us, show, give me, give us, list, find me, find, get me, turn, pull up, pull, fetch, export, download, name, \
         search for, look for, look up, bring me, return, display, see all",
        Cue::Show,
    ),
    (
        "how many, how many total, how many of the, number of, the number of, total number of, \
         count of, amount of, tally of, volume of, how much, number of all, number of all the",
        Cue::HowMany,
    ),
    ("how often, how frequently, how many times, number of times, times", Cue::Times),
    (
        "count, count up, counts, tally, mention volume, count all, mention count, mention counts, post count",
        Cue::Tally,
    ),
    ("who, who's, whos, who is, who are, who were, who was", Cue::Who),
    ("anyone, anybody, someone, somebody, everyone, everybody, folks, they", Cue::Anyone),
    (
        "any, is there any, are there any, were there any, was there any, check whether, check if, check for, whether",
        Cue::Any,
    ),
    (
        "was, were, is, are, has, have, had, did, do, does, there, is there, are there, was there, \
         were there, have there been, has there been, there were, there are, has been, have been, had been",
        Cue::Aux,
    ),
    ("when", Cue::When),
    ("get, gets, got, gotten, receive, received, receives, see, saw, hold, have", Cue::Get),
    (
        "which, which brand, which company, which product, which one, which name, what, on which, in which, on which days, on what days",
        Cue::Which,
    ),
    (
        "how, how did, how do, how does, how have, how has, how are, how is, how was, how were, by how much",
        Cue::How,
    ),
    ("where, where did, where does, where do, where is", Cue::Where),
];

const POSTS: Rows = &[
    (
        "people, persons, users, authors, accounts, posters, individuals, person, user, author, \
         account, creators, influencers, voices, commenters, ppl",
        Cue::People,
    ),
    (
        "new users, new people, new authors, new accounts, first-time users, first-time authors",
        Cue::NewPeople,
    ),
    ("mentions, mention count of, references", Cue::Mentions),
    (
        "posts, post, messages, message, talk, buzz, chatter, noise, conversation, conversations, \
         discussion, discussions, activity, post count",
        Cue::Posts,
    ),
    ("tweets, tweet", Cue::Tweets),
    ("comments, comment", Cue::Kind(DocumentKind::Comment)),
    ("replies, reply", Cue::Kind(DocumentKind::Reply)),
    ("retweets, retweet, reposts, repost", Cue::Kind(DocumentKind::Repost)),
    ("quotes, quote tweets, quote posts", Cue::Kind(DocumentKind::Quote)),
    ("articles, article, news articles", Cue::Kind(DocumentKind::Article)),
    ("videos, video", Cue::Kind(DocumentKind::Video)),
    ("issues, issue", Cue::Kind(DocumentKind::Issue)),
    ("answers", Cue::Kind(DocumentKind::Answer)),
    (
        "communities, subreddits, which subreddit, which community, what subreddit, what community",
        Cue::Communities,
    ),
    (
        "countries, which country, what country, from which country, from which countries, in which countries",
        Cue::Countries,
    ),
    ("domains, websites, web sites, which domain, which website", Cue::Domains),
    (
        "which platform, which platforms, on which platform, on which platforms, which source, which sources, \
         which network, which networks, on which network, what platform, on what platform, which channel",
        Cue::Platforms,
    ),
    ("links, urls, which link, which url", Cue::Links),
    ("verified", Cue::Verified),
    ("every, each, all, all the, every single", Cue::Every),
];

const SAYING: Rows = &[
    (
        "mention, mentioning, discuss, discussing, reference, referencing, naming, cite, citing, \
         bring up, brings up, bringing up, discusses, talk about, talks about, talking about, \
         speak about, speaking about, write about, writing about, posting about, \
         chat about, chatting about, tweeting about, who mention, that mention, which mention, \
         contain, contains, contained, containing, include, including, included, tagged, \
                 tagged with, labelled, labeled",
        Cue::Mention,
    ),
    (
        "mentioned, named, discussed, referenced, cited, brought up, talked about, spoken about, \
         spoke about, written about, wrote about, posted about, chatted about, tweeted about",
        Cue::Mentioned,
    ),
    (
        "come up, came up, comes up, appear, appeared, appears, show up, showed up, pop up, popped up",
        Cue::Appear,
    ),
    (
        "talk, talked, talking, spoke, spoken, speak, speaking, wrote, write, writing, written, post, posted, \
         posting, chat, chatted, chatting, write in, said, tweeted, tweeting",
        Cue::Talk,
    ),
    (
        "about, regarding, concerning, of, for, with, around, toward, towards, alongside, between, \
         along with, together with, abt, related to, of the",
        Cue::About,
    ),
    ("from", Cue::From),
    ("on", Cue::On),
    ("in, in the", Cue::In),
    ("to", Cue::To),
    (
        "use, used, uses, using, go, goes, frequent, common, associated, linked, shared, people use, go along",
        Cue::Use,
    ),
];

const MEASURES: Rows = &[
    (
        "break down, break, breakdown, breakdown of, split, distribution, distribution of, distributed, \
         down, broken down, segment, group, breakout",
        Cue::Breakdown,
    ),
    (
        "trend, trends, trend of, plot, chart, graph, draw, develop, developed, timeline, evolve, \
         evolved, evolution, evolution of, over time, curve, trended, time series",
        Cue::Trend,
    ),
    (
        "top, most, the most, most often, leading, highest, biggest, largest, popular, most popular, \
         best, rank, ranked, ranking, most active, most frequent, most common, most frequently, \
         most used, hottest, loudest, trending, best performing, top performing, main, busiest",
        Cue::Top,
    ),
    ("likes, like count, upvotes", Cue::Metric(SortBy::Likes)),
    ("views, view count", Cue::Metric(SortBy::Views)),
    ("shares", Cue::Metric(SortBy::Shares)),
    ("engagement, interactions", Cue::Metric(SortBy::Engagement)),
    (
        "most liked, best liked, most likes, most upvoted, top liked, most-liked",
        Cue::Most(SortBy::Likes),
    ),
    ("most viewed, most watched, top viewed, most views, most-viewed", Cue::Most(SortBy::Views)),
    (
        "most replied, most replied to, most commented, most replies, most comments",
        Cue::Most(SortBy::Replies),
    ),
    (
        "most shared, most retweeted, most reposted, most shares, most retweets, most reposts",
        Cue::Most(SortBy::Shares),
    ),
    (
        "most engaging, highest-engagement, viral, most viral, most engaged, highest engagement, biggest engagement, \
         most engagement",
        Cue::Most(SortBy::Engagement),
    ),
    (
        "average engagement per post, average engagement, avg engagement, mean engagement, avg engagement per post, engagement per post",
        Cue::Average,
    ),
    ("compare, comparison, comparison of, side by side, head to head", Cue::Compare),
    (
        "more, higher, fewer, less, who gets more, gets more, who has more, better, bigger",
        Cue::More,
    ),
    ("share of voice, sov, voice share", Cue::Voice),
    (
        "keywords, keyword, words, terms, key words, topics, topic, phrases, themes, buzzwords",
        Cue::Keywords,
    ),
    ("hashtags, hashtag, hash tags", Cue::Hashtags),
    ("questions, question", Cue::Questions),
    ("ask, asks, asking, asked, raise, raised, people asking", Cue::Ask),
    (
        "unanswered, without an answer, without answers, that have no answer, with no answer, not answered, that are unanswered, without a reply",
        Cue::Unanswered,
    ),
    (
        "answered, already answered, that already have an answer, that have an answer, with an answer, that are answered, with answers",
        Cue::Answered,
    ),
    (
        "languages, which language, what language, in which language, in what language, language breakdown, \
         language split, language mix, language distribution, breakdown by language, in which languages, \
         what languages, which languages, in what languages",
        Cue::Languages,
    ),
    (
        "sentiment, sentiments, mood, feel, feeling, opinion, opinions, tone, perception, \
         overall sentiment, attitude, classify, categorize, categorise, how positive, how negative",
        Cue::Sentiment,
    ),
    ("positive, positively, favorable, favourable", Cue::Label(SentimentLabel::Positive)),
    (
        "negative, negatively, unfavorable, unfavourable, angry",
        Cue::Label(SentimentLabel::Negative),
    ),
    ("neutral, neutrally", Cue::Label(SentimentLabel::Neutral)),
    (
        "complaints, complaint, complaining, complain, complained, criticism",
        Cue::Labelled(SentimentLabel::Negative),
    ),
    ("praise, praising, praised, compliments", Cue::Labelled(SentimentLabel::Positive)),
    ("angriest, most negative, harshest, most critical", Cue::Extreme(SentimentLabel::Negative)),
    ("happiest, most positive, nicest", Cue::Extreme(SentimentLabel::Positive)),
    (
        "percentage, percent, percentage of, proportion, proportion of, fraction, fraction of, what percentage of, what percent of, %, what proportion of",
        Cue::Percentage,
    ),
    ("share", Cue::Share),
    ("latest, newest, most recent, recent", Cue::Latest),
    ("as json, into json, in json, json", Cue::Json),
    (
        "changed, change, changes, up or down, go up, go down, gone up, gone down, went up, went down, increase, increased, decrease, decreased, grow, grown, \
         drop, dropped, fall, fallen, rise, risen, difference, delta, growth, more or less, moved",
        Cue::Change,
    ),
    ("new posts, new mentions, new tweets", Cue::Fresh),
    ("new, what's new, what is new, whats new, anything new", Cue::New),
    (
        "spike, spikes, peak, peaks, anomaly, anomalies, surge, surges, unusual, abnormal, sudden, \
         outlier, outliers, detect, spiked, surged, unusually",
        Cue::Spike,
    ),
    (
        "why, explain, cause, caused, causes, drove, drive, driving, behind, explain why, explanation, \
         reason, reasons, triggered",
        Cue::Why,
    ),
    (
        "summarize, summarise, summary, summary of, sum up, recap, recap of, tl;dr, tldr, overview, \
         overview of, digest, digest of, gist, the gist of, what's the noise, what's the buzz, what is the buzz, what's the word, what happened, \
         what's happening, what is happening, what's going on, what is going on, roundup, roundup of, give me the gist of",
        Cue::Summary,
    ),
    (
        "say, says, saying, what was said, what is said, what's being said, what is being said, what has been said, was said, is said, is being said, been said, being said, think, thinks, thinking",
        Cue::Say,
    ),
];

/// The phrases by their first word.
static BY_FIRST: LazyLock<HashMap<&str, Vec<(&str, Cue)>>> = LazyLock::new(|| {
    let mut by_first: HashMap<&str, Vec<(&str, Cue)>> = HashMap::new();
    for (phrases, cue) in [ASKING, POSTS, SAYING, MEASURES].into_iter().flatten() {
        for phrase in phrases.split(", ") {
            let first = phrase.split(' ').next().unwrap_or(phrase);
            by_first.entry(first).or_default().push((phrase, *cue));
        }
    }
    by_first
});

/// What is said at `at`, and the index behind the longest phrase that says it; of two that are as
/// long, the one that stands first in the tables.
pub(super) fn cue_at(tokens: &[Token], at: usize) -> Option<(Cue, usize)> {
    let mut best: Option<(Cue, usize)> = None;
    for (wanted, cue) in BY_FIRST.get(word(tokens, at))? {
        let Some(next) = phrase(tokens, at, wanted) else { continue };
        if best.is_none_or(|(_, longest)| next > longest) {
            best = Some((*cue, next));
        }
    }
    best
}
