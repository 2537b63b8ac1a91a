//! Decides what kind of answer a prompt asks for, and refuses cues that kind has no use for.

use super::cues::Cue;
use super::grammar::{Context, Read};
use super::list::Joint;
use super::refusal::Refusal;
use super::scan::{Part, Piece, Scan};
use super::slot::Run;
use super::terms::Terms;
use super::token::{Kind, Token};
use super::words;
use crate::model::reading::{GroupBy, Intent, SentimentLabel, SortBy};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Of(Intent),
    /// A name and nothing that says what is wanted of it.
    Name,
}

/// Finds one group of kinds of answers.
type Rule = fn(&Scan, &Terms, &Run) -> Option<Intent>;

/// The kind of answer that is asked for.
pub(super) fn decide(context: &Context<'_>, scan: &Scan, run: &Run, terms: &Terms) -> Read<Asked> {
    if scan.cues().all(|cue| cue == Cue::Polite) {
        return bare(context, scan, run, terms);
    }
    let rules: [Rule; 5] = [marked, compared, grouped, ranked, plain];
    let found = rules.iter().find_map(|rule| rule(scan, terms, run));
    found.map(Asked::Of).ok_or(Refusal::Unclear(first_word(scan)))
}

/// The token that the first cue or word begins with.
fn first_word(scan: &Scan) -> usize {
    let is_word = |part: Part| matches!(part, Part::Cue(_) | Part::Word);
    scan.pieces.iter().find(|piece| is_word(piece.part)).map_or(0, |piece| piece.start)
}

/// Kinds of answers that one word gives away.
fn marked(scan: &Scan, _: &Terms, _: &Run) -> Option<Intent> {
    let says = |cue| scan.says(cue);
    let said = &scan.said;
    let counts = says(Cue::HowMany) || says(Cue::Times);
    if said.extract.is_some() {
        return Some(Intent::Extract);
    }
    if says(Cue::Voice) {
        return Some(Intent::ShareOfVoice);
    }
    if says(Cue::Spike) {
        return Some(Intent::Spike);
    }
    let two_times = said.time_before || windows(scan) > 1;
    if says(Cue::Change) || (says(Cue::New) && !counts) || two_times {
        return Some(Intent::Changes);
    }
    if says(Cue::Hashtags) {
        return Some(Intent::Hashtags);
    }
    if says(Cue::Keywords) {
        return Some(Intent::Keywords);
    }
    if (says(Cue::Questions) || says(Cue::Ask)) && !counts {
        return Some(Intent::Questions);
    }
    let many_languages = counts && said.filters.language.len() > 1;
    if says(Cue::Languages) || said.groups.contains(&GroupBy::Language) || many_languages {
        return Some(Intent::Languages);
    }
    (says(Cue::Summary) || (says(Cue::Say) && !counts)).then_some(Intent::Summary)
}

/// How many different times are named.
pub(super) fn windows(scan: &Scan) -> usize {
    let mut seen = Vec::new();
    for (window, _) in &scan.said.times {
        if !seen.contains(&window) {
            seen.push(window);
        }
    }
    seen.len()
}

/// Names or sources side by side, and sentiment.
fn compared(scan: &Scan, terms: &Terms, run: &Run) -> Option<Intent> {
    let said = &scan.said;
    let many = terms.list.len() > 1;
    let contrasts = terms.versus
        || scan.says(Cue::Compare)
        || scan.says(Cue::More)
        || said.groups.contains(&GroupBy::Term);
    let sources = said.sources.len() > 1
        && (scan.says(Cue::Compare)
            || scan.says(Cue::Average)
            || scan.says(Cue::More)
            || (said.sources_versus && !scan.says(Cue::Breakdown)));
    if (many && contrasts) || (terms.list.len() == 1 && sources) {
        return Some(Intent::Compare);
    }
    let labels = labels(scan);
    let is_part = scan.says(Cue::Percentage) || scan.says(Cue::Share);
    // "Is the talk about Acme positive?" but not "Are there positive posts about Acme?".
    let is_asked = is_yes_or_no(scan, run)
        && (run.last..scan.pieces.len()).any(|at| matches!(scan.cue(at), Some(Cue::Label(_))))
        && !scan.has(|cue| matches!(cue, Cue::Any | Cue::Mentioned | Cue::Appear | Cue::Mention));
    let is_sentiment = scan.says(Cue::Sentiment)
        || said.groups.contains(&GroupBy::Sentiment)
        || (is_part && !labels.is_empty())
        || labels.len() > 1
        || is_asked;
    is_sentiment.then_some(Intent::Sentiment)
}

/// The labels that are named, each once.
pub(super) fn labels(scan: &Scan) -> Vec<SentimentLabel> {
    let mut labels = Vec::new();
    for cue in scan.cues() {
        if let Cue::Label(label) | Cue::Labelled(label) | Cue::Extreme(label) = cue
            && !labels.contains(&label)
        {
            labels.push(label);
        }
    }
    labels
}

/// Figures for each of something.
fn grouped(scan: &Scan, _: &Terms, run: &Run) -> Option<Intent> {
    let groups = &scan.said.groups;
    if groups.iter().any(|group| is_time(*group)) || scan.says(Cue::Trend) {
        return Some(Intent::Trend);
    }
    let only_source = groups.iter().all(|group| *group == GroupBy::Source);
    let is_place = |at: usize| {
        matches!(
            scan.cue(at),
            Some(Cue::Communities | Cue::Countries | Cue::Platforms | Cue::Domains | Cue::Links)
        )
    };
    let places = (0..run.first).any(is_place);
    let where_mentioned = scan.says(Cue::Where)
        && scan.has(|cue| matches!(cue, Cue::Mentioned | Cue::Mention | Cue::Appear | Cue::Talk));
    let has_other = !only_source && !groups.contains(&GroupBy::Author);
    let breaks = scan.says(Cue::Breakdown) || scan.said.breaks_down;
    (breaks || places || where_mentioned || has_other).then_some(Intent::Breakdown)
}

pub(super) fn is_time(group: GroupBy) -> bool {
    matches!(
        group,
        GroupBy::Hour | GroupBy::Day | GroupBy::Week | GroupBy::Month | GroupBy::Weekday
    )
}

/// The most of something.
fn ranked(scan: &Scan, _: &Terms, _: &Run) -> Option<Intent> {
    let counts = scan.has(|cue| matches!(cue, Cue::HowMany | Cue::Times));
    if counts {
        return None;
    }
    let by_metric = scan.said.sort.is_some_and(|sort| sort.by != SortBy::PublishedAt);
    let ranks = by_metric || scan.has(|cue| matches!(cue, Cue::Top | Cue::Most(_)));
    let writes = scan.has(|cue| {
        matches!(cue, Cue::Mention | Cue::Mentioned | Cue::Mentions | Cue::Talk | Cue::About)
    });
    let asks_who = scan.says(Cue::Who) && writes && !scan.says(Cue::Posts);
    let authors = scan.says(Cue::People) || scan.said.groups.contains(&GroupBy::Author);
    if (authors && ranks) || (asks_who && first_cue(scan) == Some(Cue::Who)) {
        return Some(Intent::TopAuthors);
    }
    (is_about_posts(scan) && ranks).then_some(Intent::TopPosts)
}

fn is_about_posts(scan: &Scan) -> bool {
    scan.has(|cue| {
        matches!(cue, Cue::Posts | Cue::Fresh | Cue::Tweets | Cue::Kind(_) | Cue::Mentions)
    })
}

fn first_cue(scan: &Scan) -> Option<Cue> {
    scan.cues().find(|cue| !matches!(cue, Cue::Polite | Cue::Show))
}

/// Whether the prompt begins as a question that is answered by yes or no.
fn is_yes_or_no(scan: &Scan, run: &Run) -> bool {
    let first = (0..run.first).find_map(|at| match scan.cue(at) {
        Some(Cue::Polite | Cue::Show) => None,
        cue => cue,
    });
    matches!(first, Some(Cue::Aux | Cue::Any))
}

/// Whether there are any, how many, or which.
fn plain(scan: &Scan, _: &Terms, run: &Run) -> Option<Intent> {
    let says = |cue| scan.says(cue);
    let counts = says(Cue::HowMany) || says(Cue::Times) || says(Cue::Tally);
    let finds = is_about_posts(scan)
        || scan.has(|cue| {
            matches!(
                cue,
                Cue::Mention | Cue::Mentioned | Cue::Appear | Cue::Talk | Cue::Labelled(_)
            )
        });
    if is_yes_or_no(scan, run) && !counts && finds {
        return Some(Intent::Exists);
    }
    let is_cut = scan.said.limit.is_some() || scan.said.sort.is_some() || says(Cue::Latest);
    let names_mentions = says(Cue::Mentions) && !says(Cue::Show) && !says(Cue::Every) && !is_cut;
    let is_request = scan.has(|cue| matches!(cue, Cue::Which | Cue::People | Cue::How));
    let names_people = matches!(first_cue(scan), Some(Cue::People | Cue::NewPeople));
    if counts || names_people || (names_mentions && !says(Cue::Posts) && !is_request) {
        return Some(Intent::Count);
    }
    let lists = is_about_posts(scan) || scan.has(|cue| matches!(cue, Cue::Labelled(_)));
    (lists && !says(Cue::How) && !says(Cue::Where)).then_some(Intent::List)
}

/// What may stand in front of a name without asking for anything.
const GREETINGS: [&str; 9] = ["please", "pls", "plz", "hi", "hello", "hey", "yo", "ok", "thanks"];

/// A name and nothing else.
fn bare(context: &Context<'_>, scan: &Scan, run: &Run, terms: &Terms) -> Read<Asked> {
    if terms.versus && terms.list.len() > 1 {
        return Ok(Asked::Of(Intent::Compare));
    }
    // "What is Acme?" and "Send me money" ask for something else than figures.
    let is_greeting = |piece: &Piece| {
        let first = words::word(context.tokens, piece.start);
        GREETINGS.contains(&first) || !matches!(piece.part, Part::Cue(_))
    };
    if !scan.pieces.iter().take(run.first).all(is_greeting) {
        return Err(Refusal::Unclear(first_word(scan)));
    }
    let tokens = context.tokens.get(run.start..run.end).unwrap_or_default();
    let is_phrase = !tokens.iter().any(Token::looks_like_name);
    let count = tokens.iter().filter(|t| t.kind == Kind::Word).count();
    let joined = scan.pieces.iter().any(|piece| piece.part == Part::Joint(Joint::Versus));
    let is_all = !terms.all
        && terms.list.iter().any(|term| matches!(term, crate::model::reading::Term::All { .. }));
    let first = words::word(context.tokens, run.start);
    if words::is_verb(first) || (is_phrase && count > 1) || joined || is_all {
        return Err(Refusal::Unclear(run.start));
    }
    Ok(Asked::Name)
}
