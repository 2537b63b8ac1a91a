//! Finds the one run of words that says what to look for, and checks that it stands where a name
//! of that kind of question stands.

use super::cues::Cue;
use super::grammar::{Context, Read};
use super::intent::Asked;
use super::list::Joint;
use super::refusal::Refusal;
use super::scan::{Part, Piece, Scan};
use super::terms::Terms;
use super::token::{Kind, Token};
use super::words::{self, slice, word};
use crate::model::document::DocumentKind;
use crate::model::reading::Intent;

/// What to look for: the tokens from `start` up to `end`, and its first and last piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub start: usize,
    pub end: usize,
    pub first: usize,
    pub last: usize,
}

/// The run of words that are neither modifiers nor cues; two of them refuse the prompt.
pub(super) fn run(context: &Context<'_>, scan: &Scan) -> Read<Option<Run>> {
    let is_in =
        |piece: &Piece| matches!(piece.part, Part::Word | Part::Joint(_) | Part::Determiner);
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    while at < scan.pieces.len() {
        let length = scan.pieces.iter().skip(at).take_while(|piece| is_in(piece)).count();
        if let Some(run) = trimmed(context, scan, at, at + length) {
            runs.push(run);
        }
        at += length.max(1);
    }
    match runs.as_slice() {
        [] => Ok(None),
        [run] => Ok(Some(*run)),
        [.., last] => Err(Refusal::Unclear(too_many(scan, &runs, last))),
    }
}

/// Where the run begins that is most likely the one too many: behind "on" or "in", else the one
/// that no word leads to, else the last.
fn too_many(scan: &Scan, runs: &[Run], last: &Run) -> usize {
    let before = |run: &Run| run.first.checked_sub(1).and_then(|at| scan.pieces.get(at));
    let placed = |run: &Run| {
        before(run)
            .filter(|piece| {
                matches!(piece.part, Part::Cue(Cue::On | Cue::In | Cue::To | Cue::From))
            })
            .map(|piece| piece.start)
    };
    let is_led = |run: &&Run| {
        before(run).is_some_and(|piece| {
            matches!(piece.part, Part::Cue(Cue::About | Cue::Mention | Cue::Mentioned))
        })
    };
    let unled = runs.iter().find(|run| !is_led(run)).map(|run| run.start);
    let about = before(last).filter(|piece| piece.part == Part::Cue(Cue::About));
    let start = about.map_or(last.start, |piece| piece.start);
    runs.iter().rev().find_map(placed).or(unled).unwrap_or(start)
}

/// The pieces from `from` up to `to` without what joins them to their neighbours.
fn trimmed(context: &Context<'_>, scan: &Scan, from: usize, to: usize) -> Option<Run> {
    let part = |i: usize| scan.pieces.get(i).map(|piece| piece.part);
    let is_word = |i: &usize| part(*i) == Some(Part::Word);
    let last = (from..to).rev().find(is_word)?;
    let mut first = (from..to).find(is_word)?;
    // Determiners belong to the name: "our competitor Initech", "both A and B".
    while first > from && part(first - 1) == Some(Part::Determiner) {
        first -= 1;
    }
    let mut end = scan.pieces.get(last)?.end;
    // The bracket of "Acme (aka Acme Corp)" closes behind the name.
    let closes = part(last + 1) == Some(Part::Joint(Joint::Close)) && last + 1 < to;
    let start = scan.pieces.get(first)?.start;
    let opens = slice(context.tokens, start, end).iter().any(|t| t.text.starts_with('('));
    if closes && opens {
        end += 1;
    }
    Some(Run { start, end, first, last })
}

/// What stands beside the run.
struct Beside {
    /// The cue before it; none where a sentence or clause begins.
    before: Option<Cue>,
    /// The cue before that one.
    earlier: Option<Cue>,
    after: Option<Cue>,
    /// The cue stands directly behind it.
    adjacent: bool,
}

fn beside(scan: &Scan, run: &Run) -> Beside {
    let cue_before = |from: usize| -> Option<(usize, Cue)> {
        for at in (0..from).rev() {
            match scan.pieces.get(at)?.part {
                Part::Cue(Cue::Every)
                | Part::Modifier
                | Part::Determiner
                | Part::Joint(Joint::And | Joint::Or) => {}
                Part::Cue(cue) => return Some((at, cue)),
                _ => return None,
            }
        }
        None
    };
    let before = cue_before(run.first);
    let earlier = before.and_then(|(at, _)| cue_before(at));
    let mut after = None;
    for (at, piece) in scan.pieces.iter().enumerate().skip(run.last + 1) {
        match piece.part {
            Part::Modifier | Part::Determiner => {}
            Part::Cue(cue) => {
                after = Some((at, cue));
                break;
            }
            _ => break,
        }
    }
    Beside {
        before: before.map(|(_, cue)| cue),
        earlier: earlier.map(|(_, cue)| cue),
        after: after.map(|(_, cue)| cue),
        adjacent: after.is_some_and(|(at, _)| at == run.last + 1),
    }
}

/// Refuses a run that does not stand where what to look for stands.
pub(super) fn check_slot(
    context: &Context<'_>,
    scan: &Scan,
    run: &Run,
    asked: Asked,
    terms: &Terms,
) -> Read {
    let beside = beside(scan, run);
    let unclear = || Refusal::Unclear(run.start);
    check_neighbour(context, scan, run, &beside)?;
    check_adjective(context, scan, run, &beside)?;
    let is_noun = is_noun(beside.after);
    let is_list =
        matches!(asked, Asked::Of(Intent::Compare | Intent::ShareOfVoice)) && terms.list.len() > 1;
    let fits = match beside.before {
        None => is_noun || is_list || beside.after.is_none() || is_verb(beside.after),
        Some(Cue::About | Cue::Mention | Cue::Mentioned) => true,
        Some(Cue::Mentions) => is_noun || mentions_is_verb(beside.earlier),
        Some(Cue::Talk) => is_literal(context.tokens, run),
        Some(Cue::On) => follows_on(beside.earlier),
        Some(Cue::In) => {
            matches!(beside.earlier, Some(Cue::Change | Cue::Spike | Cue::Trend | Cue::Compare))
        }
        Some(Cue::To) => matches!(beside.earlier, Some(Cue::Mentions | Cue::Mention)),
        Some(
            Cue::Aux
            | Cue::Times
            | Cue::How
            | Cue::Where
            | Cue::Which
            | Cue::Any
            | Cue::Languages
            | Cue::Who,
        ) => is_noun || is_verb(beside.after) || is_list,
        Some(Cue::Compare) if asked == Asked::Of(Intent::Changes) => true,
        Some(
            Cue::Compare
            | Cue::Voice
            | Cue::Tally
            | Cue::Spike
            | Cue::Sentiment
            | Cue::Summary
            | Cue::Keywords
            | Cue::Hashtags,
        ) => is_noun || is_list || beside.after.is_none(),
        Some(
            Cue::From | Cue::People | Cue::Anyone | Cue::Get | Cue::Say | Cue::Ask | Cue::Appear,
        ) => false,
        Some(_) => is_noun || is_list || asked == Asked::Name,
    };
    if fits { Ok(()) } else { Err(unclear()) }
}

/// What a name may stand in front of: "Acme mentions". "Acme issues" may be troubles with it.
fn is_noun(cue: Option<Cue>) -> bool {
    matches!(
        cue,
        Some(
            Cue::Mentions
                | Cue::Posts
                | Cue::Tweets
                | Cue::Tally
                | Cue::Fresh
                | Cue::Voice
                | Cue::Kind(DocumentKind::Video | DocumentKind::Comment | DocumentKind::Article)
        )
    )
}

/// A verb of which what is looked for is the subject.
fn is_verb(cue: Option<Cue>) -> bool {
    matches!(
        cue,
        Some(
            Cue::Mentioned
                | Cue::Appear
                | Cue::Get
                | Cue::Aux
                | Cue::Change
                | Cue::Spike
                | Cue::Breakdown
                | Cue::Trend
                | Cue::Polite
        )
    )
}

/// "which subreddit mentions Acme".
fn mentions_is_verb(subject: Option<Cue>) -> bool {
    matches!(
        subject,
        Some(
            Cue::Communities
                | Cue::Countries
                | Cue::Platforms
                | Cue::Domains
                | Cue::Who
                | Cue::People
        )
    )
}

/// What "on" may stand behind to mean "about".
fn follows_on(cue: Option<Cue>) -> bool {
    matches!(
        cue,
        Some(
            Cue::Posts
                | Cue::Tweets
                | Cue::Kind(_)
                | Cue::People
                | Cue::Sentiment
                | Cue::Label(_)
                | Cue::New
                | Cue::Change
                | Cue::Summary
                | Cue::Aux
                | Cue::Metric(_)
                | Cue::Most(_)
                | Cue::Questions
                | Cue::Keywords
                | Cue::Hashtags
                | Cue::Spike
                | Cue::Say
        )
    )
}

/// "posted the phrase “…”": quoted, or announced as a word.
fn is_literal(tokens: &[Token], run: &Run) -> bool {
    let first = (run.start..run.end)
        .find(|&at| !words::DETERMINERS.contains(&word(tokens, at)))
        .unwrap_or(run.start);
    tokens.get(first).is_some_and(|token| token.kind == Kind::Quoted)
        || words::WORD_DESCRIPTORS.contains(&word(tokens, first))
        || word(tokens, first).starts_with(['#', '@'])
}

/// Refuses a plain phrase that a noun of the grammar follows: "mentions of machine learning videos"
/// could look for the phrase, or for videos about a part of it.
fn check_neighbour(context: &Context<'_>, scan: &Scan, run: &Run, beside: &Beside) -> Read {
    let is_led = matches!(beside.before, Some(Cue::About | Cue::Mention | Cue::Mentioned));
    let Some(after) = beside.after.filter(|_| beside.adjacent && is_led) else {
        return Ok(());
    };
    let is_named = slice(context.tokens, run.start, run.end).iter().any(Token::looks_like_name);
    let start = scan.pieces.get(run.last + 1).map_or(run.end, |piece| piece.start);
    let asks_how = scan.cues().find(|cue| !matches!(cue, Cue::Polite));
    let is_subject =
        matches!(asks_how, Some(Cue::How | Cue::Aux | Cue::Why | Cue::When | Cue::Change));
    let says_most = ["most", "the"].contains(&word(context.tokens, start));
    let fits = match after {
        Cue::Posts | Cue::Mentions | Cue::Tweets => is_named || !context.cased,
        Cue::Label(_) => is_subject || word(context.tokens, start).ends_with("ly"),
        Cue::Compare if ["side", "head"].contains(&word(context.tokens, start)) => true,
        Cue::Change | Cue::Spike | Cue::Trend | Cue::Breakdown | Cue::Compare => is_subject,
        Cue::Top => says_most,
        Cue::Aux
        | Cue::Who
        | Cue::Polite
        | Cue::Get
        | Cue::Mentioned
        | Cue::Appear
        | Cue::Talk
        | Cue::About
        | Cue::Json
        | Cue::When
        | Cue::Unanswered
        | Cue::Answered
        | Cue::On
        | Cue::In => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(Refusal::Unclear(start)) }
}

/// Refuses "sponsored mentions": a plain word in front of a noun may say what kind of it.
fn check_adjective(context: &Context<'_>, scan: &Scan, run: &Run, beside: &Beside) -> Read {
    const KINDS: &str = "viral, brand, direct, public, unique, duplicate, media, press, social, own, \
        bad, good, great, big, real, fake, spam, bot, private, long, short, old, random, weird, funny";
    const ENDINGS: &[&str] = &[
        "ive", "al", "ful", "ous", "ic", "able", "ible", "ed", "ent", "ant", "ary", "est", "ish",
        "ing", "less", "ly",
    ];
    let name = word(context.tokens, run.start);
    let is_led = matches!(beside.before, Some(Cue::About | Cue::Mention | Cue::Mentioned));
    let is_plain = run.end == run.start + 1
        && !name.is_empty()
        && context.cased
        && !context.tokens.get(run.start).is_some_and(Token::looks_like_name);
    if !beside.adjacent || is_led || !is_plain {
        return Ok(());
    }
    if !words::listed(KINDS, name) && !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        return Ok(());
    }
    let noun = scan.pieces.get(run.last + 1).map_or("", |piece| word(context.tokens, piece.start));
    Err(Refusal::specific(format!(
        "“{name} {noun}” could ask for a kind of {noun}; write “{noun} of {name}” if it is a name"
    )))
}
