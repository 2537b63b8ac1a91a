//! Whether some span of the window has unusually many posts.
//!
//! A span is held against the median of the complete spans around it, those of the same weekday or
//! the same hour where there are enough, in units of their median distance from it: one other spike
//! does not hide this one. A quiet baseline has no spread of its own, so the square root of the
//! median, which is what chance alone makes of a count, is the least that is taken for it.

use crate::model::document::Document;
use crate::model::reading::{GroupBy, Intent};
use crate::model::spike::{Driver, Spike, SpikeBucket};

use super::buckets::{Buckets, Piece, Unit};
use super::figures::float;
use super::kept::{Kept, Listing};
use super::plan::Plan;
use super::rank::Order;
use super::rows::Row;
use super::{Measure, Measuring};

/// From here on a span stands out.
const THRESHOLD: f64 = 3.5;
/// A span with fewer mentions is never a spike.
const MINIMUM: u64 = 10;
/// A baseline needs so many spans.
const ENOUGH: usize = 4;
/// From a median distance to the standard deviation of a bell curve.
const SPREAD: f64 = 1.4826;
/// Groups of one kind that are looked at, and drivers that are said.
const MOST_GROUPS: usize = 20;
const MOST_DRIVERS: usize = 10;

/// The posts with the most reactions of every span, until it is known which stands out.
#[derive(Clone, Debug, Default)]
pub(super) struct Suspects {
    buckets: Option<Buckets>,
    listings: Vec<Listing>,
}

/// A span held against others.
#[derive(Clone, Debug)]
struct Judged {
    line: usize,
    mentions: u64,
    median: f64,
    mad: f64,
    z: f64,
    /// The spans it is held against.
    peers: Vec<usize>,
}

impl Suspects {
    pub fn of(plan: &Plan, told: &Measuring) -> Self {
        let unit = plan.unit.filter(|_| plan.intent == Intent::Spike);
        let buckets =
            unit.map(|unit| Buckets::of(unit, &told.window, told.reference, told.timezone));
        let lines = buckets.as_ref().map_or(0, |buckets| buckets.pieces.len());
        // Copies that others take the place of are dropped at the end.
        let listing = Listing::new(plan.posts.saturating_mul(2));
        Self { buckets, listings: vec![listing; lines] }
    }

    /// Takes every copy of a post, so that what is listed does not depend on their order.
    pub fn offer(&mut self, row: &Row, document: &Document) {
        let line = self.buckets.as_ref().and_then(|buckets| buckets.find(row.at));
        if let Some(listing) = line.and_then(|line| self.listings.get_mut(line)) {
            listing.offer(Order::REACTIONS.rank(row.reactions, row.at), row.copy, document);
        }
    }
}

impl Measure {
    pub(super) fn spike(&self, assumptions: &mut Vec<String>) -> Spike {
        let empty = Buckets { unit: Unit::Day, pieces: Vec::new() };
        let buckets = self.suspects.buckets.as_ref().unwrap_or(&empty);
        let mut counts = vec![0_u64; buckets.pieces.len()];
        for row in self.current.all() {
            if let Some(count) = buckets.find(row.at).and_then(|line| counts.get_mut(line)) {
                *count += 1;
            }
        }
        let judged: Vec<Judged> =
            (0..counts.len()).filter_map(|line| judge(buckets, &counts, line)).collect();
        let Some(most) = judged.iter().max_by(|a, b| {
            a.z.total_cmp(&b.z).then(a.mentions.cmp(&b.mentions)).then(a.line.cmp(&b.line))
        }) else {
            assumptions.push(format!(
                "there are too few complete spans of a {} to say what is usual",
                buckets.unit.name()
            ));
            return unjudged(counts.iter().copied().max().unwrap_or_default());
        };
        assumptions.push(format!(
            "a spike is a {} with at least {MINIMUM} mentions whose z is {THRESHOLD} or more against the median of the complete ones, of the same weekday or hour where there are at least {ENOUGH}",
            buckets.unit.name()
        ));
        let piece = buckets.pieces.get(most.line);
        let spikes = judged.iter().filter(|judged| judged.is_spike());
        Spike {
            is_spike: most.is_spike() || judged.iter().any(Judged::is_spike),
            value: most.mentions,
            start: piece.map(|piece| piece.from),
            end: piece.map(|piece| piece.to),
            baseline_median: Some(most.median),
            baseline_mad: Some(most.mad),
            z: Some(rounded(most.z)),
            threshold: THRESHOLD,
            minimum: MINIMUM,
            buckets: spikes.filter_map(|judged| judged.said(&buckets.pieces)).collect(),
            drivers: self.drivers(buckets, most),
            posts: self.suspicious(most.line),
        }
    }

    /// The posts of a span that are counted, those with the most reactions first.
    fn suspicious(&self, line: usize) -> Vec<crate::model::result::Post> {
        let Some(listing) = self.suspects.listings.get(line) else { return Vec::new() };
        let is_counted = |kept: &&Kept| {
            let document = &kept.document;
            let source = self.register.sources.known(0, &document.source);
            let row = source.and_then(|source| self.current.of_post(source, &document.id));
            row.is_some_and(|row| row.copy == kept.copy && Some(row.at) == document.published_at)
        };
        let listed = listing.iter().filter(is_counted).take(self.plan.posts);
        let order = Order::REACTIONS;
        self.ranked(listed, |kept| order.said(order.value(&kept.document)))
    }

    /// Groups that have more posts in the span than is usual for them.
    fn drivers(&self, buckets: &Buckets, most: &Judged) -> Vec<Driver> {
        let kinds = [
            ("source", GroupBy::Source),
            ("term", GroupBy::Term),
            ("author", GroupBy::Author),
            ("hashtag", GroupBy::Hashtag),
        ];
        let mut drivers: Vec<(f64, Driver)> = Vec::new();
        for (kind, by) in kinds {
            for (group, counts) in self.largest(by, buckets, most.line) {
                let mentions = counts.get(most.line).copied().unwrap_or_default();
                let usual = median(most.peers.iter().filter_map(|line| counts.get(*line)));
                let excess = float(mentions) - usual;
                if excess > 0.0 {
                    let key = self.group_name(by, group);
                    drivers.push((excess, Driver { kind: kind.to_owned(), key, mentions, usual }));
                }
            }
        }
        let order = |(a, left): &(f64, Driver), (b, right): &(f64, Driver)| {
            b.total_cmp(a).then_with(|| (&left.kind, &left.key).cmp(&(&right.kind, &right.key)))
        };
        drivers.sort_by(order);
        drivers.into_iter().take(MOST_DRIVERS).map(|(_, driver)| driver).collect()
    }

    /// The largest groups of a span, each with its posts in every span.
    fn largest(&self, by: GroupBy, buckets: &Buckets, line: usize) -> Vec<(usize, Vec<u64>)> {
        let mut here = vec![0_u64; self.group_count(by)];
        self.each_pair(by, |group, row| {
            if buckets.find(row.at) == Some(line)
                && let Some(count) = here.get_mut(group)
            {
                *count += 1;
            }
        });
        let mut groups: Vec<(u64, String, usize)> = here
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 1)
            .map(|(group, count)| (*count, self.group_name(by, group), group))
            .collect();
        groups.sort_by(|left, right| (right.0, &left.1).cmp(&(left.0, &right.1)));
        groups.truncate(MOST_GROUPS);
        let mut counted: Vec<(usize, Vec<u64>)> = groups
            .into_iter()
            .map(|(_, _, group)| (group, vec![0; buckets.pieces.len()]))
            .collect();
        self.each_pair(by, |group, row| {
            let counts = counted.iter_mut().find(|(known, _)| *known == group);
            let line = buckets.find(row.at);
            if let (Some((_, counts)), Some(line)) = (counts, line)
                && let Some(count) = counts.get_mut(line)
            {
                *count += 1;
            }
        });
        counted
    }
}

impl Judged {
    fn is_spike(&self) -> bool {
        self.z >= THRESHOLD && self.mentions >= MINIMUM
    }

    fn said(&self, pieces: &[Piece]) -> Option<SpikeBucket> {
        let piece = pieces.get(self.line)?;
        Some(SpikeBucket {
            start: piece.from,
            end: piece.to,
            mentions: self.mentions,
            baseline_median: self.median,
            baseline_mad: self.mad,
            z: rounded(self.z),
        })
    }
}

fn judge(buckets: &Buckets, counts: &[u64], line: usize) -> Option<Judged> {
    let piece = buckets.pieces.get(line)?;
    let slot = |piece: &Piece| match buckets.unit {
        Unit::Day => piece.weekday,
        Unit::Hour => piece.hour,
        _ => 0,
    };
    let others = buckets.pieces.iter().enumerate();
    let others = others.filter(|(other, found)| *other != line && !found.is_cut);
    let alike = others.clone().filter(|(_, found)| slot(found) == slot(piece));
    let mut peers: Vec<usize> = alike.map(|(other, _)| other).collect();
    if peers.len() < ENOUGH {
        peers = others.map(|(other, _)| other).collect();
    }
    if peers.len() < ENOUGH {
        return None;
    }
    let usual = || peers.iter().filter_map(|peer| counts.get(*peer));
    let median_of = median(usual());
    let distances: Vec<f64> = usual().map(|count| (float(*count) - median_of).abs()).collect();
    let mad = middle(distances);
    let mentions = counts.get(line).copied().unwrap_or_default();
    let spread = (SPREAD * mad).max(median_of.max(1.0).sqrt());
    let z = (float(mentions) - median_of) / spread;
    Some(Judged { line, mentions, median: median_of, mad, z, peers })
}

fn median<'a>(counts: impl Iterator<Item = &'a u64>) -> f64 {
    middle(counts.map(|count| float(*count)).collect())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let upper = values.get(half).copied().unwrap_or_default();
    let lower = half.checked_sub(1).and_then(|lower| values.get(lower)).copied().unwrap_or(upper);
    if values.len() % 2 == 1 { upper } else { f64::midpoint(lower, upper) }
}

fn rounded(z: f64) -> f64 {
    (z * 100.0).round() / 100.0
}

fn unjudged(value: u64) -> Spike {
    Spike {
        is_spike: false,
        value,
        start: None,
        end: None,
        baseline_median: None,
        baseline_mad: None,
        z: None,
        threshold: THRESHOLD,
        minimum: MINIMUM,
        buckets: Vec::new(),
        drivers: Vec::new(),
        posts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_numbers() {
        let cases: [(&[f64], f64); 4] =
            [(&[], 0.0), (&[4.0], 4.0), (&[9.0, 1.0], 5.0), (&[9.0, 1.0, 2.0], 2.0)];
        for (values, wanted) in cases {
            assert!((middle(values.to_vec()) - wanted).abs() < 1e-12, "{values:?}");
        }
    }
}
