//! Questions that count, in German, French and Spanish: their phrases are put into the grammar's
//! own words, and names stay as they are.

mod french;
mod german;
mod spanish;

use super::cues::cue_at;
use super::date::month;
use super::sources::canonical;
use super::time::is_date_word;
use super::token::{Kind, Token};
use super::words::{is_kind, is_no_name, listed, phrase, text, word};

/// The phrases of a language.
pub(super) struct Tongue {
    name: &'static str,
    /// One of these gives the language away.
    openings: &'static [&'static str],
    /// A phrase and the same in the grammar's words. `#` stands for a number on both sides.
    rows: &'static [(&'static str, &'static str)],
    /// Words that lose their vowel and hang on the next one: `d'`.
    elisions: &'static [&'static str],
}

const TONGUES: [&Tongue; 3] = [&german::GERMAN, &french::FRENCH, &spanish::SPANISH];

/// The prompt in the grammar's words and the name of its language; none for one in English.
pub(super) fn translated(tokens: &[Token]) -> Option<(Vec<Token>, &'static str)> {
    let holds = |opening: &str| (0..tokens.len()).any(|at| phrase(tokens, at, opening).is_some());
    let tongue = TONGUES.into_iter().find(|tongue| tongue.openings.iter().any(|o| holds(o)))?;
    Some((translate(&apart(tokens, tongue), tongue), tongue.name))
}

/// The first word that was left as it is and is neither written like a name nor known: it may be a
/// "not" that nobody here understands. A single such word may itself be the name.
pub(super) fn unknown(translated: &[Token]) -> Option<String> {
    const PARTS: &str = "hacker, news, stack, overflow, exchange, product, hunt, the, a";
    let is_known = |at: usize| {
        let lower = word(translated, at);
        cue_at(translated, at).is_some()
            || canonical(lower).is_some()
            || is_no_name(lower)
            || is_date_word(lower)
            || month(lower).is_some()
            || listed(PARTS, lower)
    };
    let is_plain = |at: usize| {
        translated.get(at).is_some_and(|t| t.kind == Kind::Word && !t.looks_like_name())
            && !is_known(at)
    };
    let plain: Vec<usize> = (0..translated.len()).filter(|&at| is_plain(at)).collect();
    let has_name = (0..translated.len()).any(|at| {
        translated.get(at).is_some_and(|t| {
            let starts_like_one = t.text.starts_with(|c: char| !c.is_ascii_digit());
            t.looks_like_name() && starts_like_one && canonical(&t.lower).is_none()
        })
    });
    let most = usize::from(!has_name);
    plain.get(most).map(|&at| text(translated, at).to_owned())
}

/// The tokens with `d'Acme` cut in two.
fn apart(tokens: &[Token], tongue: &Tongue) -> Vec<Token> {
    let mut cut = Vec::new();
    for token in tokens {
        let elided = tongue
            .elisions
            .iter()
            .find(|elision| token.lower.starts_with(*elision) && token.lower.len() > elision.len());
        // Both kinds of apostrophe end a single letter.
        match elided.and_then(|_| token.text.split_once(['\'', '\u{2019}'])) {
            Some((letter, rest)) if token.kind == Kind::Word && !rest.is_empty() => {
                cut.push(Token::known(&format!("{letter}'").to_lowercase()));
                cut.push(Token::known(rest));
            }
            _ => cut.push(token.clone()),
        }
    }
    cut
}

fn translate(tokens: &[Token], tongue: &Tongue) -> Vec<Token> {
    let mut told = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let best = tongue
            .rows
            .iter()
            .filter_map(|(theirs, ours)| Some((matched(tokens, at, theirs)?, *ours)))
            .max_by_key(|((next, _), _)| *next);
        let Some(((next, number), ours)) = best else {
            told.extend(tokens.get(at).cloned());
            at += 1;
            continue;
        };
        for word in ours.split(' ').filter(|word| !word.is_empty()) {
            told.push(Token::known(if word == "#" { number } else { word }));
        }
        at = next;
    }
    told
}

/// Where `wanted` ends when it stands at `at`, and the number in it.
fn matched<'a>(tokens: &'a [Token], at: usize, wanted: &str) -> Option<(usize, &'a str)> {
    let mut next = at;
    let mut number = "";
    for part in wanted.split(' ') {
        let written = word(tokens, next);
        if part == "#" {
            if written.is_empty() || !written.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            number = text(tokens, next);
            next += 1;
            // The full stop of "1. Oktober".
            let is_stop = is_kind(tokens, next, Kind::Stop) && text(tokens, next) == ".";
            next += usize::from(is_stop && next + 1 < tokens.len());
        } else if written == part {
            next += 1;
        } else {
            return None;
        }
    }
    Some((next, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::reading::date::month;

    #[test]
    fn each_row_keeps_its_number_and_each_language_has_all_months() {
        for tongue in TONGUES {
            for (theirs, ours) in tongue.rows {
                assert_eq!(theirs.contains('#'), ours.contains('#'), "{theirs}");
                assert_eq!(*theirs, theirs.to_lowercase(), "{theirs}");
            }
            for wanted in 1..=12 {
                let has = tongue.rows.iter().any(|(_, ours)| month(ours) == Some(wanted));
                assert!(has, "{} lacks month {wanted}", tongue.name);
            }
        }
    }
}
