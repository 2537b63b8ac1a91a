//! One field of a cron expression: the values it may have, and how its text is read into a set of bits.

use std::fmt;

/// A field, in the order in which the five are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronField {
    Minute,
    Hour,
    DayOfMonth,
    Month,
    DayOfWeek,
}

/// What is wrong with a part of a field, that is with one member of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronProblem {
    /// Not one of the accepted forms.
    Unreadable,
    OutOfRange,
    /// A range that ends before it starts.
    Reversed,
    /// A step of zero, or one that is longer than the field.
    Step,
}

/// The values that a field names: bit `n` stands for the value `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Values {
    pub bits: u64,
    /// A `*` (or `*/1`) is among its parts, so it says nothing about when to fire.
    pub is_any: bool,
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// Sunday's second number, so that `MON-SUN` and `5-7` are ranges.
const SUNDAY: u32 = 7;

impl CronField {
    /// The first and the last value that `*` stands for.
    fn bounds(self) -> (u32, u32) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::DayOfWeek => (0, 6),
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::DayOfWeek => &WEEKDAYS,
            Self::Minute | Self::Hour | Self::DayOfMonth => &[],
        }
    }

    /// For people: what may be written in it.
    pub(super) fn accepted(self) -> &'static str {
        match self {
            Self::Minute => "0 to 59, a range `10-40`, steps `*/15` or `10-40/10`, lists `0,30`",
            Self::Hour => "0 to 23, a range `9-17`, steps `*/6` or `8-20/4`, lists `8,20`",
            Self::DayOfMonth => "1 to 31, a range `1-7`, steps `*/10` or `1-15/7`, lists `1,15`",
            Self::Month => "1 to 12 or JAN to DEC, a range `JAN-MAR`, steps `*/3`, lists `JAN,JUL`",
            Self::DayOfWeek => {
                "0 to 7 (0 and 7 are Sunday) or SUN to SAT, a range `MON-FRI`, steps `*/2`, lists `TUE,THU`"
            }
        }
    }

    /// Reads the field; what is wrong comes with the part that is.
    pub(super) fn read(self, text: &str) -> Result<Values, (String, CronProblem)> {
        let mut values = Values { bits: 0, is_any: false };
        for part in text.split(',') {
            let read = self.read_part(part).map_err(|problem| (part.to_owned(), problem))?;
            values.bits |= read.bits;
            values.is_any |= read.is_any;
        }
        if self == Self::DayOfWeek {
            values.bits = values.bits & 0x7f | values.bits >> SUNDAY;
        }
        Ok(values)
    }

    fn read_part(self, part: &str) -> Result<Values, CronProblem> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(self.read_step(step)?)),
            None => (part, None),
        };
        let (first, last) = self.bounds();
        let (start, end) = match range.split_once('-') {
            _ if range == "*" => (first, last),
            Some((start, end)) => self.read_range(start, end)?,
            None => {
                let start = self.read_value(range)?;
                // `3/5` goes from 3 to the end of the field; Sunday is its beginning.
                let start = if step.is_some() && start > last { first } else { start };
                (start, if step.is_some() { last } else { start })
            }
        };
        let step = step.unwrap_or(1);
        let bits = (start..=end).filter(|value| (value - start) % step == 0);
        let bits = bits.fold(0, |bits, value| bits | 1 << value);
        Ok(Values { bits, is_any: range == "*" && step == 1 })
    }

    fn read_range(self, start: &str, end: &str) -> Result<(u32, u32), CronProblem> {
        let start = self.read_value(start)?;
        let is_sunday = end.eq_ignore_ascii_case("SUN") && self == Self::DayOfWeek;
        let end = match self.read_value(end)? {
            0 if is_sunday && start > 0 => SUNDAY,
            end => end,
        };
        if start <= end { Ok((start, end)) } else { Err(CronProblem::Reversed) }
    }

    fn read_value(self, text: &str) -> Result<u32, CronProblem> {
        let (first, last) = self.bounds();
        let names = (first..).zip(self.names());
        for (value, name) in names {
            if name.eq_ignore_ascii_case(text) {
                return Ok(value);
            }
        }
        let value = read_number(text)?;
        let is_in_range = (first..=last).contains(&value);
        if is_in_range || self == Self::DayOfWeek && value == SUNDAY {
            Ok(value)
        } else {
            Err(CronProblem::OutOfRange)
        }
    }

    /// A step beyond the field would name its first value alone, which is not what anybody who
    /// writes a step wants.
    fn read_step(self, text: &str) -> Result<u32, CronProblem> {
        let (first, last) = self.bounds();
        let step = read_number(text)?;
        if (1..=last - first).contains(&step) { Ok(step) } else { Err(CronProblem::Step) }
    }
}

/// Digits alone: no sign, no blank.
fn read_number(text: &str) -> Result<u32, CronProblem> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CronProblem::Unreadable);
    }
    text.parse().map_err(|_| CronProblem::OutOfRange)
}

impl fmt::Display for CronField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::DayOfMonth => "day of month",
            Self::Month => "month",
            Self::DayOfWeek => "day of week",
        })
    }
}

impl fmt::Display for CronProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "is not understood",
            Self::OutOfRange => "is out of range",
            Self::Reversed => "is a range that ends before it starts",
            Self::Step => "has a step of zero or one longer than the field",
        })
    }
}
