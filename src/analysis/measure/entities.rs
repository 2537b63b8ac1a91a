//! Things held against each other: the terms of the reading, or sources.

use crate::model::reading::GroupBy;
use crate::model::result::{Answer, Entity, Shares};

use super::Measure;
use super::figures::{Figures, share};

impl Measure {
    /// Adds a line for each entity. A share is the part of the mentions of all entities together, so
    /// the shares add up to 1 also where a post names several.
    pub(super) fn compare(
        &self,
        answer: &mut Answer,
        sources: &[String],
        assumptions: &mut Vec<String>,
    ) {
        let by = if self.plan.compares_sources() { GroupBy::Source } else { GroupBy::Term };
        let mut tally = self.tally(self.group_count(by));
        self.each_pair(by, |group, row| tally.count(group, row));
        let mut named: Vec<(String, Figures)> = tally
            .figures()
            .into_iter()
            .enumerate()
            .map(|(group, figures)| (self.group_name(by, group), figures))
            .collect();
        if self.plan.compares_sources() {
            // In the order they are asked for, then by name.
            let place = |name: &String| sources.iter().position(|source| source == name);
            named.sort_by_cached_key(|(name, _)| (place(name).unwrap_or(usize::MAX), name.clone()));
        }
        if self.plan.sort.is_some() {
            self.sort(&mut named);
        }
        let of: u64 = named.iter().map(|(_, figures)| figures.mentions).sum();
        let overlap = self.overlap(by);
        if overlap > 0 {
            assumptions.push(format!(
                "posts that name several of these count for each of them: {overlap}"
            ));
        }
        let entity = |(name, figures): (String, Figures)| Entity {
            name,
            mentions: figures.mentions,
            unique_users: figures.users,
            share: share(figures.mentions, of),
            engagement: self.engagement(&figures),
            avg_engagement: self.average(&figures),
            sentiment: None,
        };
        answer.entities = Some(named.into_iter().map(entity).collect());
        answer.overlap = Some(overlap);
        answer.shares = Some(Shares { of, sum: share(of, of) });
    }

    /// Posts that are in several groups.
    fn overlap(&self, by: GroupBy) -> u64 {
        let mut overlap = 0;
        for (place, row) in self.current.all().iter().enumerate() {
            let mut groups = 0;
            self.each_group(by, place, row, |_| groups += 1);
            overlap += u64::from(groups > 1);
        }
        overlap
    }
}
