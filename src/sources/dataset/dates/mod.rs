//! Reads dates in the forms that exports write them in.
//!
//! A text is taken apart into day, month, year, time and zone ([`parts`]); what stays open is the
//! order of day and month, which the column as a whole decides ([`order`]), and the zone, which is
//! the upload's when a date has none. Anything in doubt is an error rather than a guess.

mod order;
mod parts;

use chrono::{
    DateTime, Days, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, TimeZone, Utc,
};
use chrono_tz::Tz;
use serde::Serialize;

pub(super) use order::{OrderDecision, OrderSurvey};
use parts::{DateParts, Parts};

/// The order of the numbers in dates like `4/8/2016`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Month, day, year.
    Mdy,
    /// Day, month, year.
    Dmy,
    /// Year, month, day; dates that do not begin with the year are errors.
    Ymd,
}

impl DateOrder {
    /// The order named by the `date_order` option.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "mdy" => Some(Self::Mdy),
            "dmy" => Some(Self::Dmy),
            "ymd" => Some(Self::Ymd),
            _ => None,
        }
    }
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DateError {
    #[error("it is in no known form; write dates as 2016-08-04T11:52:00Z")]
    Unknown,
    #[error("its year has two digits; write all four")]
    ShortYear,
    #[error("there is no such day or time")]
    OutOfRange,
    #[error("its year is not between 1900 and 9999")]
    Year,
    #[error("it does not begin with the year, as date_order=ymd asks")]
    NotYearFirst,
    #[error("it is a number, but not one of seconds or milliseconds since 1970")]
    Number,
}

/// How the dates of a column are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct DateReader {
    pub order: DateOrder,
    pub zone: Tz,
}

impl DateReader {
    /// The instant a text means, to the millisecond; what is finer is cut off.
    pub fn read(self, text: &str) -> Result<DateTime<Utc>, DateError> {
        let text = text.trim();
        if let Some(instant) = unix(text)? {
            return Ok(instant);
        }
        let parts = Parts::read(text)?;
        let (year, month, day) = self.resolve(parts.date)?;
        if !(1900..=9999).contains(&year) {
            return Err(DateError::Year);
        }
        let date =
            i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        let time = parts.time;
        let local = date
            .and_then(|date| {
                date.and_hms_milli_opt(time.hour, time.minute, time.second, time.milli)
            })
            .ok_or(DateError::OutOfRange)?;
        let instant = match parts.offset_minutes {
            Some(minutes) => FixedOffset::east_opt(minutes * 60)
                .and_then(|zone| zone.from_local_datetime(&local).single())
                .map(|instant| instant.to_utc()),
            None => in_zone(local, self.zone),
        };
        instant.ok_or(DateError::OutOfRange)
    }

    fn resolve(self, date: DateParts) -> Result<(u32, u32, u32), DateError> {
        match date {
            DateParts::Known { year, month, day } => Ok((year, month, day)),
            DateParts::YearLast { first, second, year, .. } => match self.order {
                DateOrder::Mdy => Ok((year, first, second)),
                DateOrder::Dmy => Ok((year, second, first)),
                DateOrder::Ymd => Err(DateError::NotYearFirst),
            },
        }
    }
}

/// Seconds or milliseconds since 1970, told apart by their size. Fewer than nine digits are left
/// to the other forms: nobody means the early seventies by them.
fn unix(text: &str) -> Result<Option<DateTime<Utc>>, DateError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Ok(None);
    }
    if whole.len() == 8 && fraction.is_empty() {
        return Ok(None);
    }
    let millis: i64 = match whole.len() {
        9..=11 => {
            let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
            format!("{whole}{millis}").parse().map_err(|_| DateError::Number)?
        }
        12..=14 => whole.parse().map_err(|_| DateError::Number)?,
        _ => return Err(DateError::Number),
    };
    let instant = DateTime::from_timestamp_millis(millis);
    instant.map(Some).ok_or(DateError::Number)
}

/// A local time as an instant. The clock's second pass through an hour does not count: the first
/// is meant. In an hour the clock leaps over, the time is as much after the leap as it was into it.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => {
            Some(instant.to_utc())
        }
        MappedLocalTime::None => {
            let before = local.checked_sub_days(Days::new(1))?;
            let before = zone.from_local_datetime(&before).earliest()?;
            Some(before.to_utc() + chrono::TimeDelta::days(1))
        }
    }
}

#[cfg(test)]
mod tests;
