//! The same question answered the slow way: every minute of a span is looked at on the zone's clock.
//! Shares nothing with the code under test but the zone database.

use chrono::{Datelike, Offset, TimeZone};

use super::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY_MINUTES: i64 = 1_440;

/// The values that each field names, and whether it says anything.
#[derive(Clone, Debug)]
pub struct Fields {
    pub minutes: Vec<u32>,
    pub hours: Vec<u32>,
    pub days: Vec<u32>,
    pub months: Vec<u32>,
    /// Sunday is 0.
    pub weekdays: Vec<u32>,
    pub is_any_day: bool,
    pub is_any_weekday: bool,
}

impl Fields {
    fn matches_day(&self, day: i64) -> bool {
        let date = DateTime::from_timestamp(day * 24 * HOUR, 0).unwrap().date_naive();
        let by_day = self.days.contains(&date.day());
        let by_weekday = self.weekdays.contains(&date.weekday().num_days_from_sunday());
        let matches = match (self.is_any_day, self.is_any_weekday) {
            (true, true) => true,
            (false, true) => by_day,
            (true, false) => by_weekday,
            (false, false) => by_day || by_weekday,
        };
        matches && self.months.contains(&date.month())
    }

    /// For each minute of a day, whether the time is one of the expression's.
    fn times(&self) -> Vec<bool> {
        let is_time = |minute: u32| {
            self.hours.contains(&(minute / 60)) && self.minutes.contains(&(minute % 60))
        };
        (0..1_440).map(is_time).collect()
    }
}

/// A stretch of UTC, in minutes since 1970, with one offset.
struct Piece {
    from: i64,
    to: i64,
    offset: i64,
}

fn offset(zone: Tz, minute: i64) -> i64 {
    let at = DateTime::from_timestamp(minute * MINUTE, 0).unwrap().naive_utc();
    let seconds = i64::from(zone.offset_from_utc_datetime(&at).fix().local_minus_utc());
    assert_eq!(seconds % MINUTE, 0, "{zone} has an offset of odd seconds");
    seconds / MINUTE
}

/// Looks at every hour, and where two differ at every minute between them.
fn pieces(zone: Tz, from: i64, to: i64) -> Vec<Piece> {
    let mut pieces = vec![Piece { from, to: from, offset: offset(zone, from) }];
    let mut minute = from;
    while minute < to {
        let hour = (minute + 60).min(to);
        let current = pieces.last_mut().unwrap();
        if offset(zone, hour) == current.offset {
            (current.to, minute) = (hour, hour);
            continue;
        }
        let change = (minute..=hour).find(|minute| offset(zone, *minute) != current.offset);
        let change = change.unwrap();
        current.to = change;
        pieces.push(Piece { from: change, to: change, offset: offset(zone, change) });
        minute = change;
    }
    pieces
}

/// Matching minutes of local time in a range, walked one by one.
fn walk(fields: &Fields, times: &[bool], from: i64, to: i64, mut found: impl FnMut(i64)) {
    let mut day = from.div_euclid(DAY_MINUTES);
    let mut time = usize::try_from(from.rem_euclid(DAY_MINUTES)).unwrap();
    let mut is_day = fields.matches_day(day);
    for local in from..to {
        if time == times.len() {
            (day, time) = (day + 1, 0);
            is_day = fields.matches_day(day);
        }
        if is_day && times[time] {
            found(local);
        }
        time += 1;
    }
}

/// All fires later than `after` and not later than `until`, both whole minutes.
pub fn fires(
    schedule: &Schedule,
    fields: &Fields,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<DateTime<Utc>> {
    let times = fields.times();
    let (after, until) = (after.timestamp() / MINUTE, until.timestamp() / MINUTE);
    // What happens at the edges is decided by what is shown within two days.
    let pieces = pieces(schedule.timezone, after - 2 * DAY_MINUTES, until + 2 * DAY_MINUTES);
    let mut showings = Vec::new();
    for piece in &pieces {
        let (from, to) = (piece.from + piece.offset, piece.to + piece.offset);
        walk(fields, &times, from, to, |local| showings.push((local, local - piece.offset)));
    }
    showings.sort_unstable();
    let follows_clock = fields.hours.len() == 24;
    let fold = if follows_clock { DstFold::Both } else { schedule.dst_fold };
    let mut fires = Vec::new();
    for same in showings.chunk_by(|one, other| one.0 == other.0) {
        match fold {
            DstFold::First => fires.push(same[0].1),
            DstFold::Last => fires.push(same[same.len() - 1].1),
            DstFold::Both => fires.extend(same.iter().map(|showing| showing.1)),
        }
    }
    if schedule.dst_gap == DstGap::Shift && !follows_clock {
        for pair in pieces.windows(2) {
            let (from, to) = (pair[1].from + pair[0].offset, pair[1].from + pair[1].offset);
            walk(fields, &times, from, to.max(from), |local| fires.push(local - pair[0].offset));
        }
    }
    fires.retain(|fire| after < *fire && *fire <= until);
    fires.sort_unstable();
    fires.dedup();
    fires.iter().map(|fire| DateTime::from_timestamp(fire * MINUTE, 0).unwrap()).collect()
}
