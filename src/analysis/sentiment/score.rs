//! Weighs what a text says: each weighed word by what stands before it, then all together.

use super::Sentiment;
use super::lexicon::{Entry, LEXICON, Role, WordId};
use super::token::{Text, Token, Word};

/// A text that weighs as much is positive, or negative.
const POSITIVE_FROM: f32 = 2.0;
const NEGATIVE_FROM: f32 = -0.7;

/// How many words back a negation or an intensifier is looked for.
const REACH: usize = 3;

/// The label of a weight.
pub(super) fn sentiment(weight: f32) -> Sentiment {
    if weight >= POSITIVE_FROM {
        Sentiment::Positive
    } else if weight <= NEGATIVE_FROM {
        Sentiment::Negative
    } else {
        Sentiment::Neutral
    }
}

/// A weight brought between -1 and 1.
pub(super) fn squash(weight: f32) -> f32 {
    weight / (weight * weight + 15.0).sqrt()
}

/// A word, or a phrase that counts as one.
#[derive(Clone, Copy, Debug)]
struct Unit {
    entry: Entry,
    /// More than 1 where it is written loudly.
    loudness: f32,
    clause: usize,
    /// In a hashtag, or a clause of its own at the end.
    is_aside: bool,
    /// Its weight where it stands.
    weight: f32,
}

/// What a text weighs as a whole; 0 is neutral.
pub(super) fn weigh(text: &Text) -> f32 {
    let mut units = units(text);
    weigh_in_place(&mut units);
    turn(&mut units);
    embitter(&mut units);
    let words: f32 = units.iter().map(|unit| unit.weight).sum();
    let faces: f32 = text
        .tokens
        .iter()
        .map(|token| if let Token::Face(weight) = token { *weight } else { 0.0 })
        .sum();
    let marks = text.tokens.iter().filter(|token| **token == Token::Exclamation).count();
    let stress = match marks {
        0 => 0.0,
        1 => 0.3,
        2 => 0.5,
        _ => 0.7,
    };
    // Nothing at all adds up to -0.
    let sum = words + faces + 0.0;
    let sum = if sum == 0.0 { sum } else { sum + stress * sum.signum() };
    if is_headline(text) { sum * 0.6 } else { sum }
}

/// News reports what happens, good or bad, and most words begin with a capital there.
fn is_headline(text: &Text) -> bool {
    text.words >= 4 && text.capitalized * 10 >= text.words * 6 && text.caps * 2 < text.words
}

fn units(text: &Text) -> Vec<Unit> {
    let mut units = Vec::with_capacity(text.tokens.len());
    let mut clause = 0;
    // How many tokens follow the last word that is no hashtag.
    let is_plain = |token: &Token| matches!(token, Token::Word(word) if !word.in_hashtag);
    let after_last = text.tokens.iter().rev().position(is_plain).unwrap_or_default();
    let mixes_case = text.caps * 2 < text.words;
    let mut tokens = text.tokens.as_slice();
    while let Some((token, rest)) = tokens.split_first() {
        tokens = rest;
        let Token::Word(word) = token else {
            clause += usize::from(!matches!(token, Token::Face(_)));
            continue;
        };
        let (entry, len) = phrase(word, rest);
        tokens = rest.get(len..).unwrap_or_default();
        let is_loud = (word.is_caps && mixes_case) || word.is_stretched;
        let loudness = if is_loud { 1.25 } else { 1.0 };
        let begins_clause = units.last().is_none_or(|last: &Unit| last.clause != clause);
        let is_aside = word.in_hashtag || (begins_clause && tokens.len() <= after_last);
        units.push(Unit { entry, loudness, clause, is_aside, weight: 0.0 });
    }
    units
}

/// The longest phrase that begins with `first`, and how many words follow the first in it.
fn phrase(first: &Word, rest: &[Token]) -> (Entry, usize) {
    let is_next = |(wanted, token): (&WordId, &Token)| match token {
        Token::Word(word) => word.id == *wanted,
        _ => false,
    };
    let found = LEXICON.phrases(first.entry).iter().find(|phrase| {
        phrase.rest.len() <= rest.len() && phrase.rest.iter().zip(rest).all(is_next)
    });
    found.map_or((first.entry, 0), |phrase| (phrase.entry, phrase.rest.len()))
}

/// Gives each unit its weight: its own, changed by the words before it in its clause.
fn weigh_in_place(units: &mut [Unit]) {
    for at in 0..units.len() {
        let (before, rest) = units.split_at_mut(at);
        let Some(unit) = rest.first_mut() else { return };
        unit.weight = unit.entry.weight * unit.loudness;
        if unit.weight == 0.0 {
            continue;
        }
        let (mut boost, mut factor) = (0.0, 1.0);
        let reach =
            before.iter_mut().rev().take(REACH).take_while(|before| before.clause == unit.clause);
        for (before, near) in reach.zip([1.0, 0.9, 0.8]) {
            match before.entry.role {
                Role::Boosts => {
                    boost += 0.8 * near;
                    // "Fucking great" blames nobody.
                    if unit.weight > 0.0 {
                        before.weight = before.weight.max(0.0);
                    }
                }
                Role::Dampens => boost -= 0.6 * near,
                Role::Negates if unit.entry.role != Role::Negates => {
                    factor *= -0.6;
                    // What it weighs by itself went into what it negates.
                    before.weight = 0.0;
                }
                Role::Supposes if unit.weight > 0.0 => factor *= 0.4,
                _ => {}
            }
            if before.entry.is_remedy && unit.weight < 0.0 {
                factor *= -0.4;
            }
        }
        unit.weight = (unit.weight + boost * unit.weight.signum()) * factor;
    }
}

/// Where a sentence turns with "but", what follows counts for more.
fn turn(units: &mut [Unit]) {
    let Some(at) = units.iter().rposition(|unit| unit.entry.role == Role::Turns) else { return };
    let (before, after) = units.split_at_mut(at);
    if after.iter().any(|unit| unit.weight != 0.0) {
        for unit in before {
            unit.weight *= 0.5;
        }
        for unit in after {
            unit.weight *= 1.3;
        }
    }
}

/// Praise that is taken back at the end was not meant. Nor is it beside a complaint, where it is
/// thanks or stands alone: "Great, another outage. Thanks!"
fn embitter(units: &mut [Unit]) {
    let taken_back = units.iter().rposition(|unit| unit.entry.is_sarcasm && unit.is_aside);
    for unit in units.iter_mut().take(taken_back.unwrap_or(0)).filter(|unit| unit.weight > 0.0) {
        unit.weight *= -0.7;
    }
    let blame: f32 = units.iter().map(|unit| unit.weight.min(0.0)).sum();
    if blame > -0.7 {
        return;
    }
    let clauses: Vec<usize> = units.iter().map(|unit| unit.clause).collect();
    for (at, unit) in units.iter_mut().enumerate().filter(|(_, unit)| unit.weight > 0.0) {
        let is_neighbour =
            |at: Option<usize>| at.and_then(|at| clauses.get(at)) == Some(&unit.clause);
        let stands_alone = !is_neighbour(at.checked_sub(1)) && !is_neighbour(Some(at + 1));
        if unit.entry.is_thanks || (stands_alone && at + 1 < clauses.len()) {
            unit.weight *= -0.4;
        }
    }
}
