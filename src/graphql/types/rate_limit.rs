//! What a key may spend.

use async_graphql::SimpleObject;

use crate::domain::rate_limit::Budget;
use crate::graphql::scalars::{Instant, Long};

/// What the caller's key may spend on operations, in points of `extensions.cost`.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// The most it can have.
    limit: Long,
    /// What is left of it.
    remaining: Long,
    /// When it has the most again, if nothing is spent.
    reset_at: Instant,
    /// What this operation costs.
    cost: Long,
}

impl RateLimit {
    /// The budget with what an operation costs, which it is without already.
    pub fn of(budget: Budget, cost: usize) -> Self {
        Self {
            limit: Long(budget.limit.into()),
            remaining: Long(budget.remaining.into()),
            reset_at: Instant(budget.reset_at),
            cost: Long(cost as u64),
        }
    }
}
