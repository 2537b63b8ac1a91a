//! What stays of each matching post: a row of numbers, and what the asked figures need besides.
//!
//! A post is counted once however often it is collected. Of copies that differ, the one that the
//! list of the answer would show first is kept; between equals the smallest hash of what they hold
//! decides. So neither the order nor the number of copies changes an answer.

use std::ops::Range;

use chrono::{DateTime, Utc};

use crate::analysis::sentiment::Sentiment;
use crate::model::document::DocumentKind;

use super::names::{Key, Names};
use super::rank::{Order, Rank};

#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub at: DateTime<Utc>,
    pub source: u32,
    /// The author's number, or [`super::names::NONE`].
    pub author: u32,
    /// The number of the group it is in, or [`super::names::NONE`].
    pub group: u32,
    /// A hash of what the copy holds.
    pub copy: u64,
    /// What it is ordered by, or [`super::rank::UNKNOWN`].
    pub value: i64,
    /// Known likes, replies and shares, or [`super::rank::UNKNOWN`].
    pub reactions: i64,
    pub kind: DocumentKind,
    /// Unknown also where nobody asks for it.
    pub feeling: Sentiment,
}

/// What became of a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Added {
    New,
    /// It took the place of this other copy.
    Instead(Row),
    /// Another copy stays.
    Passed,
}

/// The posts that are counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// A post's number is the place of its row.
    posts: Names,
    all: Vec<Row>,
    pub terms: Lists,
    pub words: Lists,
    /// Who the author says to be, and the post's address.
    pub faces: Lists,
    /// What their words come to, to tell which say nearly the same.
    pub prints: Lists,
}

/// Numbers that belong to rows, any number to each.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    numbers: Vec<u32>,
    spans: Vec<(usize, u32)>,
}

impl Rows {
    /// Takes a copy of the post `id` of the row's source; says its place.
    pub fn add(&mut self, id: &str, row: Row, order: Order) -> (usize, Added) {
        self.add_by(&Key::of(row.source, id), id, row, order)
    }

    /// The same, by the key of the post.
    pub fn add_by(&mut self, key: &Key, id: &str, row: Row, order: Order) -> (usize, Added) {
        let place = self.posts.intern_by(key, id) as usize;
        let Some(known) = self.all.get_mut(place) else {
            self.all.push(row);
            return (place, Added::New);
        };
        let old = *known;
        if row.standing(order) < old.standing(order) {
            *known = row;
            return (place, Added::Instead(old));
        }
        (place, Added::Passed)
    }

    /// By what posts are told apart.
    pub fn posts(&self) -> &Names {
        &self.posts
    }

    pub fn all(&self) -> &[Row] {
        &self.all
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The row of a post.
    pub fn of_post(&self, source: u32, id: &str) -> Option<&Row> {
        self.all.get(self.posts.known(source, id)? as usize)
    }

    /// The place of a post.
    pub fn place(&self, source: u32, id: &str) -> Option<usize> {
        Some(self.posts.known(source, id)? as usize)
    }

    /// The id of the post in a place.
    pub fn id(&self, place: usize) -> &str {
        u32::try_from(place).map_or("", |number| self.posts.get(number))
    }
}

impl Row {
    pub fn rank(&self, order: Order) -> Rank {
        order.rank(self.value, self.at)
    }

    /// The smaller of two copies is kept.
    fn standing(&self, order: Order) -> (Rank, u64) {
        (self.rank(order), self.copy)
    }
}

impl Lists {
    pub fn set(&mut self, place: usize, numbers: &[u32]) {
        if self.spans.len() <= place {
            self.spans.resize(place + 1, (0, 0));
        }
        if let Some(span) = self.spans.get_mut(place) {
            let length = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *span = (self.numbers.len(), length);
            self.numbers.extend_from_slice(numbers);
        }
    }

    pub fn get(&self, place: usize) -> &[u32] {
        let Some((start, length)) = self.spans.get(place) else { return &[] };
        let range: Range<usize> = *start..*start + *length as usize;
        self.numbers.get(range).unwrap_or_default()
    }
}
