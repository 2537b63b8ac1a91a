//! Settles which time is asked about, and which other it is compared with.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, Utc};

use super::cues::Cue;
use super::grammar::{Context, Read};
use super::list::Joint;
use super::refusal::Refusal;
use super::scan::{Part, Scan};
use super::slot::Run;
use super::window::resolve;
use crate::model::reading::{Intent, Since, Window};

/// The time asked about and the time it is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub window: Option<Window>,
    pub compare_to: Option<Window>,
    pub notes: Vec<String>,
}

const TWO: &str = "names two spans of time; ask about one at a time, and put a name that reads like a time in quotes";

pub(super) fn settle(context: &Context<'_>, scan: &Scan, intent: Intent, run: &Run) -> Read<Times> {
    let mut times: Vec<&(Window, usize)> = Vec::new();
    for time in &scan.said.times {
        if !times.iter().any(|(window, _)| *window == time.0) {
            times.push(time);
        }
    }
    check_versus(scan, run)?;
    let changes = intent == Intent::Changes;
    let mut settled = match times.as_slice() {
        [] => Times::default(),
        [(window, piece)] if is_set_against(scan, *piece) => current(window)?,
        [(window, _)] => Times { window: Some(window.clone()), ..Times::default() },
        [(first, _), (second, piece)] if changes && is_second(scan, *piece) => Times {
            window: Some(first.clone()),
            compare_to: Some(second.clone()),
            notes: Vec::new(),
        },
        _ => return Err(Refusal::specific(TWO)),
    };
    if settled.compare_to.is_some() && !changes {
        return Err(Refusal::specific(
            "compares two spans of time; ask what changed, like “How did mentions of Acme change this week compared with last week?”",
        ));
    }
    if changes {
        compare(context, scan, &mut settled)?;
    }
    if settled.window.is_none() && scan.says(Cue::Fresh) && scan.said.schedule.is_none() {
        settled.window = Some(Window::Since { since: Since::LastRun });
        settled.notes.push("“new” was read as since the last run".to_owned());
    }
    if settled.window.is_none() && scan.said.schedule.is_some() {
        settled.window = Some(Window::Since { since: Since::LastRun });
        settled
            .notes
            .push("each run of the schedule looks at what came since the run before".to_owned());
    }
    Ok(settled)
}

/// A "versus" outside the names must set times or sources against each other.
fn check_versus(scan: &Scan, run: &Run) -> Read {
    for (at, piece) in scan.pieces.iter().enumerate() {
        let inside = (run.first..=run.last).contains(&at);
        let part = piece.part;
        if inside || !matches!(part, Part::Joint(Joint::Versus | Joint::Alias | Joint::All)) {
            continue;
        }
        let is_label = |at: usize| matches!(scan.cue(at), Some(Cue::Label(_)));
        if part == Part::Joint(Joint::Versus) && at > 0 && is_label(at - 1) && is_label(at + 1) {
            continue;
        }
        if part != Part::Joint(Joint::Versus) || !scan.said.comparable.contains(&(at + 1)) {
            return Err(Refusal::Unclear(piece.start));
        }
    }
    // "mentions of Acme and": something is missing.
    let dangles = |piece: &super::scan::Piece| {
        matches!(piece.part, Part::Joint(Joint::And | Joint::Or | Joint::Versus))
    };
    match scan.pieces.iter().rev().find(|piece| piece.part != Part::Stop) {
        Some(last) if dangles(last) => Err(Refusal::Nothing),
        _ => Ok(()),
    }
}

fn part_before(scan: &Scan, piece: usize) -> Option<Part> {
    let mut at = piece;
    while at > 0 {
        at -= 1;
        match scan.pieces.get(at)?.part {
            Part::Determiner | Part::Cue(Cue::On | Cue::In) => {}
            part => return Some(part),
        }
    }
    None
}

/// Whether "versus" stands before the time.
fn is_set_against(scan: &Scan, piece: usize) -> bool {
    part_before(scan, piece) == Some(Part::Joint(Joint::Versus))
}

/// Whether the time stands where a second one does: behind "versus", or behind "with" and "and"
/// where a comparison or a change is asked for.
fn is_second(scan: &Scan, piece: usize) -> bool {
    let compares = scan.says(Cue::Compare) || scan.says(Cue::Change);
    match part_before(scan, piece) {
        Some(Part::Joint(Joint::Versus)) => true,
        Some(Part::Joint(Joint::And) | Part::Cue(Cue::About | Cue::To)) => compares,
        _ => false,
    }
}

/// "compared with last week": the current unit is asked about.
fn current(window: &Window) -> Read<Times> {
    let Window::Calendar { calendar, offset: -1 } = window else {
        return Err(Refusal::specific(
            "names a time to compare with but not the time that is compared; name both, like “this week compared with last week”",
        ));
    };
    Ok(Times {
        window: Some(Window::Calendar { calendar: *calendar, offset: 0 }),
        compare_to: Some(window.clone()),
        notes: vec![
            "no time to compare was named: the current one was compared with the one before"
                .to_owned(),
        ],
    })
}

/// What `window` is compared with where that is not said, or only as "the one before".
fn compare(context: &Context<'_>, scan: &Scan, times: &mut Times) -> Read {
    let last_run = Window::Since { since: Since::LastRun };
    let Some(window) = times.window.clone() else {
        if scan.said.time_before {
            return Err(Refusal::specific(
                "names a time only as the one before another; name both times",
            ));
        }
        times.window = Some(last_run);
        if scan.said.schedule.is_none() {
            times
                .notes
                .push("no time was named: what changed since the last run is told".to_owned());
        }
        return Ok(());
    };
    if window == last_run || times.compare_to.is_some() {
        let twice = scan.said.time_before;
        return if twice { Err(Refusal::specific(TWO)) } else { Ok(()) };
    }
    times.compare_to = Some(before(context, &window)?);
    if !scan.said.time_before {
        times.notes.push(
            "no time to compare with was named: the span of the same length before was taken"
                .to_owned(),
        );
    }
    Ok(())
}

/// The span of the same length that ends where `window` begins.
fn before(context: &Context<'_>, window: &Window) -> Read<Window> {
    if let Window::Calendar { calendar, offset } = window {
        let offset = offset.checked_sub(1).ok_or(Refusal::Nothing)?;
        return Ok(Window::Calendar { calendar: *calendar, offset });
    }
    if let Window::Range { from, to: Some(to) } = window
        && let Some(before) = days_before(from, to)
    {
        return Ok(before);
    }
    let at = |reference| {
        resolve(Some(window), None, reference, context.timezone)
            .map(|(range, _)| range)
            .map_err(|error| Refusal::specific(error.to_string()))
    };
    let range = at(context.reference)?;
    let from = match window {
        Window::Last { .. } => at(range.from)?.from,
        _ => range.from - (range.to - range.from),
    };
    let show = |t: DateTime<Utc>| t.to_rfc3339_opts(SecondsFormat::Secs, true);
    Ok(Window::Range { from: show(from), to: Some(show(range.from)) })
}

/// The whole months, or days, before a span of days.
fn days_before(from: &str, to: &str) -> Option<Window> {
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let (first, end) = (day(from)?, day(to)?);
    let months = (end.year() - first.year()) * 12 + i32::try_from(end.month()).ok()?
        - i32::try_from(first.month()).ok()?;
    let earlier = if first.day() == 1 && end.day() == 1 && months > 0 {
        first.checked_sub_months(Months::new(u32::try_from(months).ok()?))?
    } else {
        let length = u64::try_from((end - first).num_days()).ok()?;
        first.checked_sub_days(Days::new(length))?
    };
    Some(Window::Range { from: earlier.to_string(), to: Some(first.to_string()) })
}
