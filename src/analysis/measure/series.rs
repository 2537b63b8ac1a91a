//! Figures for each span of time.

use crate::model::reading::GroupBy;
use crate::model::result::{Bucket, Group};

use super::Measure;
use super::buckets::{Buckets, Piece, Unit, WEEKDAYS};
use super::figures::Figures;
use super::rows::Row;

impl Measure {
    /// A line for each piece of the window, or for each day of the week.
    pub(super) fn series(&self, buckets: &Buckets) -> Vec<Bucket> {
        let is_week = buckets.unit == Unit::Weekday;
        let lines = if is_week { WEEKDAYS.len() } else { buckets.pieces.len() };
        let groups = self.plan.inner.map(|by| (by, self.group_count(by)));
        let mut outer = self.tally(lines);
        let mut inner = self.tally(groups.map_or(0, |(_, count)| lines * count));
        for (place, row) in self.current.all().iter().enumerate() {
            let Some(line) = line_of(buckets, row) else { continue };
            outer.count(line, row);
            if let Some((by, count)) = groups {
                self.each_group(by, place, row, |group| inner.count(line * count + group, row));
            }
        }
        let inner = groups.map(|(by, count)| self.inner(by, inner.figures().chunks(count.max(1))));
        let mut inner = inner.into_iter().flatten();
        let bucket = |(line, figures): (usize, Figures)| {
            let piece = buckets.pieces.get(line).filter(|_| !is_week);
            Bucket {
                weekday: is_week.then(|| WEEKDAYS.get(line).map_or("", |day| day).to_owned()),
                start: piece.map(|piece| piece.from),
                end: piece.map(|piece| piece.to),
                mentions: figures.mentions,
                unique_users: figures.users,
                partial: piece.map_or_else(|| is_partial(buckets, line), |piece| piece.is_cut),
                sentiment: self.felt(&figures),
                groups: inner.next(),
            }
        };
        outer.figures().into_iter().enumerate().map(bucket).collect()
    }

    /// For each line the figures by source or by term, all of them in the same order.
    fn inner<'a>(
        &self,
        by: GroupBy,
        lines: impl Iterator<Item = &'a [Figures]>,
    ) -> Vec<Vec<Group>> {
        let count = self.group_count(by);
        let mut order: Vec<(String, usize)> =
            (0..count).map(|group| (self.group_name(by, group), group)).collect();
        if by == GroupBy::Source {
            order.sort();
        }
        let line = |figures: &[Figures]| {
            let of = figures.iter().map(|figures| figures.mentions).sum();
            let group = |(name, group): &(String, usize)| {
                let figures = figures.get(*group).copied().unwrap_or_default();
                self.group(name, &figures, of)
            };
            order.iter().map(group).collect()
        };
        lines.map(line).collect()
    }
}

fn line_of(buckets: &Buckets, row: &Row) -> Option<usize> {
    let place = buckets.find(row.at)?;
    if buckets.unit != Unit::Weekday {
        return Some(place);
    }
    buckets.pieces.get(place).and_then(|piece| usize::try_from(piece.weekday).ok())
}

/// Whether a day of the week has a day that is cut, or has none.
fn is_partial(buckets: &Buckets, weekday: usize) -> bool {
    let is_it = |piece: &&Piece| usize::try_from(piece.weekday).is_ok_and(|day| day == weekday);
    let mut days = buckets.pieces.iter().filter(is_it).peekable();
    days.peek().is_none() || days.any(|day| day.is_cut)
}
