//! Decides from a whole column whether dates like `4/8/2016` begin with the day or the month.

use super::DateOrder;
use super::parts::{DateParts, Parts};

/// A date that shows its order, and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Witness {
    pub text: String,
    pub line: u64,
}

/// What the dates seen so far say of their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderSurvey {
    day_first: Option<Witness>,
    month_first: Option<Witness>,
    /// Some date could be read both ways, as different days.
    open: bool,
    /// Some date had dots, which are written where the day comes first.
    dots: bool,
    /// Some date had slashes or dashes, which tell nothing.
    slashes: bool,
}

/// The order to read the column by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrderDecision {
    /// No date depends on it.
    Irrelevant,
    Clear(DateOrder),
    /// Nothing in the column tells; this is the usual meaning.
    Assumed(DateOrder),
    /// One date says this and another that.
    Mixed {
        day_first: Witness,
        month_first: Witness,
    },
}

impl OrderSurvey {
    /// Takes note of one date; what cannot be read is left to the second pass.
    pub fn see(&mut self, text: &str, line: u64) {
        let Ok(parts) = Parts::read(text) else { return };
        let DateParts::YearLast { first, second, dots, .. } = parts.date else {
            return;
        };
        let witness = || Witness { text: text.trim().to_owned(), line };
        self.dots |= dots;
        self.slashes |= !dots;
        let only_a_day = |number| (13..=31).contains(&number);
        match (only_a_day(first), only_a_day(second)) {
            (true, false) if self.day_first.is_none() => self.day_first = Some(witness()),
            (false, true) if self.month_first.is_none() => self.month_first = Some(witness()),
            (false, false) => self.open |= first != second,
            _ => {}
        }
    }

    pub fn decide(self) -> OrderDecision {
        match (self.day_first, self.month_first) {
            (Some(day_first), Some(month_first)) => OrderDecision::Mixed { day_first, month_first },
            (Some(_), None) => OrderDecision::Clear(DateOrder::Dmy),
            (None, Some(_)) => OrderDecision::Clear(DateOrder::Mdy),
            (None, None) => match (self.dots, self.slashes) {
                (false, false) => OrderDecision::Irrelevant,
                (true, false) => OrderDecision::Clear(DateOrder::Dmy),
                (_, true) if self.open => OrderDecision::Assumed(DateOrder::Mdy),
                (_, true) => OrderDecision::Clear(DateOrder::Mdy),
            },
        }
    }
}
