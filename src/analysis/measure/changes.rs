//! What changed against the time before.

use crate::model::changes::{Changes, CountDelta, CountPercent};
use crate::model::reading::{Intent, Metric};
use crate::model::result::{Post, SourceCount};

use super::Measure;
use super::figures::quotient;
use super::kept::Kept;
use super::names::NONE;

impl Measure {
    pub(super) fn changes(&self, assumptions: &mut Vec<String>) -> Changes {
        let current = self.both(&self.current);
        let previous = self.told.previous.map(|_| self.both(&self.previous));
        if previous.is_none() {
            assumptions.push(
                "there is nothing to compare with: no earlier run or time is known".to_owned(),
            );
            if self.plan.wants(Metric::NewUsers) {
                assumptions.push("new users cannot be told without it".to_owned());
            }
        }
        let moved =
            (self.plan.intent == Intent::Changes).then(|| self.moved(assumptions)).flatten();
        let (late, removed) = moved.unzip();
        Changes {
            current,
            previous,
            delta: previous.map(|previous| delta(current, previous)),
            pct: previous.map(|previous| CountPercent {
                mentions: percent(current.mentions, previous.mentions),
                unique_users: percent(current.unique_users, previous.unique_users),
            }),
            new_users: previous.map(|_| self.new_users()),
            new: self.new_posts(assumptions),
            late_total: late.as_ref().map(|late| late.total),
            late: late.map(|late| late.posts),
            removed_total: removed.as_ref().map(|removed| removed.total),
            removed: removed.map(|removed| removed.posts),
        }
    }

    /// People of the current time who are not of the one before.
    fn new_users(&self) -> u64 {
        let mut is_known = vec![false; self.register.authors.len()];
        for row in self.previous.all() {
            if let Some(is_known) = is_known.get_mut(row.author as usize) {
                *is_known = true;
            }
        }
        let mut count = 0;
        for row in self.current.all().iter().filter(|row| row.author != NONE) {
            if let Some(is_known) = is_known.get_mut(row.author as usize) {
                count += u64::from(!*is_known);
                *is_known = true;
            }
        }
        count
    }

    /// The newest posts that were not there in the time before.
    fn new_posts(&self, assumptions: &mut Vec<String>) -> Vec<Post> {
        let is_new = |kept: &&Kept| {
            let document = &kept.document;
            let source = self.register.sources.known(0, &document.source);
            source.is_none_or(|source| self.previous.of_post(source, &document.id).is_none())
        };
        if self.plan.intent != Intent::Changes {
            return Vec::new();
        }
        let listed = self.distinct(self.listing.iter().filter(is_new), self.plan.posts);
        assumptions.extend(self.said_of(&listed, self.plan.posts));
        self.once(&listed, |_| None)
    }
}

fn delta(current: SourceCount, previous: SourceCount) -> CountDelta {
    let less = |now: u64, before: u64| now.cast_signed().saturating_sub(before.cast_signed());
    CountDelta {
        mentions: less(current.mentions, previous.mentions),
        unique_users: less(current.unique_users, previous.unique_users),
    }
}

fn percent(current: u64, previous: u64) -> Option<f64> {
    let size = quotient(current.abs_diff(previous).saturating_mul(100), previous)?;
    Some(if current < previous { -size } else { size })
}
