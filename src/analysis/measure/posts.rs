//! The posts that an answer shows, with what matched in them.

use crate::model::document::Document;
use crate::model::result::{Evidence, Post, Question, RankedBy};

use super::Measure;
use super::alike::Listed;
use super::kept::Kept;
use super::question::question_of;

impl Measure {
    /// The posts behind the figures, in the order of the answer's list: newest first where it has none.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let kept = self.listing.iter().take(self.told.evidence_limit);
        kept.filter_map(|kept| self.evidence_of(&kept.document)).collect()
    }

    fn evidence_of(&self, document: &Document) -> Option<Evidence> {
        Some(Evidence {
            source: document.source.clone(),
            id: document.id.clone(),
            url: document.url.clone(),
            author: document.author.clone(),
            title: document.title.clone(),
            text: document.text.clone(),
            published_at: document.published_at?,
            matched_terms: self.matcher.matches(document).unwrap_or_default(),
        })
    }

    /// The first posts, whatever they say.
    pub(super) fn posts(&self) -> Vec<Post> {
        let listed = self.listing.iter().take(self.plan.posts);
        self.ranked(listed, |kept| self.plan.order.said(self.plan.order.value(&kept.document)))
    }

    /// The posts of the answer's list.
    pub(super) fn distinct_posts(&self, assumptions: &mut Vec<String>) -> Vec<Post> {
        let listed = self.listed(assumptions);
        self.once(&listed, |kept| self.plan.order.said(self.plan.order.value(&kept.document)))
    }

    /// What is listed, each thing that is said once.
    pub(super) fn listed(&self, assumptions: &mut Vec<String>) -> Vec<Listed<'_>> {
        let listed = self.distinct(self.listing.iter(), self.plan.posts);
        assumptions.extend(self.said_of(&listed, self.plan.posts));
        listed
    }

    /// The same as [`Measure::ranked`], with how many others say nearly the same.
    pub(super) fn once(
        &self,
        listed: &[Listed],
        metric: impl Fn(&Kept) -> Option<RankedBy>,
    ) -> Vec<Post> {
        let mut posts = self.ranked(listed.iter().map(|listed| listed.kept), metric);
        for (post, listed) in posts.iter_mut().zip(listed) {
            post.similar = Some(listed.similar);
        }
        posts
    }

    /// Posts with their places, and what each is ranked by.
    pub(super) fn ranked<'a>(
        &self,
        listed: impl Iterator<Item = &'a Kept>,
        metric: impl Fn(&Kept) -> Option<RankedBy>,
    ) -> Vec<Post> {
        let post = |(rank, kept): (u64, &'a Kept)| {
            let document = &kept.document;
            Some(Post {
                rank,
                metric: metric(kept),
                source: document.source.clone(),
                id: document.id.clone(),
                url: document.url.clone(),
                kind: document.kind,
                author: document.author.clone(),
                title: document.title.clone(),
                text: document.text.clone(),
                lang: document.lang.clone(),
                community: document.community.clone(),
                published_at: document.published_at?,
                engagement: document.engagement.clone(),
                matched_terms: self.matcher.matches(document).unwrap_or_default(),
                highlights: self.matcher.highlights(document),
                similar: None,
            })
        };
        (1..).zip(listed).filter_map(post).collect()
    }

    /// The questions of the answer's list; only questions are counted where they are asked for.
    pub(super) fn questions(&self, assumptions: &mut Vec<String>) -> Vec<Question> {
        let question = |listed: &Listed| {
            let document = &listed.kept.document;
            Some(Question {
                text: question_of(document)?.to_owned(),
                url: document.url.clone(),
                answered: document.answered,
                source: document.source.clone(),
                id: document.id.clone(),
                published_at: document.published_at?,
                similar: Some(listed.similar),
            })
        };
        self.listed(assumptions).iter().filter_map(question).collect()
    }
}
