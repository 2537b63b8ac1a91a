//! The posts that are listed: the first so many of an order, whatever order they come in.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::model::document::{Author, Document};

use super::rank::Rank;

/// The first posts of an order; later ones are forgotten.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    limit: usize,
    posts: BTreeSet<Box<Kept>>,
    /// What the post that fell off last took up, for the next one.
    spare: Option<Box<Kept>>,
}

/// A copy of a post. Equal ranks are ordered by source, id, and what the copy holds.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub rank: Rank,
    /// A hash of what the copy holds.
    pub copy: u64,
    pub document: Document,
}

impl Kept {
    fn key(&self) -> (Rank, &str, &str, u64) {
        (self.rank, &self.document.source, &self.document.id, self.copy)
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Listing {
    pub fn new(limit: usize) -> Self {
        Self { limit, posts: BTreeSet::new(), spare: None }
    }

    /// Keeps the document if it is among the first.
    pub fn offer(&mut self, rank: Rank, copy: u64, document: &Document) {
        let key = (rank, document.source.as_str(), document.id.as_str(), copy);
        let is_full = self.posts.len() >= self.limit;
        if is_full && self.posts.last().is_none_or(|last| last.key() <= key) {
            return;
        }
        let mut kept = self
            .spare
            .take()
            .unwrap_or_else(|| Box::new(Kept { rank, copy, document: Document::default() }));
        kept.rank = rank;
        kept.copy = copy;
        copy_document(document, &mut kept.document);
        self.posts.insert(kept);
        if self.posts.len() > self.limit {
            self.spare = self.posts.pop_last();
        }
    }

    /// Forgets a copy that another one has taken the place of.
    pub fn withdraw(&mut self, rank: Rank, copy: u64, document: &Document) {
        let identity = Document {
            source: document.source.clone(),
            id: document.id.clone(),
            ..Document::default()
        };
        self.posts.remove(&Kept { rank, copy, document: identity });
    }

    pub fn iter(&self) -> impl Iterator<Item = &Kept> {
        self.posts.iter().map(AsRef::as_ref)
    }
}

/// A clone that reuses what `to` has already taken up.
fn copy_document(from: &Document, to: &mut Document) {
    let Document { source, id, url, kind, author, title, text, lang, .. } = from;
    to.source.clone_from(source);
    to.id.clone_from(id);
    to.url.clone_from(url);
    to.kind = *kind;
    let Author { id, handle, name, verified } = author;
    to.author.id.clone_from(id);
    to.author.handle.clone_from(handle);
    to.author.name.clone_from(name);
    to.author.verified = *verified;
    to.title.clone_from(title);
    to.text.clone_from(text);
    to.lang.clone_from(lang);
    let Document { published_at, engagement, community, country, answered, label, .. } = from;
    to.published_at = *published_at;
    to.engagement.clone_from(engagement);
    to.community.clone_from(community);
    to.country.clone_from(country);
    to.answered = *answered;
    to.label = *label;
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::measure::rank::Order;
    use crate::model::document::{DocumentKind, Engagement};
    use crate::model::sentiment::Sentiment;

    #[test]
    fn a_copied_document_is_the_document() {
        let some = || Some("s".to_owned());
        let full = Document {
            source: "x".to_owned(),
            id: "1".to_owned(),
            url: some(),
            kind: DocumentKind::Issue,
            author: Author { id: some(), handle: some(), name: some(), verified: Some(true) },
            title: some(),
            text: "t".to_owned(),
            lang: some(),
            published_at: DateTime::from_timestamp(7, 0),
            engagement: Engagement {
                likes: Some(1),
                replies: Some(2),
                shares: Some(3),
                views: Some(4),
            },
            community: some(),
            country: some(),
            answered: Some(false),
            label: Some(Sentiment::Negative),
        };
        let mut to = Document::default();
        copy_document(&full, &mut to);
        assert_eq!(to, full);
        copy_document(&Document::default(), &mut to);
        assert_eq!(to, Document::default());
    }

    proptest! {
        #[test]
        fn the_first_of_all_are_kept(values in prop::collection::vec((0_i64..9, 0_u8..9), 0..40), limit in 0_usize..6) {
            let at = DateTime::from_timestamp(0, 0).unwrap();
            let mut listing = Listing::new(limit);
            let mut all = Vec::new();
            for (value, id) in values {
                let document = Document { id: id.to_string(), ..Document::default() };
                listing.offer(Order::REACTIONS.rank(value, at), 0, &document);
                all.push((std::cmp::Reverse(value), document.id));
            }
            all.sort();
            all.dedup();
            all.truncate(limit);
            let kept: Vec<_> = listing.iter().map(|kept| kept.document.id.clone()).collect();
            prop_assert_eq!(kept, all.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
        }
    }
}
