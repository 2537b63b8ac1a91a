//! How long to wait between attempts.

use std::time::Duration;

/// The longest wait that a receiver may ask for.
pub(super) const LONGEST_ASKED: Duration = Duration::from_hours(24);

/// The waits after the first, second… attempt. A random part of up to a tenth is added to each, so that
/// receivers that come back are not met by everything at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff(Vec<Duration>);

impl Default for Backoff {
    /// The schedule that Standard Webhooks gives as its example: ten attempts over three days.
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_mins(minutes);
        let hours = |hours: u64| Duration::from_hours(hours);
        Self(vec![
            Duration::from_secs(5),
            minutes(5),
            minutes(30),
            hours(2),
            hours(5),
            hours(10),
            hours(14),
            hours(20),
            hours(24),
        ])
    }
}

impl Backoff {
    /// Other waits; the last one stands for all that follow.
    pub fn new(waits: Vec<Duration>) -> Self {
        Self(waits)
    }

    /// The wait after this attempt (from 1), not shorter than the receiver asked for. `random` is
    /// anything from 0 to 255.
    pub fn after(&self, attempt: u32, asked: Option<Duration>, random: u8) -> Duration {
        let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        let wait = self.0.get(index).or(self.0.last()).copied().unwrap_or_default();
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
        let wait = wait.max(asked);
        wait + wait * u32::from(random) / 2_550
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::delivery::MAX_WEBHOOK_ATTEMPTS;

    #[test]
    fn ten_attempts_take_three_days_and_jitter_only_adds() {
        let backoff = Backoff::default();
        let all = |random| (1..MAX_WEBHOOK_ATTEMPTS).map(|n| backoff.after(n, None, random)).sum();
        let (least, most): (Duration, Duration) = (all(0), all(255));
        assert_eq!(least, Duration::from_secs(75 * 3_600 + 35 * 60 + 5));
        assert_eq!(most, least + least / 10);
    }

    #[test]
    fn what_the_receiver_asks_for_is_a_least_wait_up_to_a_day() {
        let backoff = Backoff::default();
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(backoff.after(1, seconds(61), 0), Duration::from_secs(61));
        assert_eq!(backoff.after(2, seconds(1), 0), Duration::from_mins(5));
        assert_eq!(backoff.after(1, seconds(1_000_000), 0), Duration::from_hours(24));
        assert_eq!(backoff.after(99, None, 0), Duration::from_hours(24), "the last goes on");
    }
}
