//! Adding up: mentions, people and reactions per group, and the ratios of whole numbers.

use super::feelings::Felt;
use super::names::NONE;
use super::rank::UNKNOWN;
use super::rows::Row;

/// What the posts of one group come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub mentions: u64,
    pub users: u64,
    /// Known reactions, added up.
    pub reactions: i64,
    /// Posts whose reactions are known.
    pub rated: u64,
    /// What they feel, where each is judged.
    pub felt: Felt,
}

impl Figures {
    pub fn engagement(&self) -> Option<i64> {
        (self.rated > 0).then_some(self.reactions)
    }

    pub fn average(&self) -> Option<f64> {
        let size = quotient(self.reactions.unsigned_abs(), self.rated)?;
        Some(if self.reactions < 0 { -size } else { size })
    }
}

/// The figures of groups, from the rows with the groups they are in: each group of a row once. Nobody counts
/// twice in one group.
pub(super) struct Tally {
    figures: Vec<Figures>,
    people: People,
}

impl Tally {
    /// For so many groups; all authors have numbers below `authors`.
    pub fn of(groups: usize, authors: usize) -> Self {
        let figures = vec![Figures::default(); groups];
        Self { figures, people: People::of(groups, authors) }
    }

    pub fn count(&mut self, group: usize, row: &Row) {
        let Some(figures) = self.figures.get_mut(group) else { return };
        figures.mentions += 1;
        figures.felt.count(row.feeling);
        if row.reactions != UNKNOWN {
            figures.reactions = figures.reactions.saturating_add(row.reactions);
            figures.rated += 1;
        }
        if row.author != NONE {
            figures.users += u64::from(self.people.is_new(group, row.author));
        }
    }

    pub fn figures(self) -> Vec<Figures> {
        let Self { mut figures, people } = self;
        for group in people.left() {
            if let Some(figures) = figures.get_mut(group) {
                figures.users += 1;
            }
        }
        figures
    }
}

/// Largest table of who is in which group, in words of 64 bits: 32 MiB.
const MOST_MARKS: usize = 4 * 1024 * 1024;

/// Who was seen in which group.
enum People {
    /// A bit for each author of each group.
    Marks { authors: usize, marks: Vec<u64> },
    /// Where that would be too many: all that were seen, to be told apart at the end.
    List(Vec<u64>),
}

impl People {
    fn of(groups: usize, authors: usize) -> Self {
        let words = groups.saturating_mul(authors) / 64 + 1;
        if words > MOST_MARKS {
            return Self::List(Vec::new());
        }
        Self::Marks { authors, marks: vec![0; words] }
    }

    /// Whether an author is known to be new in a group.
    fn is_new(&mut self, group: usize, author: u32) -> bool {
        match self {
            Self::Marks { authors, marks } => {
                let place = group * *authors + author as usize;
                let Some(word) = marks.get_mut(place / 64) else { return false };
                let bit = 1 << (place % 64);
                let is_new = *word & bit == 0;
                *word |= bit;
                is_new
            }
            Self::List(all) => {
                all.push((group as u64) << 32 | u64::from(author));
                false
            }
        }
    }

    /// The group of each author who was not said to be new there.
    fn left(self) -> impl Iterator<Item = usize> {
        let mut all = match self {
            Self::Marks { .. } => Vec::new(),
            Self::List(all) => all,
        };
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(|person| usize::try_from(person >> 32).unwrap_or(usize::MAX))
    }
}

/// How many different authors the rows have.
pub(super) fn people<'a>(authors: usize, rows: impl Iterator<Item = &'a Row>) -> u64 {
    let mut is_seen = vec![false; authors];
    let mut count = 0;
    for row in rows {
        if let Some(is_seen) = is_seen.get_mut(row.author as usize) {
            count += u64::from(!*is_seen);
            *is_seen = true;
        }
    }
    count
}

/// A part of a whole, to a millionth; zero of nothing.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    quotient(part, whole).unwrap_or_default()
}

/// One number divided by another, to a millionth; the same on every machine.
pub(super) fn quotient(number: u64, by: u64) -> Option<f64> {
    let whole = number.checked_div(by)?;
    let rest = u128::from(number % by) * 1_000_000 + u128::from(by / 2);
    let millionths = u64::try_from(rest / u128::from(by)).unwrap_or_default();
    Some(float(whole.saturating_mul(1_000_000).saturating_add(millionths)) / 1_000_000.0)
}

/// Exact up to 2^53.
pub(super) fn float(number: u64) -> f64 {
    let low = u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default();
    let high = u32::try_from(number >> 32).unwrap_or_default();
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_exact_to_a_millionth() {
        let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12, "{found}");
        close(share(1, 3), 0.333_333);
        close(share(2, 3), 0.666_667);
        close(share(5, 5), 1.0);
        close(share(5, 0), 0.0);
        close(quotient(10, 4).unwrap(), 2.5);
        close(quotient(u64::from(u32::MAX) * 8, 2).unwrap(), 17_179_869_180.0);
        assert_eq!(quotient(1, 0), None);
        let rated = Figures { reactions: -3, rated: 2, ..Figures::default() };
        close(rated.average().unwrap(), -1.5);
        assert_eq!((Figures::default().average(), Figures::default().engagement()), (None, None));
    }
}
