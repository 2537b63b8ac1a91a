//! The authors with the most mentions, or with the most reactions to them.

use std::cmp::Reverse;

use crate::model::reading::{GroupBy, SortBy};
use crate::model::result::{RankedAuthor, RankedBy};

use super::Measure;
use super::figures::Figures;
use super::groups::face;
use super::names::NONE;
use super::rank::UNKNOWN;
use super::rows::Row;

/// What is known of an author besides figures.
#[derive(Clone, Copy)]
struct Seen<'a> {
    newest: (&'a Row, usize),
    /// The newest post with an address.
    linked: Option<(&'a Row, usize)>,
}

impl Measure {
    /// The first authors; equals are ordered by mentions, then by their newest post, source and name.
    pub(super) fn authors(&self) -> Vec<RankedAuthor> {
        let mut tally = self.tally(self.register.authors.len());
        for row in self.current.all().iter().filter(|row| row.author != NONE) {
            tally.count(row.author as usize, row);
        }
        let seen = self.seen();
        let (by, descending) = self.author_order();
        let mut ranked: Vec<(usize, Figures, Seen)> = tally
            .figures()
            .into_iter()
            .zip(seen)
            .enumerate()
            .filter_map(|(author, (figures, seen))| Some((author, figures, seen?)))
            .collect();
        ranked.sort_by_cached_key(|(author, figures, seen)| {
            let value = author_value(by, figures);
            let signed = if descending && value != UNKNOWN { !value } else { value };
            let name = self.group_name(GroupBy::Author, *author);
            let newest = Reverse(seen.newest.0.at);
            (value == UNKNOWN, signed, Reverse(figures.mentions), newest, name)
        });
        let shown = self.plan.rows.unwrap_or(usize::MAX);
        let listed = (1..).zip(ranked.into_iter().take(shown));
        listed.map(|(rank, (_, figures, seen))| self.author(rank, by, &figures, seen)).collect()
    }

    fn author(&self, rank: u64, by: SortBy, figures: &Figures, seen: Seen) -> RankedAuthor {
        let (newest, place) = seen.newest;
        let value = author_value(by, figures);
        let by = if by == SortBy::Engagement { "engagement" } else { "mentions" };
        let metric = RankedBy { by: by.to_owned(), value: (value != UNKNOWN).then_some(value) };
        let [name, _] = self.face_of(place);
        let url = seen.linked.map(|(_, place)| self.face_of(place)[1]);
        RankedAuthor {
            rank,
            source: self.register.sources.get(newest.source).to_owned(),
            author: face(self.register.faces.get(name)),
            mentions: figures.mentions,
            engagement: figures.engagement(),
            metric,
            sample_url: url.map(|url| self.register.faces.get(url).to_owned()),
        }
    }

    /// By mentions, unless the reading asks for reactions.
    fn author_order(&self) -> (SortBy, bool) {
        use crate::model::reading::Metric;
        match self.plan.sort {
            Some((
                SortBy::Engagement
                | SortBy::Likes
                | SortBy::Views
                | SortBy::Replies
                | SortBy::Shares,
                descending,
            )) => (SortBy::Engagement, descending),
            Some((SortBy::Mentions, descending)) => (SortBy::Mentions, descending),
            _ if self.plan.wants(Metric::Engagement) => (SortBy::Engagement, true),
            _ => (SortBy::Mentions, true),
        }
    }

    /// Name and address kept with a row.
    fn face_of(&self, place: usize) -> [u32; 2] {
        match self.current.faces.get(place) {
            [name, url] => [*name, *url],
            _ => [NONE, NONE],
        }
    }

    fn seen(&self) -> Vec<Option<Seen<'_>>> {
        let mut seen: Vec<Option<Seen>> = vec![None; self.register.authors.len()];
        for (place, row) in self.current.all().iter().enumerate() {
            let Some(seen) = seen.get_mut(row.author as usize) else { continue };
            let linked = Some((row, place)).filter(|_| self.face_of(place)[1] != NONE);
            let first = Seen { newest: (row, place), linked };
            let known = seen.get_or_insert(first);
            known.newest = self.newer(known.newest, (row, place));
            known.linked = match (known.linked, linked) {
                (Some(one), Some(other)) => Some(self.newer(one, other)),
                (one, other) => one.or(other),
            };
        }
        seen
    }

    /// The newer of two posts; at the same instant the one with the smaller id.
    fn newer<'a>(&self, one: (&'a Row, usize), other: (&'a Row, usize)) -> (&'a Row, usize) {
        let key = |(row, place): (&Row, usize)| (Reverse(row.at), self.current.id(place));
        if key(other) < key(one) { other } else { one }
    }
}

fn author_value(by: SortBy, figures: &Figures) -> i64 {
    match by {
        SortBy::Engagement => figures.engagement().unwrap_or(UNKNOWN),
        _ => i64::try_from(figures.mentions).unwrap_or(i64::MAX),
    }
}
