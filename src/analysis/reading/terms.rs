//! Reads what to look for: names, quoted phrases, handles and hashtags, and lists of them.
//!
//! Only what is written like a name is taken as one. Lower-case words that could be a qualifier
//! ("negative comments", "by journalists") are refused rather than searched for, and whoever means
//! them literally puts them in quotes.

use super::known::{self, Sense};
use super::list::{Entry, List, split};
use super::refusal::Refusal;
use super::sources::canonical;
use super::time::is_date_word;
use super::token::{Kind, Token};
use super::words::{self, is_named, is_no_name, joined, slice, text, word};
use crate::model::reading::Term;

/// Inside a name these stand between its words: "Bank of America", "Marks & Spencer".
const JOINTS: &[&str] = &[
    "of", "the", "de", "du", "la", "le", "von", "van", "der", "den", "da", "di", "del", "&", "+",
    "n",
];

const LEGAL_FORMS: &str = "inc, ltd, llc, corp, gmbh, co, plc, ag, sa, bv, llp";

/// Sources whose name at the end of an unquoted name was more likely meant as the source.
const LIKELY_SOURCES: &[&str] = &[
    "x",
    "twitter",
    "reddit",
    "bluesky",
    "mastodon",
    "youtube",
    "github",
    "telegram",
    "tiktok",
    "instagram",
    "facebook",
    "linkedin",
    "hn",
    "lemmy",
];

/// The terms of one list and what was assumed in reading them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Terms {
    pub list: Vec<Term>,
    pub notes: Vec<String>,
    /// The names were set against each other.
    pub versus: bool,
    pub says_and: bool,
    /// The prompt says that all of the names must occur.
    pub all: bool,
    /// Which meaning of a name is meant.
    pub sense: Option<Sense>,
}

/// Reads `slice(tokens, start, end)` as a list of terms. `cased` says whether capitals mean anything in
/// this prompt.
pub(super) fn terms_in(
    tokens: &[Token],
    start: usize,
    end: usize,
    cased: bool,
) -> Result<Terms, Refusal> {
    let mut list = split(tokens, start, end, cased)?;
    let mut read =
        Terms { versus: list.versus, says_and: list.says_and, all: list.all, ..Terms::default() };
    for entry in &list.entries {
        let (from, to) = entry.name;
        let is_suffix = words::listed(LEGAL_FORMS, word(tokens, from)) && to == from + 1;
        if is_suffix && !read.list.is_empty() {
            return Err(Refusal::specific(
                "a company's legal form behind a comma is no name by itself; leave it out, or put the whole name in quotes",
            ));
        }
        if !read.list.is_empty() && is_apposition(slice(tokens, from, to)) {
            read.mean(tokens, from, to)?;
            continue;
        }
        let to = read.cut_apposition(tokens, from, to, cased)?;
        read.push_item(tokens, from, to, cased)?;
        for &(from, to) in &entry.aliases {
            read.push_alias(tokens, from, to, cased)?;
        }
    }
    let is_first = |entry: &Entry| entry.name.0 == list.entries.first().map_or(0, |e| e.name.0);
    let kept: Vec<Entry> = list
        .entries
        .iter()
        .filter(|e| is_first(e) || !is_apposition(slice(tokens, e.name.0, e.name.1)))
        .cloned()
        .collect();
    list.entries = kept;
    check_list(tokens, &list, cased)?;
    if list.all {
        read.join_all()?;
    }
    Ok(read)
}

/// Refuses lists that read like something else: the same name twice, a name beside plain words.
fn check_list(tokens: &[Token], list: &List, cased: bool) -> Result<(), Refusal> {
    let items: Vec<&[Token]> =
        list.entries.iter().map(|entry| slice(tokens, entry.name.0, entry.name.1)).collect();
    let mut spelled = std::collections::HashSet::new();
    let repeated = items.iter().map(|item| joined(item)).find(|name| !spelled.insert(name.clone()));
    if let Some(name) = repeated.filter(|_| list.says_and) {
        return Err(Refusal::specific(format!(
            "“{name} and {name}” names one thing twice; put the whole name in quotes"
        )));
    }
    let has_name = |item: &&&[Token]| item.iter().any(Token::looks_like_name);
    let named = items.iter().filter(has_name).count();
    if !cased || named == 0 || named == items.len() || list.all {
        return Ok(());
    }
    if list.says_and {
        return Err(Refusal::specific(
            "“and” between a name and a plain word could mean both or either; join them with “or”, write “both … and …”, or put a whole name in quotes",
        ));
    }
    let long = list.entries.iter().zip(&items).find(|(_, item)| !has_name(item) && item.len() > 1);
    long.map_or(Ok(()), |(entry, _)| Err(Refusal::Unclear(entry.name.0)))
}

/// "the language", behind a name: says which meaning of it is meant.
fn is_apposition(item: &[Token]) -> bool {
    let begins = item.first().is_some_and(|t| ["the", "a", "an", "as"].contains(&t.lower.as_str()));
    begins && item.len() > 1 && !item.iter().any(Token::looks_like_name)
}

impl Terms {
    fn push(&mut self, term: Term) {
        if !self.list.contains(&term) {
            self.list.push(term);
        }
    }

    fn push_item(
        &mut self,
        tokens: &[Token],
        start: usize,
        end: usize,
        cased: bool,
    ) -> Result<(), Refusal> {
        const ADJECTIVES: &[&str] = &["new", "latest", "recent", "own", "current"];
        let (mut start, has_possessive) = skip_introduction(tokens, start, end, cased);
        let is_adjective = |at: usize| ADJECTIVES.contains(&word(tokens, at));
        while has_possessive && start + 1 < end && is_adjective(start) {
            start += 1;
        }
        let item = tokens.get(start..end).unwrap_or_default();
        let Some(first) = item.first() else {
            return Err(Refusal::Unclear(start));
        };
        if item.iter().any(|token| token.kind == Kind::Quoted) {
            if item.len() > 1 || !first.text.chars().any(|c| !c.is_whitespace() && !c.is_control())
            {
                return Err(Refusal::Unclear(start));
            }
            self.push(Term::Text(first.text.clone()));
            return Ok(());
        }
        let end = self.drop_trailing_descriptor(tokens, start, end, cased);
        check_words(tokens, start, end, cased)?;
        let item = slice(tokens, start, end);
        if let Some(parts) = split_slash(item) {
            self.notes.push(format!(
                "“{}” was read as {}; put it in quotes to look for it as it is",
                first.text,
                parts.join(" or ")
            ));
            for part in parts {
                self.push(Term::Text(part));
            }
            return Ok(());
        }
        if has_possessive && cased && !item.iter().any(Token::looks_like_name) {
            return self.push_owned(item, start);
        }
        self.push_words(tokens, start, end, cased)
    }

    /// "our new pricing": whose it is no post says, so the words themselves are looked for.
    fn push_owned(&mut self, item: &[Token], start: usize) -> Result<(), Refusal> {
        if item.len() > 4 {
            return Err(Refusal::Unclear(start));
        }
        let term = joined(item);
        self.notes.push(format!(
            "whose “{term}” is meant cannot be told from a post: any post with “{term}” counts; name the product or company to be sure"
        ));
        self.push(Term::Text(term));
        Ok(())
    }

    /// Reads another name of the term before it.
    fn push_alias(
        &mut self,
        tokens: &[Token],
        start: usize,
        end: usize,
        cased: bool,
    ) -> Result<(), Refusal> {
        let mut alias = Terms::default();
        alias.push_item(tokens, start, end, cased)?;
        self.notes.append(&mut alias.notes);
        let (Some(last), [Term::Text(other)]) = (self.list.last_mut(), alias.list.as_slice())
        else {
            return Err(Refusal::Unclear(start));
        };
        match last {
            Term::Text(name) => {
                *last = Term::Entity { name: name.clone(), any: vec![name.clone(), other.clone()] };
            }
            Term::Entity { any, .. } => any.push(other.clone()),
            Term::All { .. } => return Err(Refusal::Unclear(start)),
        }
        Ok(())
    }

    /// "Apple the company": where the name ends; what follows says which meaning is meant.
    fn cut_apposition(
        &mut self,
        tokens: &[Token],
        start: usize,
        end: usize,
        cased: bool,
    ) -> Result<usize, Refusal> {
        let article = (start + 1..end).find(|&at| is_apposition(slice(tokens, at, end)));
        let Some(article) = article.filter(|_| cased) else {
            return Ok(end);
        };
        let name = joined(slice(tokens, start, article));
        let called = joined(slice(tokens, article + 1, end)).to_lowercase();
        match known::sense(&name, &called) {
            Some(sense) => {
                self.sense = Some(sense);
                Ok(article)
            }
            None => Err(sense(&joined(slice(tokens, start, end)))),
        }
    }

    /// "Rust, the language": the last name's meaning.
    fn mean(&mut self, tokens: &[Token], start: usize, end: usize) -> Result<(), Refusal> {
        let called = joined(slice(tokens, start + 1, end)).to_lowercase();
        let found = match self.list.last() {
            Some(Term::Text(name)) => known::sense(name, &called),
            _ => None,
        };
        self.sense = Some(found.ok_or_else(|| sense(&joined(slice(tokens, start, end))))?);
        Ok(())
    }

    /// "both A and B": one term, all of whose names must occur.
    fn join_all(&mut self) -> Result<(), Refusal> {
        let mut all = Vec::new();
        for term in self.list.drain(..) {
            match term {
                Term::Text(text) => all.push(text),
                Term::All { all: more } => all.extend(more),
                Term::Entity { name, .. } => {
                    return Err(Refusal::specific(format!(
                        "“both” together with a second name for “{name}” cannot be asked for; ask for one of its names"
                    )));
                }
            }
        }
        if all.len() < 2 {
            return Err(Refusal::specific("“both” needs two names, like “both Acme and Globex”"));
        }
        self.list.push(Term::All { all });
        Ok(())
    }

    /// A name, a short phrase, or a name with words that must occur as well.
    fn push_words(
        &mut self,
        tokens: &[Token],
        start: usize,
        end: usize,
        cased: bool,
    ) -> Result<(), Refusal> {
        let item = slice(tokens, start, end);
        let whole = joined(item);
        let names = item.iter().filter(|token| token.looks_like_name()).count();
        let is_one_name = item.len() == 1 || (cased && names > 0 && runs(item).len() == 1);
        if is_one_name {
            self.push(Term::Text(whole));
        } else if cased && names > 0 {
            let all = runs(item);
            // "Acme support": a name first, then what about it. Anything else is a sentence.
            let name_leads = item.first().is_some_and(Token::looks_like_name);
            let tail = item
                .iter()
                .skip_while(|t| t.looks_like_name() || JOINTS.contains(&t.lower.as_str()));
            let is_owner =
                all.iter().any(|part| part.ends_with("'s") || part.ends_with("\u{2019}s"));
            if !name_leads || is_owner || all.len() > 3 || tail.clone().any(Token::looks_like_name)
            {
                return Err(Refusal::Unclear(start));
            }
            self.notes.push(format!(
                "“{whole}” was read as posts that contain all of: {}; put it in quotes to look for the phrase",
                all.join(", ")
            ));
            self.push(Term::All { all });
        } else if item.len() <= 4 {
            self.notes.push(format!(
                "“{whole}” was looked for as a phrase, its words next to each other"
            ));
            self.push(Term::Text(whole));
        } else {
            return Err(Refusal::Unclear(start));
        }
        Ok(())
    }

    /// "Acme company": what kind of thing it is cannot be told from a post.
    fn drop_trailing_descriptor(
        &mut self,
        tokens: &[Token],
        start: usize,
        end: usize,
        cased: bool,
    ) -> usize {
        let last = end - 1;
        let describes = ["company", "brand", "product"].contains(&word(tokens, last));
        let follows_name = last > start && is_named(tokens, last - 1);
        let is_article = last > start && words::DETERMINERS.contains(&word(tokens, last - 1));
        if !cased || !describes || !follows_name || is_article || is_named(tokens, last) {
            return end;
        }
        self.notes.push(format!(
            "“{}” behind a name is not looked for: any post with the name counts",
            text(tokens, last)
        ));
        last
    }
}

/// Passes over "the", "our competitor", "the word"; says whether there was a possessive.
fn skip_introduction(tokens: &[Token], start: usize, end: usize, cased: bool) -> (usize, bool) {
    let is_lower = |at: usize| {
        !cased || !tokens.get(at).is_some_and(|t| t.text.chars().any(char::is_uppercase))
    };
    let mut at = start;
    while at < end && is_lower(at) && words::DETERMINERS.contains(&word(tokens, at)) {
        at += 1;
    }
    let has_possessive = (start..at).any(|i| words::POSSESSIVES.contains(&word(tokens, i)));
    let described = (at..end)
        .take_while(|&i| {
            words::listed(words::DESCRIPTORS, word(tokens, i)) && (is_lower(i) || at > start)
        })
        .count();
    let named = at + described;
    let announces =
        described > 0 && words::WORD_DESCRIPTORS.contains(&word(tokens, named - 1)) && at > start;
    let is_name = is_named(tokens, named);
    if described > 0 && named < end && (is_name || announces) {
        return (named, false);
    }
    (at, has_possessive)
}

/// Refuses words that are no part of a name, and names that end like a time or a source.
fn check_words(tokens: &[Token], start: usize, end: usize, cased: bool) -> Result<(), Refusal> {
    for at in start..end {
        let Some(token) = tokens.get(at) else { break };
        let lower = token.lower.as_str();
        let is_name = cased && token.looks_like_name();
        if token.kind != Kind::Word || lower.starts_with(['-', '"', '\u{201c}', '\u{201d}']) {
            return Err(Refusal::Unclear(at));
        }
        if words::listed(words::PRONOUNS, lower) && !is_name && end - start > 1 {
            return Err(Refusal::Unclear(at));
        }
        if words::listed(words::PRONOUNS, lower) && !is_name {
            return Err(Refusal::specific(format!(
                "“{}” is no name; write the name to look for",
                token.text
            )));
        }
        if words::listed(words::DESCRIPTORS, lower) && end - start == 1 && !is_name {
            return Err(Refusal::specific(format!(
                "“{}” does not say which; write its name",
                token.text
            )));
        }
        let is_article = at > start && cased && ["the", "a", "an"].contains(&lower) && !is_name;
        if is_article && tokens.get(at + 1).is_some_and(|next| !next.looks_like_name()) {
            return Err(sense(&joined(slice(tokens, start, end))));
        }
        let is_adverb = at > start && lower.ends_with("ly");
        if (is_no_name(lower) || is_adverb) && !is_name {
            return Err(Refusal::Unclear(at));
        }
        let is_short = lower.len() == 1 && lower.chars().all(char::is_alphabetic);
        if is_short && !is_name && cased && end - start > 1 {
            return Err(Refusal::Unclear(at));
        }
        let is_ambiguous =
            at + 1 == end && (is_date_word(lower) || LIKELY_SOURCES.contains(&lower));
        let is_joint_name =
            || canonical(&joined(slice(tokens, start, end)).to_lowercase()).is_some();
        if end - start > 1 && is_ambiguous && !is_joint_name() {
            return Err(Refusal::specific(format!(
                "“{}” could end in a time or a source; put the whole name in quotes, or write “on {1}” or “in {1}”",
                joined(slice(tokens, start, end)),
                token.text
            )));
        }
    }
    let is_joint = |at: usize| JOINTS.contains(&word(tokens, at)) && word(tokens, at) != "n";
    if is_joint(end - 1) || (is_joint(start) && !is_named(tokens, start)) {
        return Err(Refusal::Unclear(start));
    }
    Ok(())
}

/// Which of several meanings of a word is meant cannot be told.
pub(super) fn sense(written: &str) -> Refusal {
    Refusal::specific(format!(
        "asks for one meaning of a word (“{written}”), which cannot be told from a post; ask for the name alone, or exclude words with “but not”"
    ))
}

/// The parts of `Acme/Globex`; `None` for anything else.
fn split_slash(item: &[Token]) -> Option<Vec<String>> {
    let [token] = item else { return None };
    let is_address = token.text.contains("://")
        || token.text.split('/').next().is_some_and(|host| host.contains('.'));
    if !token.text.contains('/') || is_address || token.lower.starts_with("u/") {
        return None;
    }
    let parts: Vec<String> = token.text.split('/').map(str::to_owned).collect();
    let are_words = parts.iter().all(|part| part.chars().any(char::is_alphanumeric));
    are_words.then_some(parts)
}

/// The words of an item in pieces that belong together: each name whole, other words singly.
fn runs(item: &[Token]) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut continues = false;
    for (at, token) in item.iter().enumerate() {
        let joint = continues && JOINTS.contains(&token.lower.as_str());
        let leads_to_name = item
            .iter()
            .skip(at + 1)
            .find(|t| !JOINTS.contains(&t.lower.as_str()))
            .is_some_and(Token::looks_like_name);
        let is_name = token.looks_like_name() || (joint && leads_to_name);
        match runs.last_mut().filter(|_| continues && is_name) {
            Some(run) => {
                run.push(' ');
                run.push_str(&token.text);
            }
            None => runs.push(token.text.clone()),
        }
        continues = is_name;
    }
    runs
}
