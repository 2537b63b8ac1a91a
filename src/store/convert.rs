//! Between rows and models: instants as milliseconds, ids and JSON as text.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

pub fn millis(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}

/// What was read; what cannot be is logged.
pub fn readable<T>(read: Result<T, StoreError>) -> Option<T> {
    read.inspect_err(|error| tracing::error!(%error, "a row cannot be read and is left out")).ok()
}

/// A row that is being read: names itself in every error.
pub struct Row<'a> {
    pub table: &'static str,
    pub id: &'a str,
}

impl Row<'_> {
    pub fn corrupt(&self, what: &dyn Display) -> StoreError {
        StoreError::corrupt(self.table, self.id, what)
    }

    pub fn instant(&self, millis: i64) -> Result<DateTime<Utc>, StoreError> {
        DateTime::from_timestamp_millis(millis).ok_or_else(|| self.corrupt(&"instant out of range"))
    }

    pub fn maybe_instant(&self, millis: Option<i64>) -> Result<Option<DateTime<Utc>>, StoreError> {
        millis.map(|millis| self.instant(millis)).transpose()
    }

    pub fn parse<T: FromStr<Err: Display>>(&self, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|error| self.corrupt(&error))
    }

    pub fn number<T: TryFrom<i64>>(&self, number: i64) -> Result<T, StoreError> {
        T::try_from(number).map_err(|_| self.corrupt(&"number out of range"))
    }

    pub fn json<T: DeserializeOwned>(&self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(&error))
    }
}

/// Renders a value of ours as JSON text.
pub fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::corrupt("json", "-", &error))
}

/// A number of ours as the database keeps it; the limits of our own types are far below.
pub fn number<T: TryInto<i64>>(number: T) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

pub fn small_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
