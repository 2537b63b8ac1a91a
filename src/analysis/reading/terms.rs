//! Reads what to look for: names, quoted phrases, handles and hashtags, and lists of them.
//!
//! Only what is written like a name is taken as one. Lower-case words that could be a qualifier
//! ("negative comments", "by journalists") are refused rather than searched for, and whoever means
//! them literally puts them in quotes.

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
    pub terms: Vec<Term>,
    pub notes: Vec<String>,
}

/// Reads `slice(tokens, start, end)` as a list of terms. `cased` says whether capitals mean anything in
/// this prompt.
pub(super) fn terms_in(
    tokens: &[Token],
    start: usize,
    end: usize,
    cased: bool,
) -> Result<Terms, Refusal> {
    let mut read = Terms::default();
    let mut at = start;
    if word(tokens, at) == "both" {
        return Err(Refusal::specific(
            "posts that hold all of several names cannot be asked for; ask for one name, or join them with “or”",
        ));
    }
    at += usize::from(word(tokens, at) == "either");
    let (mut says_and, mut expects_more) = (false, true);
    let mut items: Vec<&[Token]> = Vec::new();
    while at < end {
        let until = (at..end).find(|&i| separator(tokens, i, cased).is_some()).unwrap_or(end);
        if until > at {
            if !items.is_empty() && is_apposition(slice(tokens, at, until)) {
                return Err(sense(&joined(slice(tokens, at, until))));
            }
            read.push_item(tokens, at, until, cased)?;
            items.push(slice(tokens, at, until));
            expects_more = false;
        }
        let Some(kind) = separator(tokens, until, cased).filter(|_| until < end) else {
            break;
        };
        if kind == Separator::Other {
            return Err(Refusal::Unclear(until));
        }
        if kind == Separator::BooleanAnd {
            return Err(Refusal::specific(
                "“AND” cannot be asked for; ask for one name, join them with “or”, or put a whole name in quotes",
            ));
        }
        says_and |= kind == Separator::And;
        expects_more |= matches!(kind, Separator::And | Separator::Or);
        at = until + 1;
    }
    if expects_more || read.terms.is_empty() {
        return Err(Refusal::Unclear(end));
    }
    check_list(&items, end - start, says_and, cased)?;
    if says_and {
        read.notes.push("“and” between names was read as either of them: a post that names one is counted, once".to_owned());
    }
    Ok(read)
}

/// Refuses lists that read like something else: the same name twice, a name beside plain words.
fn check_list(
    items: &[&[Token]],
    length: usize,
    says_and: bool,
    cased: bool,
) -> Result<(), Refusal> {
    let mut spelled = std::collections::HashSet::new();
    let repeated = items.iter().map(|item| joined(item)).find(|name| !spelled.insert(name.clone()));
    if let Some(name) = repeated.filter(|_| says_and) {
        return Err(Refusal::specific(format!(
            "“{name} and {name}” names one thing twice; put the whole name in quotes"
        )));
    }
    let has_name = |item: &&&[Token]| item.iter().any(Token::looks_like_name);
    let named = items.iter().filter(has_name).count();
    if !cased || named == 0 || named == items.len() {
        return Ok(());
    }
    if says_and {
        return Err(Refusal::specific(
            "“and” between a name and a plain word could mean both or either; join them with “or”, or put a whole name in quotes",
        ));
    }
    let is_long = items.iter().any(|item| !has_name(&item) && item.len() > 1);
    if is_long { Err(Refusal::Unclear(length)) } else { Ok(()) }
}

/// "the language", behind a name: says which meaning of it is meant.
fn is_apposition(item: &[Token]) -> bool {
    let begins = item.first().is_some_and(|t| ["the", "a", "an", "as"].contains(&t.lower.as_str()));
    begins && item.len() > 1 && !item.iter().any(Token::looks_like_name)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Comma,
    Or,
    And,
    BooleanAnd,
    /// A bracket or a dash: parts no list.
    Other,
}

fn separator(tokens: &[Token], at: usize, cased: bool) -> Option<Separator> {
    let token = tokens.get(at)?;
    match token.lower.as_str() {
        _ if token.kind == Kind::Comma && token.text.starts_with([',', ';']) => {
            Some(Separator::Comma)
        }
        _ if token.kind == Kind::Comma => Some(Separator::Other),
        "or" | "/" | "and/or" | "nor" => Some(Separator::Or),
        "and" if cased && token.text == "AND" => Some(Separator::BooleanAnd),
        "and" => Some(Separator::And),
        _ => None,
    }
}

impl Terms {
    fn push(&mut self, term: Term) {
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
    }

    fn push_item(
        &mut self,
        tokens: &[Token],
        start: usize,
        end: usize,
        cased: bool,
    ) -> Result<(), Refusal> {
        let (start, has_possessive) = skip_introduction(tokens, start, end, cased);
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
        if let Some(parts) = split_slash(item)? {
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
            return Err(Refusal::specific(format!(
                "does not say whose “{}” is meant; name the product or company, or put the words in quotes",
                joined(item)
            )));
        }
        self.push_words(tokens, start, end, cased)
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
        let is_joint_name = canonical(&joined(slice(tokens, start, end)).to_lowercase()).is_some();
        if end - start > 1 && is_ambiguous && !is_joint_name {
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
fn split_slash(item: &[Token]) -> Result<Option<Vec<String>>, Refusal> {
    if item.iter().any(|token| token.lower.starts_with("r/")) {
        return Err(Refusal::specific(
            "one community cannot be counted by itself; ask about Reddit as a whole",
        ));
    }
    let [token] = item else { return Ok(None) };
    let is_address = token.text.contains("://")
        || token.text.split('/').next().is_some_and(|host| host.contains('.'));
    if !token.text.contains('/') || is_address || token.lower.starts_with("u/") {
        return Ok(None);
    }
    let parts: Vec<String> = token.text.split('/').map(str::to_owned).collect();
    let are_words = parts.iter().all(|part| part.chars().any(char::is_alphanumeric));
    Ok(are_words.then_some(parts))
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
