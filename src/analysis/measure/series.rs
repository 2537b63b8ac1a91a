//! Figures for each span of time.

use crate::model::reading::GroupBy;
use crate::model::result::{Bucket, Group};

use super::Measure;
use super::buckets::{Buckets, Piece, Unit, WEEKDAYS};
use super::figures::{Figures, tally};
use super::rows::Row;

impl Measure {
    /// A line for each piece of the window, or for each day of the week.
    pub(super) fn series(&self, buckets: &Buckets) -> Vec<Bucket> {
        let is_week = buckets.unit == Unit::Weekday;
        let lines = if is_week { WEEKDAYS.len() } else { buckets.pieces.len() };
        let placed: Vec<Option<usize>> =
            self.current.all().iter().map(|row| line_of(buckets, row)).collect();
        let rows = || self.current.all().iter().zip(&placed);
        let figures = tally(
            (lines, self.register.authors.len()),
            rows().filter_map(|(row, line)| Some(((*line)?, row))),
        );
        let mut inner = self.inner(lines, &placed).into_iter();
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
        figures.into_iter().enumerate().map(bucket).collect()
    }

    /// For each line the figures by source or by term, all of them in the same order.
    fn inner(&self, lines: usize, placed: &[Option<usize>]) -> Vec<Vec<Group>> {
        let Some(by) = self.plan.inner else { return Vec::new() };
        let count = self.group_count(by);
        let mut pairs: Vec<(usize, &Row)> = Vec::new();
        for ((place, row), line) in self.current.all().iter().enumerate().zip(placed) {
            let Some(line) = line else { continue };
            self.each_group(by, place, row, |group| pairs.push((line * count + group, row)));
        }
        let figures = tally((lines * count, self.register.authors.len()), pairs.into_iter());
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
        figures.chunks(count.max(1)).map(line).collect()
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
