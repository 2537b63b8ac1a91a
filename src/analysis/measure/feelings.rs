//! What posts feel: how many are positive, neutral and negative, of each source and of each term.

use std::collections::BTreeMap;

use crate::analysis::sentiment::{Label, METHOD, Sentiment, label};
use crate::model::document::Document;
use crate::model::reading::GroupBy;
use crate::model::result::Entity;
use crate::model::sentiment::{Examples, Method, SentimentCounts, SentimentFigures};

use super::Measure;
use super::figures::{Figures, quotient};

/// How it is told, for the assumptions.
pub(super) const HOW: &str = "what a post feels is told by a list of English words and what stands around them; \
                              posts in other languages are unknown, not neutral";

/// Examples of each label.
const EXAMPLES: usize = 3;
/// So many posts are looked through for them, however few are listed.
pub(super) const LOOKED_THROUGH: usize = 100;

/// What a document feels, its title included; what a model says of it comes first.
pub(super) fn feeling(document: &Document) -> Label {
    if let Some(sentiment) = document.label {
        return Label::of(sentiment);
    }
    let lang = document.lang.as_deref();
    match document.title.as_deref().filter(|title| !title.is_empty()) {
        None => label(&document.text, lang),
        Some(title) => label(&format!("{title}. {}", document.text), lang),
    }
}

/// How a document leans, in thousandths from -1,000, all blame, to 1,000, all praise; none where that is unknown.
pub(super) fn leaning(document: &Document) -> Option<i64> {
    let label = feeling(document);
    label.sentiment.known()?;
    #[expect(clippy::cast_possible_truncation, reason = "it is from -1,000 to 1,000")]
    let thousandths = (label.score * 1_000.0).round() as i64;
    Some(thousandths)
}

/// How many posts feel how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Felt {
    positive: u64,
    neutral: u64,
    negative: u64,
    unknown: u64,
}

impl Felt {
    pub fn count(&mut self, feeling: Sentiment) {
        *match feeling {
            Sentiment::Positive => &mut self.positive,
            Sentiment::Neutral => &mut self.neutral,
            Sentiment::Negative => &mut self.negative,
            Sentiment::Unknown => &mut self.unknown,
        } += 1;
    }

    /// The counts with what comes of them.
    pub fn scored(self) -> SentimentCounts {
        let n = self.positive + self.neutral + self.negative;
        let sentiment_score = quotient(self.positive, n);
        let negative = quotient(self.negative, n);
        SentimentCounts {
            sentiment_score,
            positive_count: self.positive,
            neutral_count: self.neutral,
            negative_count: self.negative,
            unknown_count: self.unknown,
            n,
            // To the digits that shares have.
            net: sentiment_score
                .zip(negative)
                .map(|(positive, negative)| ((positive - negative) * 1e6).round() / 1e6),
        }
    }
}

impl Measure {
    /// The figures of all posts; those of each entity go with it, where terms or sources are compared.
    pub(super) fn feelings(&self, entities: &mut Option<Vec<Entity>>) -> SentimentFigures {
        let by_source = self.felt_by(GroupBy::Source);
        let has_terms = self.plan.keeps_terms && self.matcher.names().count() > 1;
        let by_term = has_terms.then(|| self.felt_by(GroupBy::Term));
        let compared =
            if self.plan.compares_sources() { Some(&by_source) } else { by_term.as_ref() };
        for entity in entities.iter_mut().flatten() {
            entity.sentiment = compared.and_then(|felt| felt.get(&entity.name)).cloned();
        }
        let mut felt = Felt::default();
        self.current.all().iter().for_each(|row| felt.count(row.feeling));
        SentimentFigures {
            counts: felt.scored(),
            by_source,
            by_term,
            examples: self.examples(),
            method: self.labelled_by.clone().unwrap_or_else(|| Method {
                name: METHOD.name.to_owned(),
                version: METHOD.version.to_owned(),
                model: None,
            }),
        }
    }

    fn felt_by(&self, by: GroupBy) -> BTreeMap<String, SentimentCounts> {
        let mut felt = vec![Felt::default(); self.group_count(by)];
        self.each_pair(by, |group, row| {
            felt.get_mut(group).into_iter().for_each(|felt| felt.count(row.feeling));
        });
        let named = felt.into_iter().enumerate();
        named.map(|(group, felt)| (self.group_name(by, group), felt.scored())).collect()
    }

    /// What the posts of some group feel, where that is asked.
    pub(super) fn felt(&self, figures: &Figures) -> Option<SentimentCounts> {
        self.plan.judges.then(|| figures.felt.scored())
    }

    /// Of the first posts in the order of the answer's list.
    fn examples(&self) -> Examples {
        let mut examples = Examples::default();
        for listed in self.distinct(self.listing.iter(), LOOKED_THROUGH) {
            let list = match feeling(&listed.kept.document).sentiment {
                Sentiment::Positive => &mut examples.positive,
                Sentiment::Neutral => &mut examples.neutral,
                Sentiment::Negative => &mut examples.negative,
                Sentiment::Unknown => continue,
            };
            if list.len() < EXAMPLES {
                list.push(listed.kept.document.text.clone());
            }
        }
        examples
    }
}
