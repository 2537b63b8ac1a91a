//! Figures for each group of posts: sources, communities, sites, kinds, authors and the like.

use std::cmp::{Ordering, Reverse};

use crate::model::document::{Author, DocumentKind};
use crate::model::reading::{GroupBy, Metric, SortBy};
use crate::model::result::{Group, Language, Others, Shares};

use super::Measure;
use super::figures::{Figures, Tally, share};
use super::names::NONE;
use super::rows::Row;

const KINDS: [DocumentKind; 9] = [
    DocumentKind::Post,
    DocumentKind::Comment,
    DocumentKind::Reply,
    DocumentKind::Repost,
    DocumentKind::Quote,
    DocumentKind::Article,
    DocumentKind::Video,
    DocumentKind::Issue,
    DocumentKind::Answer,
];

/// The groups of an answer, and what is not in the list of them.
pub(super) struct Grouped {
    pub groups: Vec<Group>,
    pub others: Option<Others>,
    pub undetermined: u64,
    pub shares: Shares,
}

impl Measure {
    /// All groups by `by`, those with the most mentions first unless the reading sorts otherwise.
    /// A share is the part of all matching posts.
    pub(super) fn grouped(&self, by: GroupBy) -> Grouped {
        let total = self.current.len() as u64;
        let mut tally = self.tally(self.group_count(by));
        let undetermined = self.each_pair(by, |group, row| tally.count(group, row));
        let named =
            tally.figures().into_iter().enumerate().filter(|(_, figures)| figures.mentions > 0);
        let mut named: Vec<(String, Figures)> =
            named.map(|(group, figures)| (self.group_name(by, group), figures)).collect();
        self.sort(&mut named);
        let shown = self.plan.rows.unwrap_or(usize::MAX).min(named.len());
        let (listed, left) = named.split_at_checked(shown).unwrap_or((&named, &[]));
        let sum = |groups: &[(String, Figures)]| groups.iter().map(|(_, f)| f.mentions).sum();
        let others = Others { groups: left.len() as u64, mentions: sum(left) };
        Grouped {
            groups: listed.iter().map(|(key, figures)| self.group(key, figures, total)).collect(),
            others: (!left.is_empty()).then_some(others),
            undetermined,
            shares: Shares { of: total, sum: share(sum(listed), total) },
        }
    }

    /// The languages, each with the posts that the platforms tag so.
    pub(super) fn languages(&self) -> (Vec<Language>, Grouped) {
        let mut grouped = self.grouped(GroupBy::Language);
        let groups = std::mem::take(&mut grouped.groups);
        let language = |group: Group| Language {
            code: group.key,
            mentions: group.mentions,
            share: group.share,
        };
        (groups.into_iter().map(language).collect(), grouped)
    }

    pub(super) fn group(&self, key: &str, figures: &Figures, of: u64) -> Group {
        Group {
            key: key.to_owned(),
            mentions: figures.mentions,
            unique_users: figures.users,
            share: share(figures.mentions, of),
            engagement: self.engagement(figures),
            avg_engagement: self.average(figures),
            sentiment: self.felt(figures),
        }
    }

    pub(super) fn engagement(&self, figures: &Figures) -> Option<i64> {
        figures.engagement().filter(|_| self.plan.wants(Metric::Engagement))
    }

    pub(super) fn average(&self, figures: &Figures) -> Option<f64> {
        figures.average().filter(|_| self.plan.wants(Metric::AvgEngagement))
    }

    /// Orders groups as the reading sorts them; equals by mentions, then by name.
    pub(super) fn sort(&self, groups: &mut [(String, Figures)]) {
        let (by, descending) = self.plan.sort.unwrap_or((SortBy::Mentions, true));
        let value = |figures: &Figures| match by {
            SortBy::UniqueUsers => i64::try_from(figures.users).unwrap_or(i64::MAX),
            SortBy::Engagement => figures.engagement().unwrap_or(i64::MIN),
            _ => i64::try_from(figures.mentions).unwrap_or(i64::MAX),
        };
        groups.sort_by(|(left_name, left), (right_name, right)| {
            let order = value(left).cmp(&value(right));
            let order: Ordering = if descending { order.reverse() } else { order };
            order
                .then_with(|| Reverse(left.mentions).cmp(&Reverse(right.mentions)))
                .then_with(|| left_name.cmp(right_name))
        });
    }

    pub(super) fn tally(&self, groups: usize) -> Tally {
        Tally::of(groups, self.register.authors.len())
    }

    /// Takes each row with each group it is in. Answers how many are in none.
    pub(super) fn each_pair<'a>(
        &'a self,
        by: GroupBy,
        mut take: impl FnMut(usize, &'a Row),
    ) -> u64 {
        let mut undetermined = 0;
        for (place, row) in self.current.all().iter().enumerate() {
            let mut is_in_none = true;
            self.each_group(by, place, row, |group| {
                is_in_none = false;
                take(group, row);
            });
            undetermined += u64::from(is_in_none);
        }
        undetermined
    }

    /// Every group a row is in, once.
    pub(super) fn each_group(
        &self,
        by: GroupBy,
        place: usize,
        row: &Row,
        mut take: impl FnMut(usize),
    ) {
        let number = match by {
            GroupBy::Source => row.source,
            GroupBy::Kind => {
                KINDS.iter().position(|kind| *kind == row.kind).into_iter().for_each(take);
                return;
            }
            GroupBy::Author => row.author,
            GroupBy::Term => {
                for term in self.current.terms.get(place) {
                    take(*term as usize);
                }
                return;
            }
            GroupBy::Domain | GroupBy::Link | GroupBy::Keyword | GroupBy::Hashtag => {
                let words = self.current.words.get(place);
                words.chunk_by(|a, b| a == b).filter_map(|same| same.first()).for_each(|word| {
                    take(*word as usize);
                });
                return;
            }
            _ => row.group,
        };
        if number != NONE {
            take(number as usize);
        }
    }

    /// Groups have numbers below this.
    pub(super) fn group_count(&self, by: GroupBy) -> usize {
        match by {
            GroupBy::Source => self.register.sources.len(),
            GroupBy::Kind => KINDS.len(),
            GroupBy::Author => self.register.authors.len(),
            GroupBy::Term => self.matcher.names().count(),
            _ => self.register.keys.len(),
        }
    }

    pub(super) fn group_name(&self, by: GroupBy, group: usize) -> String {
        let number = u32::try_from(group).unwrap_or(NONE);
        match by {
            GroupBy::Source => self.register.sources.get(number).to_owned(),
            GroupBy::Kind => {
                let kind = KINDS.get(group).and_then(|kind| serde_json::to_value(kind).ok());
                kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
            }
            GroupBy::Author => self.author_name(number),
            GroupBy::Term => self.matcher.names().nth(group).unwrap_or_default().to_owned(),
            _ => self.register.keys.get(number).to_owned(),
        }
    }

    /// Source and handle of an author, else their id: what they are told apart by.
    fn author_name(&self, number: u32) -> String {
        let source = self.register.sources.get(self.register.authors.group(number));
        let identity = self.register.authors.get(number);
        let (_, name) = identity.split_once(':').unwrap_or(("", identity));
        format!("{source}/{name}")
    }
}

/// What an author is called, as it was kept.
pub(super) fn face(text: &str) -> Author {
    serde_json::from_str(text).unwrap_or_default()
}
