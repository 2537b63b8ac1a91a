//! Cuts a prompt into what is understood of it: modifiers, cues, joints, and runs of other words.
//!
//! Every token lands in exactly one piece, so nothing is passed over: what is neither a modifier
//! nor a cue is what to look for, or refuses the prompt.

use std::collections::BTreeMap;

use super::cues::{Cue, cue_at};
use super::exclude::Excluded;
use super::grammar::{Context, Read};
use super::list::{Joint, joint_at};
use super::lists::is_listable;
use super::modifier::{Modifier, is_capital, is_determiner, modifier_at};
use super::refusal::Refusal;
use super::token::Kind;
use super::words::{self, is_kind, is_named, word};
use crate::model::reading::{FieldType, Filters, GroupBy, Sort, Window};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Cue(Cue),
    Modifier,
    Joint(Joint),
    Determiner,
    /// The end of a sentence or clause.
    Stop,
    /// A word of what to look for.
    Word,
}

/// A part of the prompt: the tokens from `start` up to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub part: Part,
    pub start: usize,
    pub end: usize,
}

/// What the modifiers said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub exclude: Vec<String>,
    /// Meanings of a name that are not meant.
    pub meanings: Vec<String>,
    pub sources: Vec<String>,
    /// Sources were set against each other.
    pub sources_versus: bool,
    pub filters: Filters,
    /// Each time with the index of its piece.
    pub times: Vec<(Window, usize)>,
    /// A time before the one named is asked for as well.
    pub time_before: bool,
    /// The pieces that can be set against another: times and sources.
    pub comparable: Vec<usize>,
    pub groups: Vec<GroupBy>,
    /// "broken down by", "split by".
    pub breaks_down: bool,
    pub sort: Option<Sort>,
    pub limit: Option<u32>,
    pub schedule: Option<String>,
    pub extract: Option<BTreeMap<String, FieldType>>,
    pub notes: Vec<String>,
}

/// A prompt in pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scan {
    pub pieces: Vec<Piece>,
    pub said: Said,
}

pub(super) fn scan(context: &Context<'_>) -> Read<Scan> {
    let mut scan = Scan::default();
    let mut at = 0;
    while at < context.tokens.len() {
        let (part, end) = scan.piece_at(context, at)?;
        scan.pieces.push(Piece { part, start: at, end });
        at = end.max(at + 1);
    }
    Ok(scan)
}

impl Scan {
    fn piece_at(&mut self, context: &Context<'_>, at: usize) -> Read<(Part, usize)> {
        let tokens = context.tokens;
        if is_kind(tokens, at, Kind::Stop) {
            return Ok((Part::Stop, at + 1));
        }
        if is_kind(tokens, at, Kind::Quoted) {
            return Ok((Part::Word, at + 1));
        }
        if let Some((modifier, next)) = modifier_at(context, at)? {
            self.apply(modifier)?;
            return Ok((Part::Modifier, next));
        }
        if let Some((joint, next)) = joint_at(tokens, at, context.cased) {
            return Ok((Part::Joint(joint), next));
        }
        let follows_word = self
            .pieces
            .last()
            .is_some_and(|piece| matches!(piece.part, Part::Word | Part::Joint(Joint::Close)));
        // "Compare Acme with Globex".
        if follows_word && self.says(Cue::Compare) && ["with", "to"].contains(&word(tokens, at)) {
            return Ok((Part::Joint(Joint::Versus), at + 1));
        }
        if self.is_inside_name(context, at) {
            return Ok((Part::Word, at + 1));
        }
        // "the 8 highest", "some questions": a determiner, unless a phrase begins with it.
        let cue = cue_at(tokens, at).filter(|_| !is_capital(context, at));
        let cue = cue.filter(|(_, next)| {
            // "the most viewed" is more than "the most".
            let longer = *next > at + 1
                && cue_at(tokens, at + 1).is_some_and(|(_, further)| further > *next);
            !(is_determiner(word(tokens, at)) && longer)
        });
        let owned = at > 0 && words::POSSESSIVES.contains(&word(tokens, at - 1));
        match cue {
            // "our new pricing" is no question about news.
            Some((Cue::New | Cue::Latest, _)) if owned => Ok((Part::Word, at + 1)),
            Some((Cue::Verified, _)) => Ok((Part::Word, at + 1)),
            Some((cue, next)) => Ok((Part::Cue(cue), next)),
            None if is_determiner(word(tokens, at)) && !is_capital(context, at) => {
                Ok((Part::Determiner, at + 1))
            }
            // "classify mentions as positive or negative".
            None if word(tokens, at) == "as"
                && matches!(cue_at(tokens, at + 1), Some((Cue::Label(_), _))) =>
            {
                Ok((Part::Cue(Cue::Polite), at + 1))
            }
            None if word(tokens, at) == "only" && is_listable(tokens, at + 1) => {
                Ok((Part::Cue(Cue::Polite), at + 1))
            }
            None if is_unique_people(context, at) => Ok((Part::Cue(Cue::Polite), at + 1)),
            None => Ok((Part::Word, at + 1)),
        }
    }

    /// The "of" of "Bank of America".
    fn is_inside_name(&self, context: &Context<'_>, at: usize) -> bool {
        let follows_name = self.pieces.last().is_some_and(|piece| piece.part == Part::Word)
            && at > 0
            && is_named(context.tokens, at - 1)
            && !is_kind(context.tokens, at - 1, Kind::Quoted);
        let leads_to_name =
            is_named(context.tokens, at + 1) && !is_kind(context.tokens, at + 1, Kind::Quoted);
        let is_joint = ["of", "the"].contains(&word(context.tokens, at));
        context.cased && is_joint && follows_name && leads_to_name
    }

    fn apply(&mut self, modifier: Modifier) -> Read {
        let said = &mut self.said;
        let against = self.pieces.last().is_some_and(|p| p.part == Part::Joint(Joint::Versus));
        let is_time = matches!(modifier, Modifier::Time(..) | Modifier::TimeBefore);
        let is_source = matches!(modifier, Modifier::Sources(..)) && !said.sources.is_empty();
        if is_time || is_source {
            said.comparable.push(self.pieces.len());
        }
        said.sources_versus |= against && is_source;
        match modifier {
            Modifier::Nothing(notes) => said.notes.extend(notes),
            Modifier::Time(window, notes) => {
                said.times.push((window, self.pieces.len()));
                said.notes.extend(notes);
            }
            Modifier::TimeBefore => said.time_before = true,
            Modifier::Sources(names, versus, notes) => {
                add(&mut said.sources, names);
                said.sources_versus |= versus;
                said.notes.extend(notes);
            }
            Modifier::Communities(names) => {
                add(&mut said.sources, vec!["reddit".to_owned()]);
                add(&mut said.filters.community, names);
            }
            Modifier::Exclude(Excluded::Words(words, notes)) => {
                add(&mut said.exclude, words);
                said.notes.extend(notes);
            }
            Modifier::Exclude(Excluded::Kinds(kinds)) => add(&mut said.filters.kind_not, kinds),
            Modifier::Exclude(Excluded::Meaning(meaning)) => said.meanings.push(meaning),
            Modifier::Filter(filters) => {
                add(&mut said.filters.language, filters.language);
                once(&mut said.filters.min_likes, filters.min_likes, "two numbers of likes")?;
                once(&mut said.filters.verified, filters.verified, "verified authors twice")?;
            }
            Modifier::Group(group, breaks) => {
                add(&mut said.groups, vec![group]);
                said.breaks_down |= breaks;
            }
            Modifier::Limit(0) => {
                return Err(Refusal::specific("asks for a list of none; ask for one row or more"));
            }
            Modifier::Limit(limit) => {
                once(&mut said.limit, Some(limit), "two lengths of the list")?;
            }
            Modifier::Sort(sort) => once(&mut said.sort, Some(sort), "two orders")?,
            Modifier::Schedule((cron, notes)) => {
                once(&mut said.schedule, Some(cron), "two schedules")?;
                said.notes.extend(notes);
            }
            Modifier::Extract((fields, _)) => {
                once(&mut said.extract, Some(fields), "two lists of fields")?;
            }
        }
        Ok(())
    }

    /// Whether any piece is a cue that `is_it`.
    pub fn has(&self, is_it: impl Fn(Cue) -> bool) -> bool {
        self.cues().any(is_it)
    }

    pub fn cues(&self) -> impl Iterator<Item = Cue> {
        self.pieces.iter().filter_map(|piece| match piece.part {
            Part::Cue(cue) => Some(cue),
            _ => None,
        })
    }

    pub fn says(&self, cue: Cue) -> bool {
        self.has(|other| other == cue)
    }

    /// "posts and comments": whether the kind of post at `piece` is wanted besides plain posts.
    pub fn is_joined_to_posts(&self, piece: usize) -> bool {
        let is_joint = |at: usize| {
            let part = self.pieces.get(at).map(|piece| piece.part);
            matches!(part, Some(Part::Joint(Joint::And | Joint::Or | Joint::Comma)))
        };
        let is_posts = |at: usize| matches!(self.cue(at), Some(Cue::Posts | Cue::Tweets));
        let before = piece >= 2 && is_joint(piece - 1) && is_posts(piece - 2);
        before || (is_joint(piece + 1) && is_posts(piece + 2))
    }

    /// The cue at `piece`.
    pub fn cue(&self, piece: usize) -> Option<Cue> {
        match self.pieces.get(piece)?.part {
            Part::Cue(cue) => Some(cue),
            _ => None,
        }
    }
}

/// "unique users": one person counts once anyway.
fn is_unique_people(context: &Context<'_>, at: usize) -> bool {
    words::UNIQUE.contains(&word(context.tokens, at))
        && words::PEOPLE.contains(&word(context.tokens, at + 1))
        && (!is_named(context.tokens, at) || !context.cased || at == 0)
}

/// Adds what is not there yet.
fn add<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

/// Sets what may be said once, or twice in the same way.
fn once<T: PartialEq>(slot: &mut Option<T>, value: Option<T>, twice: &str) -> Read {
    if value.is_none() {
        return Ok(());
    }
    if slot.is_some() && *slot != value {
        return Err(Refusal::specific(format!("names {twice}; name one")));
    }
    *slot = value;
    Ok(())
}
