//! The figures of one source while they are counted.

use std::collections::HashSet;

use crate::model::result::SourceCount;

#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub mentions: u64,
    pub reposts: u64,
    pub unknown_authors: u64,
    authors: HashSet<u128>,
}

impl Tally {
    /// Counts one matching post; `author` is `None` when nobody knows who wrote it.
    pub fn add(&mut self, author: Option<u128>, is_repost: bool) {
        self.mentions += 1;
        self.reposts += u64::from(is_repost);
        match author {
            Some(author) => {
                self.authors.insert(author);
            }
            None => self.unknown_authors += 1,
        }
    }

    pub fn users(&self) -> u64 {
        self.authors.len() as u64
    }

    pub fn count(&self) -> SourceCount {
        SourceCount { mentions: self.mentions, unique_users: self.users() }
    }
}
