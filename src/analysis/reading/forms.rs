//! The forms of a counting question, each read from its asking words on.

use super::grammar::{Parser, Read};
use super::refusal::Refusal;
use super::token::{Kind, Token};
use super::words::{self, word};
use crate::model::reading::Term;

const PASSIVE: &[&str] = &[
    "mentioned",
    "named",
    "discussed",
    "referenced",
    "cited",
    "talked about",
    "spoken about",
    "written about",
    "posted about",
    "tweeted about",
    "chatted about",
    "brought up",
];

const MENTION: &[&str] = &[
    "mention",
    "mentions",
    "mentioned",
    "mentioning",
    "discuss",
    "discussed",
    "discussing",
    "reference",
    "referenced",
    "referencing",
    "name",
    "named",
    "naming",
    "cite",
    "cited",
    "citing",
    "bring up",
    "brought up",
];

const TALK: &[&str] = &[
    "talk", "talked", "talking", "spoke", "speak", "speaking", "wrote", "write", "writing",
    "written", "post", "posted", "posting", "tweet", "tweeted", "tweeting", "chat", "chatted",
    "chatting",
];

/// Words that a term written without quotes ends before.
const AFTER_TERM: &[&str] = &[
    "been",
    "being",
    "mentioned",
    "named",
    "discussed",
    "referenced",
    "cited",
    "talked",
    "spoken",
    "written",
    "posted",
    "tweeted",
    "chatted",
    "brought",
    "get",
    "gets",
    "got",
    "gotten",
    "receive",
    "received",
    "come",
    "comes",
    "came",
    "appear",
    "appears",
    "appeared",
    "was",
    "were",
    "is",
    "are",
    "has",
    "have",
    "had",
    "mentions",
];

const AUXILIARIES: &[&str] = &["was", "were", "is", "are", "has", "have", "had"];

const DO: &[&str] = &["did", "do", "does"];

const ANYBODY: &[&str] = &["people", "users", "anyone", "anybody", "somebody", "everyone", "folks"];

impl Parser<'_> {
    /// "… times was Acme mentioned", "… times did people mention Acme".
    pub fn times(&mut self) -> Read {
        self.found.posts = true;
        self.modifiers()?;
        let does = self.eat(DO);
        let has = !does && self.eat(AUXILIARIES);
        self.modifiers()?;
        if (does || has) && self.eat(ANYBODY) {
            self.modifiers()?;
            self.eat(&["been"]);
            self.verb()?;
            return self.term_and_rest(&[]);
        }
        self.terms(AFTER_TERM)?;
        self.modifiers()?;
        if !does && !has && !self.eat(AUXILIARIES) {
            return Err(Refusal::Unclear(self.at));
        }
        self.eat(&["been", "being", "get", "gotten"]);
        self.modifiers()?;
        let tweeted = self.word() == "tweeted";
        let appears = &["come up", "came up", "appear", "appeared"];
        if !self.eat(PASSIVE) && !((does || has) && self.eat(appears)) {
            return Err(Refusal::Unclear(self.at));
        }
        self.tweets |= tweeted;
        self.modifiers()
    }

    /// "… people on X mentioned Acme".
    pub fn people(&mut self) -> Read {
        self.found.people = true;
        self.modifiers()?;
        self.eat(&["who", "that"]);
        self.eat(&["have been", "has been", "had been"]);
        self.eat(&["have", "has", "had", "are", "were", "is"]);
        self.modifiers()?;
        self.verb()?;
        self.term_and_rest(&[])
    }

    /// "mentioned", "talked about", "posted on Reddit about".
    fn verb(&mut self) -> Read {
        self.modifiers()?;
        if self.eat(MENTION) {
            return Ok(());
        }
        self.tweets |= self.word().starts_with("tweet");
        if !self.eat(TALK) {
            return Err(Refusal::Unclear(self.at));
        }
        self.modifiers()?;
        if self.eat(&["about", "of"]) { Ok(()) } else { Err(Refusal::Unclear(self.at)) }
    }

    /// "mentions of Acme", "posts that mention Acme", "mentions did Acme get".
    pub fn posts(&mut self) -> Read {
        self.found.posts = true;
        let are_mentions = self.word().starts_with("mention");
        self.tweets |= self.word().starts_with("tweet");
        self.at += 1;
        self.eat(&["count", "counts"]);
        if self.eat(&["and"]) {
            self.eat(&["number of"]);
            self.eat(words::UNIQUE);
            if !self.eat(words::PEOPLE) {
                return Err(Refusal::Unclear(self.at - 1));
            }
            self.found.people = true;
        }
        self.modifiers()?;
        let asks = [DO, AUXILIARIES].concat();
        if are_mentions && self.eat(&asks) {
            self.terms(AFTER_TERM)?;
            self.modifiers()?;
            if !self.eat(&["get", "gotten", "got", "receive", "received", "have", "had"]) {
                return Err(Refusal::Unclear(self.at));
            }
            return self.modifiers();
        }
        if self.eat(&[
            "of",
            "about",
            "for",
            "to",
            "regarding",
            "concerning",
            "containing",
            "with",
            "including",
        ]) {
            return self.term_and_rest(AUXILIARIES);
        }
        self.eat(&["that", "which"]);
        self.eat(&["have", "were", "are"]);
        if self.eat(&["about", "contain", "contained", "contains", "include", "included"]) {
            return self.term_and_rest(&[]);
        }
        self.verb()?;
        self.term_and_rest(&[])
    }

    /// "Acme mentions on X this week".
    pub fn name_first(&mut self) -> Read {
        self.found.posts = true;
        let start = self.at;
        let is_verb = words::is_verb(self.word()) || words::listed(words::LANGUAGES, self.word());
        let end = (start..self.context.tokens.len())
            .find(|&i| word(self.context.tokens, i) == "mentions");
        let is_name = self.context.tokens.get(start).is_some_and(Token::looks_like_name);
        if end == Some(start + 1) && !is_verb && !is_name {
            let name = self.word();
            return Err(Refusal::specific(format!(
                "“{name} mentions” could ask for a kind of mention; write “mentions of {name}” if it is a name"
            )));
        }
        let Some(end) = end.filter(|_| !is_verb && is_name) else {
            return Err(Refusal::Unclear(start));
        };
        self.terms(&["mentions"])?;
        if self.at != end {
            return Err(Refusal::Unclear(self.at));
        }
        self.at = end + 1;
        self.modifiers()
    }

    /// A name and nothing else to say what is wanted: how often, and by how many, per source.
    pub fn bare_name(&mut self) -> Read {
        let is_phrase = !self.context.tokens.iter().any(Token::looks_like_name);
        let words = self.context.tokens.iter().filter(|t| t.kind == Kind::Word).count();
        if words::is_verb(self.word()) || (is_phrase && words > 1) {
            return Err(Refusal::Unclear(self.at));
        }
        self.found.posts = true;
        self.found.people = true;
        self.found.by_source = true;
        self.term_and_rest(&[])?;
        if self.found.terms.iter().any(|term| matches!(term, Term::All { .. })) {
            return Err(Refusal::Unclear(0));
        }
        self.found.notes.push("a name alone was read as: how many times it was mentioned, and by how many people, on each source".to_owned());
        Ok(())
    }
}
