//! A registered receiver of events, with a secret of its own.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use super::id::{WebhookEndpointId, WorkspaceId};

/// An endpoint that has done nothing but fail for so long is disabled, by the failure that says so: one alone,
/// or several in a short time, never do.
pub const DISABLED_AFTER: TimeDelta = TimeDelta::days(5);
/// For so long it must have failed before somebody is warned: once, and once more.
pub const WARNED_AFTER: [TimeDelta; 2] = [TimeDelta::days(1), TimeDelta::days(3)];
/// How long both secrets sign after a rotation, unless said otherwise.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);
pub const LONGEST_OVERLAP: TimeDelta = TimeDelta::days(7);
/// Deliveries a second that an endpoint can be limited to.
pub const MAX_RATE: u32 = 1_000;
/// Endpoints of one workspace.
pub const MAX_ENDPOINTS: u64 = 100;

/// Whether an endpoint gets what it is registered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    Enabled,
    /// Its events are kept as skipped deliveries.
    Disabled,
}

impl EndpointState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for EndpointState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = [Self::Enabled, Self::Disabled].into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not the state of an endpoint"))
    }
}

/// A registered receiver. Its secrets are not here: they are read only where something is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    pub id: WebhookEndpointId,
    pub workspace_id: WorkspaceId,
    pub url: String,
    /// The types of events it gets.
    pub events: Vec<String>,
    pub state: EndpointState,
    /// Why and since when it is disabled.
    pub disabled_reason: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    /// No delivery begins before the one before it has ended.
    pub ordered: bool,
    /// Attempts a second, on each node.
    pub rate_limit: Option<u32>,
    /// The first failure since it last acknowledged anything.
    pub failing_since: Option<DateTime<Utc>>,
    pub secret_last4: String,
    /// Until when the secret before this one signs as well.
    pub previous_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// What failing at this time means for an endpoint that has failed since another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// It is too early to say anything.
    Lately,
    /// So many of [`WARNED_AFTER`] are over.
    Warned(usize),
    /// It is to be disabled.
    ForTooLong,
}

/// Judges a failure by the first of those that nothing but failures followed.
pub fn failing(since: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Failing {
    let Some(since) = since else { return Failing::Lately };
    let lasts = at - since;
    if lasts >= DISABLED_AFTER {
        return Failing::ForTooLong;
    }
    match WARNED_AFTER.iter().filter(|after| lasts >= **after).count() {
        0 => Failing::Lately,
        warnings => Failing::Warned(warnings),
    }
}

impl WebhookEndpoint {
    /// What to say of an endpoint that has failed for a day or more, as of now.
    pub fn warning(&self, now: DateTime<Utc>) -> Option<String> {
        let since = self.failing_since.filter(|_| self.state == EndpointState::Enabled)?;
        if failing(Some(since), now) == Failing::Lately {
            return None;
        }
        Some(format!(
            "nothing was acknowledged for {} days; after {} days of failures the endpoint is disabled",
            (now - since).num_days(),
            DISABLED_AFTER.num_days()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_is_warned_after_a_day_and_three_and_disabled_after_five() {
        let since: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
        let after = |hours| failing(Some(since), since + TimeDelta::hours(hours));
        assert_eq!(failing(None, since), Failing::Lately);
        assert_eq!([after(0), after(23)], [Failing::Lately; 2]);
        assert_eq!([after(24), after(71)], [Failing::Warned(1); 2]);
        assert_eq!([after(72), after(119)], [Failing::Warned(2); 2]);
        assert_eq!([after(120), after(999)], [Failing::ForTooLong; 2]);
    }
}
