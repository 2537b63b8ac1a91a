//! Refuses what a prompt says that the kind of answer it asks for has no use for.

use super::cues::Cue;
use super::grammar::{Context, Read};
use super::intent::{Asked, is_time};
use super::refusal::Refusal;
use super::scan::{Part, Scan};
use super::slot::Run;
use super::words::word;
use crate::model::reading::{GroupBy, Intent, Sort, SortBy};

/// Refuses cues and modifiers that the kind of answer has no use for.
pub(super) fn refuse_leftovers(
    context: &Context<'_>,
    scan: &Scan,
    run: &Run,
    asked: Asked,
) -> Read {
    let Asked::Of(intent) = asked else {
        return refuse_cuts(scan, false, false);
    };
    let is_stray = |part: Part| match part {
        Part::Cue(Cue::Top) if !ranks(scan, intent) => true,
        Part::Cue(cue) => !is_common(cue) && !has_use(intent, cue),
        _ => false,
    };
    if let Some(piece) = scan.pieces.iter().find(|piece| is_stray(piece.part)) {
        return Err(Refusal::Unclear(piece.start));
    }
    refuse_dangling(context, scan)?;
    refuse_trailing(scan, run)?;
    let lists = matches!(
        intent,
        Intent::TopPosts
            | Intent::TopAuthors
            | Intent::Breakdown
            | Intent::Keywords
            | Intent::Hashtags
            | Intent::Questions
            | Intent::Languages
            | Intent::List
            | Intent::Extract
            | Intent::Summary
            | Intent::Changes
    );
    let sorts = matches!(
        intent,
        Intent::TopPosts
            | Intent::TopAuthors
            | Intent::Breakdown
            | Intent::List
            | Intent::Trend
            | Intent::Extract
            | Intent::Questions
            | Intent::Keywords
            | Intent::Hashtags
            | Intent::Languages
    );
    refuse_cuts(scan, lists, sorts)?;
    refuse_groups(scan, intent)
}

/// Whether "most" and "top" can be meant: not of what is counted or set side by side.
fn ranks(scan: &Scan, intent: Intent) -> bool {
    let counts = scan.has(|cue| matches!(cue, Cue::HowMany | Cue::Times | Cue::Tally));
    match intent {
        Intent::Compare => scan.says(Cue::More),
        Intent::Languages | Intent::TopAuthors => !counts,
        _ => true,
    }
}

/// Refuses a preposition that nothing follows: "mentions of Acme from".
fn refuse_dangling(context: &Context<'_>, scan: &Scan) -> Read {
    for (at, piece) in scan.pieces.iter().enumerate() {
        let leads =
            matches!(piece.part, Part::Cue(Cue::About | Cue::From | Cue::On | Cue::In | Cue::To));
        let follows = scan.pieces.get(at + 1).map(|next| next.part);
        // "around 5 November" is not that day.
        let loose = ["around", "about", "toward", "towards", "regarding", "concerning", "between"]
            .contains(&word(context.tokens, piece.start));
        let is_time = scan.said.times.iter().any(|(_, time)| *time == at + 1);
        if leads && (matches!(follows, None | Some(Part::Stop)) || (loose && is_time)) {
            return Err(Refusal::Unclear(piece.start));
        }
    }
    Ok(())
}

/// Refuses what names a kind of answer but stands behind the name as a part of it: "mentions of
/// Acme in hashtags".
fn refuse_trailing(scan: &Scan, run: &Run) -> Read {
    for at in run.last + 1..scan.pieces.len() {
        let names_answer = matches!(
            scan.cue(at),
            Some(
                Cue::Hashtags
                    | Cue::Keywords
                    | Cue::Languages
                    | Cue::Links
                    | Cue::Domains
                    | Cue::Countries
                    | Cue::Platforms
                    | Cue::Communities
                    | Cue::Voice
                    | Cue::Summary
                    | Cue::Sentiment
                    | Cue::Metric(_)
                    | Cue::Questions
                    | Cue::Share
                    | Cue::People
            )
        );
        let before = (run.last + 1..at).rev().find_map(|i| match scan.pieces.get(i)?.part {
            Part::Determiner => None,
            part => Some(part),
        });
        let is_led =
            matches!(before, Some(Part::Cue(Cue::About | Cue::From | Cue::On | Cue::In | Cue::To)));
        if let Some(piece) = scan.pieces.get(at).filter(|_| names_answer && is_led) {
            return Err(Refusal::Unclear(piece.start));
        }
    }
    Ok(())
}

fn refuse_cuts(scan: &Scan, lists: bool, sorts: bool) -> Read {
    if scan.said.limit.is_some() && !lists {
        return Err(Refusal::specific(
            "limits a list, and what is asked for is no list: a limit never cuts what is counted; leave the limit out, or ask for the posts",
        ));
    }
    let by_mentions = Some(Sort::most(SortBy::Mentions));
    if scan.said.sort.is_some_and(|sort| Some(sort) != by_mentions || !sorts) && !sorts {
        return Err(Refusal::specific(
            "orders a list, and what is asked for is no list; leave the order out, or ask for the posts",
        ));
    }
    Ok(())
}

/// Refuses a grouping that the kind of answer does not give.
fn refuse_groups(scan: &Scan, intent: Intent) -> Read {
    let fits = |group: GroupBy| match intent {
        Intent::Count => group == GroupBy::Source,
        Intent::Breakdown => !is_time(group),
        Intent::Trend => !matches!(group, GroupBy::Keyword | GroupBy::Hashtag),
        Intent::Sentiment | Intent::Compare | Intent::ShareOfVoice => {
            is_time(group) || matches!(group, GroupBy::Source | GroupBy::Term | GroupBy::Sentiment)
        }
        Intent::Spike => matches!(group, GroupBy::Hour | GroupBy::Day | GroupBy::Week),
        Intent::Languages => is_time(group) || matches!(group, GroupBy::Language | GroupBy::Source),
        Intent::TopAuthors => group == GroupBy::Author,
        _ => false,
    };
    if scan.said.groups.iter().all(|group| fits(*group)) {
        return Ok(());
    }
    Err(Refusal::specific(
        "asks for figures for each of something that this kind of answer does not give; ask for a breakdown or a trend of mentions by itself, like “mentions of Acme by day”",
    ))
}

/// Cues that any kind of answer can have.
fn is_common(cue: Cue) -> bool {
    matches!(
        cue,
        Cue::Polite
            | Cue::Show
            | Cue::Anyone
            | Cue::Mentions
            | Cue::Posts
            | Cue::Tweets
            | Cue::Kind(_)
            | Cue::Mention
            | Cue::Mentioned
            | Cue::Appear
            | Cue::Talk
            | Cue::About
            | Cue::On
            | Cue::From
            | Cue::In
            | Cue::To
            | Cue::Aux
            | Cue::Get
            | Cue::Which
            | Cue::Fresh
            | Cue::How
            | Cue::Every
            | Cue::Label(_)
            | Cue::Labelled(_)
            | Cue::People
            | Cue::Who
    )
}

/// Whether a kind of answer acts upon a cue that not all do.
fn has_use(intent: Intent, cue: Cue) -> bool {
    use Intent as I;
    let counts = matches!(cue, Cue::HowMany | Cue::Times | Cue::Tally);
    match intent {
        I::Count => {
            counts
                || matches!(
                    cue,
                    Cue::NewPeople | Cue::Questions | Cue::Ask | Cue::Unanswered | Cue::Answered
                )
        }
        I::Exists => matches!(cue, Cue::Any | Cue::Questions | Cue::Unanswered | Cue::Answered),
        I::Breakdown => {
            counts
                || matches!(
                    cue,
                    Cue::Breakdown
                        | Cue::Platforms
                        | Cue::Countries
                        | Cue::Communities
                        | Cue::Domains
                        | Cue::Links
                        | Cue::Top
                        | Cue::Use
                        | Cue::Where
                )
        }
        I::Trend => counts || matches!(cue, Cue::Trend | Cue::Top | Cue::Breakdown),
        I::TopPosts => matches!(cue, Cue::Top | Cue::Most(_) | Cue::Metric(_)),
        I::TopAuthors => matches!(cue, Cue::Top | Cue::Most(_) | Cue::Metric(_) | Cue::HowMany),
        I::Sentiment => {
            matches!(
                cue,
                Cue::Sentiment
                    | Cue::Percentage
                    | Cue::Share
                    | Cue::Breakdown
                    | Cue::HowMany
                    | Cue::Say
            )
        }
        I::Compare => {
            counts
                || matches!(
                    cue,
                    Cue::Compare
                        | Cue::More
                        | Cue::Average
                        | Cue::Sentiment
                        | Cue::Where
                        | Cue::Top
                )
        }
        I::ShareOfVoice => matches!(cue, Cue::Voice | Cue::Compare),
        I::Keywords => matches!(cue, Cue::Keywords | Cue::Top | Cue::Use | Cue::When),
        I::Hashtags => matches!(cue, Cue::Hashtags | Cue::Top | Cue::Use | Cue::When),
        I::Questions => matches!(
            cue,
            Cue::Questions | Cue::Ask | Cue::Unanswered | Cue::Answered | Cue::Appear | Cue::Latest
        ),
        I::Languages => {
            counts
                || matches!(cue, Cue::Languages | Cue::Use | Cue::When | Cue::Breakdown | Cue::Top)
        }
        I::List => matches!(cue, Cue::Latest | Cue::Extreme(_) | Cue::Json),
        I::Extract => matches!(cue, Cue::Latest | Cue::Json),
        I::Changes => counts || matches!(cue, Cue::Change | Cue::New | Cue::Compare | Cue::More),
        I::Spike => matches!(cue, Cue::Spike | Cue::Why | Cue::Any | Cue::When),
        I::Summary => matches!(cue, Cue::Summary | Cue::Say | Cue::Latest),
        I::Unsupported => false,
    }
}
