//! How long to wait before a source is asked again: what it asks for itself, in whichever form, else a pause that
//! grows with each failure.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;

use super::http::Politeness;
use crate::clock::random_bytes;
use crate::net::{Response, retry_after};

/// Whether a refusal is for too many requests: some platforms say so with another status than 429.
pub fn is_about_too_many(response: &Response) -> bool {
    const NAMES: [&str; 6] = [
        "throttle_violation",
        "rate_limit_error",
        "RateLimitExceeded",
        "rateLimitExceeded",
        "quotaExceeded",
        "secondary rate limit",
    ];
    let header = |name: &str| response.headers.get(name).and_then(|value| value.to_str().ok());
    let is_used_up = header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0");
    let said = String::from_utf8_lossy(&response.body);
    is_used_up || header("retry-after").is_some() || NAMES.iter().any(|name| said.contains(name))
}

/// A number from 0 to 1; 1 when the system has no randomness to give.
pub fn chance() -> f64 {
    random_bytes::<4>()
        .map_or(1.0, |bytes| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

pub fn backoff(politeness: &Politeness, attempt: u32, chance: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let most = politeness.first_delay.saturating_mul(1 << doublings).min(politeness.longest_delay);
    most.mul_f64(chance.clamp(0.0, 1.0))
}

/// The wait a source asks for, from whichever header it writes.
pub fn wait_asked_for(headers: &HeaderMap, status: u16, now: DateTime<Utc>) -> Option<Duration> {
    if let Some(asked) = retry_after(headers, now) {
        return Some(asked);
    }
    let names = ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"];
    let values = names.into_iter().filter_map(|name| headers.get(name)?.to_str().ok());
    let mut waits = values.filter_map(|text| until_reset(text.trim(), now));
    matches!(status, 400 | 403 | 429).then(|| waits.next())?
}

/// The wait that Stack Exchange writes into the refusal itself: `more requests available in 72312 seconds`.
pub fn wait_said(body: &[u8]) -> Option<Duration> {
    let said = String::from_utf8_lossy(body);
    let (_, after) = said.split_once("more requests available in ")?;
    let seconds = after.split(' ').next()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Seconds from now, seconds since 1970, or RFC 3339.
fn until_reset(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    /// More seconds than anybody asks to wait: 2001 as seconds since 1970.
    const SINCE_1970: f64 = 1e9;
    if let Ok(number) = text.parse::<f64>() {
        let seconds = if number < SINCE_1970 { number } else { number - seconds_of(now) };
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let date = DateTime::parse_from_rfc3339(text).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit the mantissa")]
fn seconds_of(instant: DateTime<Utc>) -> f64 {
    instant.timestamp_millis() as f64 / 1000.0
}

#[cfg(test)]
#[path = "waits_tests.rs"]
mod tests;
