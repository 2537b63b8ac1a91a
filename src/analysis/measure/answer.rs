//! From the rows to the answer: the count that every intent has, and what its own intent adds.

use std::collections::BTreeMap;

use crate::model::document::DocumentKind;
use crate::model::reading::Intent;
use crate::model::result::{Answer, SourceCount};

use super::Measure;
use super::buckets::Buckets;
use super::figures::people;
use super::names::NONE;
use super::rows::Rows;
use crate::analysis::reading::window::day_range;

impl Measure {
    pub(super) fn answer(&self, sources: &[String], assumptions: &mut Vec<String>) -> Answer {
        let mut answer = self.counted();
        match self.plan.intent {
            Intent::Exists => {
                answer.found = Some(answer.total_mentions > 0);
                answer.first_seen = self.current.all().iter().map(|row| row.at).min();
                answer.sample = Some(self.posts());
            }
            Intent::TopPosts | Intent::List => {
                answer.posts = Some(self.distinct_posts(assumptions));
            }
            Intent::TopAuthors => answer.authors = Some(self.authors()),
            Intent::Compare | Intent::ShareOfVoice => {
                self.compare(&mut answer, sources, assumptions);
            }
            Intent::Keywords | Intent::Hashtags => answer.items = Some(self.items(assumptions)),
            Intent::Questions => answer.questions = Some(self.questions(assumptions)),
            Intent::Languages => {
                let (languages, grouped) = self.languages();
                answer.languages = Some(languages);
                answer.others = grouped.others;
                answer.undetermined = Some(grouped.undetermined);
                answer.shares = Some(grouped.shares);
            }
            Intent::Changes => answer.changes = Some(self.changes(assumptions)),
            Intent::Extract => answer.rows = Some(self.rows(assumptions)),
            Intent::Summary => {
                answer.items = Some(self.items(assumptions));
                let has_earlier = self.told.previous.is_some();
                answer.changes = has_earlier.then(|| self.changes(assumptions));
            }
            Intent::Spike => answer.spike = Some(self.spike(assumptions)),
            // Nobody measures what [`super::missing()`] names.
            Intent::Sentiment
            | Intent::Unsupported
            | Intent::Count
            | Intent::Breakdown
            | Intent::Trend => {}
        }
        answer.new_users = self.newcomers(assumptions);
        if self.plan.judges {
            answer.sentiment = Some(self.feelings(&mut answer.entities));
        }
        if let Some(by) = self.plan.group.filter(|_| answer.languages.is_none()) {
            let grouped = self.grouped(by);
            answer.groups = Some(grouped.groups);
            answer.others = grouped.others;
            answer.undetermined = Some(grouped.undetermined);
            answer.shares = Some(grouped.shares);
        }
        if let Some(buckets) = self.buckets().filter(|_| self.plan.intent != Intent::Spike) {
            answer.series = Some(self.series(&buckets));
        }
        if self.plan.intent == Intent::Summary {
            answer.summary = Some(self.summary(&answer, self.plan.focus));
        }
        answer
    }

    pub(super) fn buckets(&self) -> Option<Buckets> {
        let told = &self.told;
        self.plan.unit.map(|unit| Buckets::of(unit, &told.window, told.reference, told.timezone))
    }

    /// What a count says.
    fn counted(&self) -> Answer {
        let rows = self.current.all();
        let by_source = self.by_source(&self.current);
        let (mut reposts, mut unknown_authors) = (0, 0);
        for row in rows {
            reposts += u64::from(row.kind == DocumentKind::Repost);
            unknown_authors += u64::from(row.author == NONE);
        }
        Answer {
            total_mentions: rows.len() as u64,
            unique_users: by_source.values().map(|source| source.unique_users).sum(),
            reposts,
            unknown_authors,
            date_range: day_range(&self.told.window, self.told.timezone),
            by_source,
            ..Answer::default()
        }
    }

    /// Mentions and people of every source that is known.
    fn by_source(&self, rows: &Rows) -> BTreeMap<String, SourceCount> {
        let mut counts = vec![SourceCount::default(); self.register.sources.len()];
        let mut is_seen = vec![false; self.register.authors.len()];
        for row in rows.all() {
            let Some(count) = counts.get_mut(row.source as usize) else { continue };
            count.mentions += 1;
            if let Some(is_seen) = is_seen.get_mut(row.author as usize) {
                count.unique_users += u64::from(!*is_seen);
                *is_seen = true;
            }
        }
        let named = (0..).zip(counts);
        named.map(|(number, count)| (self.register.sources.get(number).to_owned(), count)).collect()
    }

    /// Mentions and people of all sources together.
    pub(super) fn both(&self, rows: &Rows) -> SourceCount {
        let unique_users = people(self.register.authors.len(), rows.all().iter());
        SourceCount { mentions: rows.len() as u64, unique_users }
    }
}
