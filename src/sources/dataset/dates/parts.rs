//! Takes a written date apart.
//!
//! The words of the text are told apart by their look, each into a slot that can be filled once:
//! `Mon Dec 01 19:30:03 +0000 2014` and `1 Nov 2016, 3:04 PM` need no patterns of their own.

use super::DateError;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Named zones in minutes east, those that the mail format defines.
const ZONES: [(&str, i32); 11] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
];

/// A date as far as its text alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateParts {
    Known {
        year: u32,
        month: u32,
        day: u32,
    },
    /// Two numbers, then the year: whether the day comes first is not said.
    YearLast {
        first: u32,
        second: u32,
        year: u32,
        dots: bool,
    },
}

/// A time of day; midnight when none is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TimeParts {
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub milli: u32,
}

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub date: DateParts,
    pub time: TimeParts,
    /// `None` when no zone is written.
    pub offset_minutes: Option<i32>,
}

impl Parts {
    pub fn read(text: &str) -> Result<Self, DateError> {
        let text = text.split('(').next().unwrap_or_default();
        let mut slots = Slots::default();
        for word in text.split_ascii_whitespace() {
            slots.word(word.trim_end_matches(','))?;
        }
        slots.finish()
    }
}

#[derive(Debug, Default)]
struct Slots {
    numeric: Option<DateParts>,
    weekday: Option<()>,
    month: Option<u32>,
    day: Option<u32>,
    year: Option<u32>,
    time: Option<TimeParts>,
    afternoon: Option<bool>,
    offset: Option<i32>,
}

fn fill<T>(slot: &mut Option<T>, value: T) -> Result<(), DateError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(DateError::Unknown),
    }
}

impl Slots {
    fn word(&mut self, word: &str) -> Result<(), DateError> {
        if word.is_empty() {
            return Ok(());
        }
        if let Some((date, time)) = iso_parts(word) {
            self.numeric_date(date)?;
            return self.time(time, true);
        }
        if word.starts_with(['+', '-']) {
            return self.zone(word);
        }
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.time(word, false);
        }
        if let Some((before, after)) = word.split_once(',') {
            self.word(before)?;
            return self.word(after);
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.number(word);
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return match ordinal(word) {
                Some(day) => fill(&mut self.day, day),
                None => self.numeric_date(word),
            };
        }
        self.name(word)
    }

    fn name(&mut self, word: &str) -> Result<(), DateError> {
        let lower = word.trim_end_matches('.').to_ascii_lowercase();
        if let Some(month) = named(&MONTHS, &lower) {
            return fill(&mut self.month, month);
        }
        if named(&WEEKDAYS, &lower).is_some() {
            return fill(&mut self.weekday, ());
        }
        match lower.as_str() {
            "at" => Ok(()),
            "am" | "a.m" => fill(&mut self.afternoon, false),
            "pm" | "p.m" => fill(&mut self.afternoon, true),
            _ => self.zone(word),
        }
    }

    fn number(&mut self, word: &str) -> Result<(), DateError> {
        let value = word.parse().map_err(|_| DateError::Unknown)?;
        match word.len() {
            1 | 2 if self.day.is_some() => Err(DateError::ShortYear),
            1 | 2 => fill(&mut self.day, value),
            4 => fill(&mut self.year, value),
            8 => self.numeric_date(word),
            _ => Err(DateError::Unknown),
        }
    }

    fn zone(&mut self, word: &str) -> Result<(), DateError> {
        fill(&mut self.offset, offset(word).ok_or(DateError::Unknown)?)
    }

    fn time(&mut self, word: &str, basic: bool) -> Result<(), DateError> {
        let (time, rest) = time(word, basic).ok_or(DateError::Unknown)?;
        fill(&mut self.time, time)?;
        if rest.is_empty() {
            return Ok(());
        }
        if rest.starts_with(['+', '-']) {
            return self.zone(rest);
        }
        self.name(rest)
    }

    fn numeric_date(&mut self, word: &str) -> Result<(), DateError> {
        fill(&mut self.numeric, numeric_date(word)?)
    }

    fn finish(self) -> Result<Parts, DateError> {
        let date = match (self.numeric, self.day, self.month, self.year) {
            (Some(date), None, None, None) => date,
            (None, Some(day), Some(month), Some(year)) => DateParts::Known { year, month, day },
            _ => return Err(DateError::Unknown),
        };
        if self.time.is_none() && (self.offset.is_some() || self.afternoon.is_some()) {
            return Err(DateError::Unknown);
        }
        let mut time = self.time.unwrap_or_default();
        if let Some(afternoon) = self.afternoon {
            if !(1..=12).contains(&time.hour) {
                return Err(DateError::OutOfRange);
            }
            time.hour = time.hour % 12 + if afternoon { 12 } else { 0 };
        }
        Ok(Parts { date, time, offset_minutes: self.offset })
    }
}

/// Date and time of a word like `2016-08-04T11:52`.
fn iso_parts(word: &str) -> Option<(&str, &str)> {
    let (date, time) = word.split_once(['T', 't'])?;
    let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
    (digit(date.bytes().next_back()) && digit(time.bytes().next())).then_some((date, time))
}

/// `2016-08-04` with `-`, `/` or `.`, `20160804`, and the forms with the year last.
fn numeric_date(word: &str) -> Result<DateParts, DateError> {
    if word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        let part = |range| digits(word.get(range).unwrap_or_default());
        let (Some(year), Some(month), Some(day)) = (part(0..4), part(4..6), part(6..8)) else {
            return Err(DateError::Unknown);
        };
        return Ok(DateParts::Known { year, month, day });
    }
    let separator = ['/', '-', '.'].into_iter().find(|&c| word.contains(c));
    let separator = separator.ok_or(DateError::Unknown)?;
    let fields: Vec<&str> = word.split(separator).collect();
    let [first, second, third] = fields[..] else {
        return Err(DateError::Unknown);
    };
    if let Some(month) = named(&MONTHS, &second.to_ascii_lowercase()) {
        return match (first.len(), third.len(), digits(first), digits(third)) {
            (1 | 2, 4, Some(day), Some(year)) => Ok(DateParts::Known { year, month, day }),
            (1 | 2, 2, Some(_), Some(_)) => Err(DateError::ShortYear),
            _ => Err(DateError::Unknown),
        };
    }
    let (Some(a), Some(b), Some(c)) = (digits(first), digits(second), digits(third)) else {
        return Err(DateError::Unknown);
    };
    match (first.len(), second.len(), third.len()) {
        (4, 1 | 2, 1 | 2) => Ok(DateParts::Known { year: a, month: b, day: c }),
        (1 | 2, 1 | 2, 4) => {
            Ok(DateParts::YearLast { first: a, second: b, year: c, dots: separator == '.' })
        }
        (1 | 2, 1 | 2, 1 | 2) => Err(DateError::ShortYear),
        _ => Err(DateError::Unknown),
    }
}

/// The time at the beginning of a word, and what follows it. `basic` allows `115200`.
fn time(word: &str, basic: bool) -> Option<(TimeParts, &str)> {
    let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ','));
    let (clock, rest) = word.split_at(end.unwrap_or(word.len()));
    let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    let mut time = TimeParts { milli: millis(fraction)?, ..TimeParts::default() };
    let fields: Vec<&str> = match clock.len() {
        4 | 6 if basic && !clock.contains(':') => {
            vec![clock.get(..2)?, clock.get(2..4)?, clock.get(4..)?]
        }
        _ => clock.split(':').collect(),
    };
    let (hour, minute, second) = match fields[..] {
        [hour, minute] | [hour, minute, ""] => (hour, minute, None),
        [hour, minute, second] => (hour, minute, Some(second)),
        _ => return None,
    };
    let well_formed = matches!(hour.len(), 1 | 2) && minute.len() == 2;
    if !well_formed || second.is_some_and(|second| second.len() != 2) {
        return None;
    }
    (time.hour, time.minute) = (digits(hour)?, digits(minute)?);
    // A leap second is counted as the second before it.
    time.second = second.map_or(Some(0), digits)?;
    if time.second == 60 {
        time.second = 59;
    }
    Some((time, rest))
}

/// The first three digits of a fraction.
fn millis(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded: String = fraction.chars().chain("00".chars()).take(3).collect();
    padded.parse().ok()
}

/// Minutes east of `Z`, `UTC`, `EST`, `+02`, `+0200`, `+02:00` or `GMT+0200`.
fn offset(word: &str) -> Option<i32> {
    let lower = word.to_ascii_lowercase();
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == lower) {
        return Some(*minutes);
    }
    let bare = lower.strip_prefix("gmt").or(lower.strip_prefix("utc"));
    let bare = bare.unwrap_or(&lower);
    let sign = match bare.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let number = bare.get(1..)?.replacen(':', "", 1);
    let (hours, minutes) = match number.len() {
        2 => (number.as_str(), "0"),
        4 => number.split_at_checked(2)?,
        _ => return None,
    };
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    if hours > 18 || minutes > 59 {
        return None;
    }
    i32::try_from(hours * 60 + minutes).ok().map(|east| sign * east)
}

/// The place, from 1, of a name written in full or cut after three letters or more.
fn named(names: &[&str], word: &str) -> Option<u32> {
    let index = names.iter().position(|name| word.len() >= 3 && name.starts_with(word))?;
    u32::try_from(index + 1).ok()
}

fn ordinal(word: &str) -> Option<u32> {
    let lower = word.to_ascii_lowercase();
    let day = ["st", "nd", "rd", "th"].iter().find_map(|end| lower.strip_suffix(end))?;
    (day.len() <= 2).then(|| digits(day))?
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}
