//! The forms a counting question takes, read from the first word to the last.
//!
//! A question is an asking part ("how many people"), what to look for, and in any place between
//! them modifiers: a time, sources, exclusions and words that mean nothing. Whatever is left over
//! refuses the whole prompt.

use chrono::NaiveDate;

use super::modifier::{Modifier, modifier_at};
use super::refusal::Refusal;
use super::terms::terms_in;
use super::token::{Kind, Token};
use super::words::{self, any_phrase, is_kind, word};
use crate::model::reading::{Term, Window};

/// What stays the same while a prompt is read.
pub(super) struct Context<'a> {
    pub tokens: &'a [Token],
    /// The day of the reference time in the query's zone.
    pub today: NaiveDate,
    /// Whether capitals tell names from other words in this prompt.
    pub cased: bool,
    /// The request's sources.
    pub sources: &'a [String],
    /// Whether the request has a date range.
    pub has_range: bool,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub terms: Vec<Term>,
    pub exclude: Vec<String>,
    pub sources: Vec<String>,
    pub window: Option<Window>,
    pub posts: bool,
    pub people: bool,
    pub by_source: bool,
    pub notes: Vec<String>,
}

pub(super) type Read<T = ()> = Result<T, Refusal>;

/// Reads a whole prompt.
pub(super) fn parse(context: &Context<'_>) -> Read<Found> {
    let mut parser = Parser { context, at: 0, found: Found::default(), tweets: false };
    parser.prompt()?;
    if parser.at < context.tokens.len() {
        return Err(Refusal::Unclear(parser.at));
    }
    parser.settle_tweets()?;
    Ok(parser.found)
}

pub(super) struct Parser<'a> {
    pub context: &'a Context<'a>,
    pub at: usize,
    pub found: Found,
    /// Whether the posts were called tweets, which names their source.
    pub tweets: bool,
}

impl Parser<'_> {
    fn prompt(&mut self) -> Read {
        self.modifiers()?;
        let is_request = self.lead()?;
        if self.eat(&["how often", "how frequently"]) {
            return self.times();
        }
        if self.quantity() {
            return self.counted();
        }
        if is_request {
            return Err(Refusal::Unclear(self.at));
        }
        if ["mentions", "mention"].contains(&self.word()) {
            return self.posts();
        }
        let names_first = self.context.tokens.iter().any(|t| t.lower == "mentions");
        if names_first { self.name_first() } else { self.bare_name() }
    }

    /// "tell me", "what is": asks for something without saying what. Whether there was one.
    fn lead(&mut self) -> Read<bool> {
        const LEADS: &[&str] = &[
            "hi",
            "hello",
            "hey",
            "can you",
            "could you",
            "would you",
            "tell me",
            "show me",
            "give me",
            "let me know",
            "i want to know",
            "i would like to know",
            "i'd like to know",
            "what is",
            "what's",
            "what was",
            "what were",
            "what are",
            "calculate",
            "report",
            "find out",
            "do you know",
            "i need",
        ];
        let mut is_request = false;
        while self.eat(LEADS) {
            is_request = true;
            self.modifiers()?;
        }
        if is_request {
            self.eat(&["the", "a"]);
        }
        Ok(is_request)
    }

    /// "how many", "the total number of", "count": a figure is wanted.
    fn quantity(&mut self) -> bool {
        let start = self.at;
        if self.eat(&["how many"]) {
            self.eat(&["total", "of the"]);
            return true;
        }
        self.eat(&["the"]);
        self.eat(&["total", "overall", "combined", "exact", "full", "current"]);
        if self.eat(&["number of", "count of", "amount of", "tally of"]) {
            self.eat(&["all the", "all", "the", "total"]);
            return true;
        }
        let is_total = self.at > start
            && ["total", "overall"].contains(&word(self.context.tokens, self.at - 1));
        if is_total && (words::POSTS.contains(&self.word()) || self.word() == "of") {
            self.eat(&["of"]);
            return true;
        }
        self.at = start;
        if self.eat(&["count up", "count"]) && self.word() != "of" {
            self.eat(&["all the", "all", "the", "how many", "every", "up"]);
            return true;
        }
        self.at = start;
        false
    }

    /// What stands behind a quantity.
    fn counted(&mut self) -> Read {
        if self.eat(&["times"]) {
            return self.times();
        }
        let unique = self.eat(words::UNIQUE);
        if self.eat(words::PEOPLE) {
            return self.people();
        }
        if unique {
            return Err(Refusal::Unclear(self.at - 1));
        }
        if words::POSTS.contains(&self.word()) {
            return self.posts();
        }
        let is_count = self.at > 0 && word(self.context.tokens, self.at - 1) == "count";
        let names_first = self.context.tokens.iter().skip(self.at).any(|t| t.lower == "mentions");
        if is_count && !names_first {
            self.found.posts = true;
            return self.term_and_rest(&[]);
        }
        self.name_first()
    }

    pub fn term_and_rest(&mut self, stops: &[&str]) -> Read {
        self.modifiers()?;
        self.terms(stops)?;
        self.modifiers()
    }

    /// Reads terms up to a modifier, the end of the sentence or one of `stops`.
    pub fn terms(&mut self, stops: &[&str]) -> Read {
        let tokens = self.context.tokens;
        let start = self.at;
        let mut end = start;
        while let Some(token) = tokens.get(end) {
            let is_stop = stops.contains(&token.lower.as_str()) && end > start;
            if token.kind == Kind::Stop || is_stop || modifier_at(self.context, end)?.is_some() {
                break;
            }
            end += 1;
        }
        let read = terms_in(tokens, start, end, self.context.cased)?;
        self.found.terms = read.terms;
        self.found.notes.extend(read.notes);
        self.at = end;
        Ok(())
    }

    /// Reads modifiers as long as there are any.
    pub fn modifiers(&mut self) -> Read {
        loop {
            if is_kind(self.context.tokens, self.at, Kind::Comma)
                || is_kind(self.context.tokens, self.at, Kind::Stop)
            {
                self.at += 1;
                continue;
            }
            let Some((modifier, next)) = modifier_at(self.context, self.at)? else {
                return Ok(());
            };
            self.apply(modifier)?;
            self.at = next;
        }
    }

    fn apply(&mut self, modifier: Modifier) -> Read {
        match modifier {
            Modifier::Nothing(notes) => self.found.notes.extend(notes),
            Modifier::BySource => self.found.by_source = true,
            Modifier::Exclude(words, notes) => {
                self.found.exclude.extend(words);
                self.found.notes.extend(notes);
            }
            Modifier::Sources(names) => {
                let is_new = |name: &String| !self.found.sources.contains(name);
                let new: Vec<String> = names.into_iter().filter(is_new).collect();
                self.found.sources.extend(new);
            }
            Modifier::Time(window, notes) => {
                if self.found.window.as_ref().is_some_and(|other| *other != window) {
                    return Err(Refusal::specific(
                        "names two spans of time; ask about one at a time, and put a name that reads like a time in quotes",
                    ));
                }
                self.found.window = Some(window);
                self.found.notes.extend(notes);
            }
        }
        Ok(())
    }

    /// Tweets are posts on X and nowhere else.
    fn settle_tweets(&mut self) -> Read {
        if !self.tweets {
            return Ok(());
        }
        if self.found.sources.iter().any(|source| source != "x") {
            return Err(Refusal::specific(
                "asks for tweets, which are on X, and names another source; ask for mentions instead",
            ));
        }
        self.found.sources = vec!["x".to_owned()];
        Ok(())
    }

    pub fn word(&self) -> &str {
        word(self.context.tokens, self.at)
    }

    /// Passes over the longest of `phrases` that stands here.
    pub fn eat(&mut self, phrases: &[&str]) -> bool {
        let next = any_phrase(self.context.tokens, self.at, phrases);
        self.at = next.unwrap_or(self.at);
        next.is_some()
    }
}

/// Whether capitals tell names from other words: not in a prompt that is all capitals, or that
/// begins every word with one.
pub(super) fn is_cased(tokens: &[Token]) -> bool {
    const SMALL: &[&str] = &["of", "in", "on", "the", "for", "and", "or", "a", "to", "by"];
    let is_plain = |t: &Token| t.kind == Kind::Word && !t.looks_like_name();
    tokens.iter().any(|t| is_plain(t) && !SMALL.contains(&t.lower.as_str()))
}
