//! What happens at which point, and how often each was reached.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::ALL;

static ARMED: OnceLock<Plan> = OnceLock::new();

/// Longer than whoever stalls a process leaves it running.
const FOR_EVER: Duration = Duration::from_hours(24);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Abort,
    Error,
    Stall(Duration),
}

struct Rule {
    action: Action,
    nth: u32,
    /// Also each time after that.
    goes_on: bool,
    reached: AtomicU32,
}

type Plan = HashMap<&'static str, Rule>;

pub(super) fn arm(text: &str) -> Result<(), String> {
    ARMED.set(parse(text)?).map_err(|_| "it was read before".to_owned())
}

/// Counts that a point is reached; what is to happen there now.
pub(super) fn due(point: &'static str) -> Option<Action> {
    let rule = ARMED.get()?.get(point)?;
    let action = rule.count()?;
    tracing::warn!(?action, "reached the fail point {point}");
    Some(action)
}

impl Rule {
    fn count(&self) -> Option<Action> {
        let reached = self.reached.fetch_add(1, Ordering::SeqCst) + 1;
        let is_due = reached == self.nth || self.goes_on && reached > self.nth;
        is_due.then_some(self.action)
    }
}

fn parse(text: &str) -> Result<Plan, String> {
    let mut plan = Plan::new();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let (name, rule) = item.split_once('=').ok_or_else(|| {
            format!("`{item}` is not of the form name=action, such as runner.after_claim=abort")
        })?;
        let point = ALL.iter().find(|point| **point == name);
        let point = point.ok_or_else(|| format!("there is no fail point `{name}`"))?;
        if plan.insert(point, self::rule(rule)?).is_some() {
            return Err(format!("`{name}` is there twice"));
        }
    }
    Ok(plan)
}

fn rule(text: &str) -> Result<Rule, String> {
    let (action, nth) = text.split_once('@').unwrap_or((text, "1"));
    let goes_on = nth.ends_with('+');
    let nth = nth.trim_end_matches('+').parse().ok().filter(|nth| *nth > 0);
    let nth = nth.ok_or_else(|| format!("`{text}` does not say which time: write @2 or @2+"))?;
    Ok(Rule { action: self::action(action)?, nth, goes_on, reached: AtomicU32::new(0) })
}

fn action(text: &str) -> Result<Action, String> {
    let wrong = || format!("`{text}` is not abort, error, stall or stall:SECONDS");
    match text {
        "abort" => Ok(Action::Abort),
        "error" => Ok(Action::Error),
        "stall" => Ok(Action::Stall(FOR_EVER)),
        _ => {
            let seconds = text.strip_prefix("stall:").and_then(|seconds| seconds.parse().ok());
            let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            time.map(Action::Stall).ok_or_else(wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happens(text: &str, times: u32) -> Vec<u32> {
        let plan = parse(text).unwrap_or_else(|error| panic!("{error}"));
        let rule = &plan["runner.after_claim"];
        (1..=times).filter(|_| rule.count().is_some()).collect()
    }

    #[test]
    fn a_point_is_due_once_at_its_time_or_from_then_on() {
        assert_eq!(happens("runner.after_claim=error", 3), [1]);
        assert_eq!(happens("runner.after_claim=abort@2, blob.after_sync=stall", 3), [2]);
        assert_eq!(happens("runner.after_claim=stall:20@2+", 4), [2, 3, 4]);
        let plan = parse("runner.after_claim=stall:20").unwrap_or_default();
        assert_eq!(plan["runner.after_claim"].action, Action::Stall(Duration::from_secs(20)));
        let plan = parse("runner.after_claim=stall:0.3").unwrap_or_default();
        assert_eq!(plan["runner.after_claim"].action, Action::Stall(Duration::from_millis(300)));
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let cases = [
            ("runner.after_claim", "`runner.after_claim` is not of the form name=action"),
            ("runner.after=abort", "there is no fail point `runner.after`"),
            ("runner.after_claim=panic", "`panic` is not abort, error, stall or stall:SECONDS"),
            ("runner.after_claim=stall:x", "`stall:x` is not abort"),
            ("runner.after_claim=abort@0", "`abort@0` does not say which time"),
            (
                "runner.after_claim=abort,runner.after_claim=error",
                "`runner.after_claim` is there twice",
            ),
        ];
        for (text, expected) in cases {
            let error = parse(text).err().unwrap_or_default();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
