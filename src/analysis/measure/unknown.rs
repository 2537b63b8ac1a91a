//! The posts that a filter left out because their source does not say what it asks for.

use crate::model::document::Document;

use super::filter::{ASKED, FEELING};
use super::names::Names;

#[derive(Clone, Debug, Default)]
pub(super) struct Unknown {
    sources: Names,
    posts: Names,
    /// Of each post: its source, and a bit for each of [`ASKED`] that is not known.
    parts: Vec<(u32, u8)>,
}

impl Unknown {
    pub fn add(&mut self, document: &Document, parts: u8) {
        let source = self.sources.intern(0, &document.source);
        let post = self.posts.intern(source, &document.id) as usize;
        match self.parts.get_mut(post) {
            Some((_, known)) => *known |= parts,
            None => self.parts.push((source, parts)),
        }
    }

    /// A sentence for each thing that was not known. A post of which another copy is counted was
    /// not left out.
    pub fn said(&self, is_counted: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let mut left_out = [0_u64; ASKED.len()];
        for (post, (source, parts)) in (0..).zip(&self.parts) {
            if is_counted(self.sources.get(*source), self.posts.get(post)) {
                continue;
            }
            for (bit, count) in left_out.iter_mut().enumerate() {
                *count += u64::from(parts >> bit & 1);
            }
        }
        let said = ASKED.iter().zip(left_out).filter(|(_, count)| *count > 0);
        said.map(|(asked, count)| {
            if *asked == FEELING {
                return format!(
                    "matching posts were left out as it cannot be told what they feel (only English is judged): {count}"
                );
            }
            format!("matching posts whose source does not say {asked} were left out: {count}")
        })
        .collect()
    }
}
