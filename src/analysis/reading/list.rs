//! Parts a list of names at the words between them: "A, B or C", "A vs B", "A, also known as B".

use super::refusal::Refusal;
use super::token::{Kind, Token};
use super::words::{any_phrase, word};

/// What stands between two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    Comma,
    Open,
    Close,
    Dash,
    Or,
    And,
    /// `AND`: all of the names must occur.
    All,
    /// Sets the names against each other.
    Versus,
    /// Another name of the same thing follows.
    Alias,
}

const VERSUS: &[&str] = &[
    "vs",
    "versus",
    "v",
    "against",
    "compared with",
    "compared to",
    "in comparison with",
    "in comparison to",
    "have compared to",
    "have compared with",
    "have against",
    "get against",
    "stack up against",
    "stacks up against",
    "stack up to",
    "hold against",
    "hold up against",
    "doing compared to",
    "doing compared with",
    "doing against",
    "doing versus",
    "doing vs",
    "relative to",
    "rather than",
    "than",
];

const ALIAS: &[&str] = &[
    "aka",
    "a.k.a",
    "also known as",
    "also called",
    "known also as",
    "sometimes called",
    "formerly known as",
    "formerly",
];

/// The joint at `at`, and the index behind it.
pub(super) fn joint_at(tokens: &[Token], at: usize, cased: bool) -> Option<(Joint, usize)> {
    let token = tokens.get(at)?;
    if token.kind == Kind::Comma {
        let joint = match token.text.chars().next() {
            Some(',' | ';') => Joint::Comma,
            Some('(' | '[' | '{') => Joint::Open,
            Some(')' | ']' | '}') => Joint::Close,
            _ => Joint::Dash,
        };
        return Some((joint, at + 1));
    }
    if let Some(next) = any_phrase(tokens, at, VERSUS) {
        return Some((Joint::Versus, next));
    }
    if let Some(next) = any_phrase(tokens, at, ALIAS) {
        return Some((Joint::Alias, next));
    }
    let joint = match word(tokens, at) {
        "or" | "/" | "and/or" | "nor" => Joint::Or,
        "and" if cased && token.text == "AND" => Joint::All,
        "and" | "plus" => Joint::And,
        _ => return None,
    };
    Some((joint, at + 1))
}

/// Inside a list of names "with" and "to" stand only where a comparison put them.
fn inner_joint_at(tokens: &[Token], at: usize, cased: bool) -> Option<(Joint, usize)> {
    let sets_against = ["with", "to"].contains(&word(tokens, at));
    joint_at(tokens, at, cased).or(sets_against.then_some((Joint::Versus, at + 1)))
}

/// A name and the other names of the same thing: where they begin and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: (usize, usize),
    pub aliases: Vec<(usize, usize)>,
}

/// A list of names, apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    pub entries: Vec<Entry>,
    /// The names stand side by side under an "and".
    pub says_and: bool,
    pub versus: bool,
    /// "both A and B", "A AND B".
    pub all: bool,
}

/// Parts the tokens from `start` up to `end`.
pub(super) fn split(
    tokens: &[Token],
    start: usize,
    end: usize,
    cased: bool,
) -> Result<List, Refusal> {
    let mut list = List { all: word(tokens, start) == "both", ..List::default() };
    let mut at = start + usize::from(["both", "either"].contains(&word(tokens, start)));
    let (mut alias, mut wants_more, mut open) = (false, true, false);
    while at < end {
        let until = (at..end).find(|&i| inner_joint_at(tokens, i, cased).is_some()).unwrap_or(end);
        if until > at {
            list.push((at, until), alias)?;
            (alias, wants_more) = (false, false);
        }
        let Some((joint, next)) = inner_joint_at(tokens, until, cased).filter(|_| until < end)
        else {
            break;
        };
        match joint {
            Joint::Comma if !alias => {}
            Joint::Open if !open => open = true,
            Joint::Close if open && !alias => open = false,
            Joint::Alias => (alias, wants_more) = (true, true),
            Joint::Or if !alias => wants_more = true,
            Joint::And if !alias => (list.says_and, wants_more) = (true, true),
            Joint::All if !alias => (list.all, wants_more) = (true, true),
            Joint::Versus if !alias => (list.versus, wants_more) = (true, true),
            _ => return Err(Refusal::Unclear(until)),
        }
        // A bracket holds another name, nothing else.
        let follows = inner_joint_at(tokens, next, cased).map(|(joint, _)| joint);
        if joint == Joint::Open && follows != Some(Joint::Alias) {
            return Err(Refusal::Unclear(until));
        }
        at = next;
    }
    if wants_more || list.entries.is_empty() {
        return Err(Refusal::Unclear(end));
    }
    Ok(list)
}

impl List {
    fn push(&mut self, span: (usize, usize), alias: bool) -> Result<(), Refusal> {
        if !alias {
            self.entries.push(Entry { name: span, aliases: Vec::new() });
            return Ok(());
        }
        match self.entries.last_mut() {
            Some(entry) => entry.aliases.push(span),
            None => return Err(Refusal::Unclear(span.0)),
        }
        Ok(())
    }
}
