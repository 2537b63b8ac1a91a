//! What posts feel: how many are positive, neutral and negative, of each source and of each term.

use std::collections::BTreeMap;

use crate::analysis::sentiment::{Label, METHOD, Sentiment, label};
use crate::model::document::Document;
use crate::model::reading::GroupBy;
use crate::model::result::Entity;
use crate::model::sentiment::{Examples, Method, SentimentCounts, SentimentFigures};

use super::Measure;
use super::figures::quotient;

/// How it is told, for the assumptions.
pub(super) const HOW: &str = "what a post feels is told by a list of English words and what stands around them; \
                              posts in other languages are unknown, not neutral";

/// Examples of each label.
const EXAMPLES: usize = 3;
/// So many posts are looked through for them, however few are listed.
pub(super) const LOOKED_THROUGH: usize = 100;

/// What a document feels, its title included.
pub(super) fn feeling(document: &Document) -> Label {
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
        let mut counts = SentimentCounts::default();
        self.current.all().iter().for_each(|row| count(&mut counts, row.feeling));
        SentimentFigures {
            counts: scored(counts),
            by_source,
            by_term,
            examples: self.examples(),
            method: Method { name: METHOD.name.to_owned(), version: METHOD.version.to_owned() },
        }
    }

    fn felt_by(&self, by: GroupBy) -> BTreeMap<String, SentimentCounts> {
        let mut felt = vec![SentimentCounts::default(); self.group_count(by)];
        for (group, row) in self.pairs(by).0 {
            felt.get_mut(group).into_iter().for_each(|counts| count(counts, row.feeling));
        }
        let named = felt.into_iter().enumerate();
        named.map(|(group, counts)| (self.group_name(by, group), scored(counts))).collect()
    }

    /// Of the first posts in the order of the answer's list.
    fn examples(&self) -> Examples {
        let mut examples = Examples::default();
        for kept in self.listing.iter() {
            let list = match feeling(&kept.document).sentiment {
                Sentiment::Positive => &mut examples.positive,
                Sentiment::Neutral => &mut examples.neutral,
                Sentiment::Negative => &mut examples.negative,
                Sentiment::Unknown => continue,
            };
            if list.len() < EXAMPLES {
                list.push(kept.document.text.clone());
            }
        }
        examples
    }
}

fn count(counts: &mut SentimentCounts, feeling: Sentiment) {
    *match feeling {
        Sentiment::Positive => &mut counts.positive_count,
        Sentiment::Neutral => &mut counts.neutral_count,
        Sentiment::Negative => &mut counts.negative_count,
        Sentiment::Unknown => &mut counts.unknown_count,
    } += 1;
}

/// The counts with what comes of them.
fn scored(mut counts: SentimentCounts) -> SentimentCounts {
    counts.n = counts.positive_count + counts.neutral_count + counts.negative_count;
    counts.sentiment_score = quotient(counts.positive_count, counts.n);
    let negative = quotient(counts.negative_count, counts.n);
    counts.net = counts.sentiment_score.zip(negative).map(|(positive, negative)| {
        // To the digits that shares have.
        ((positive - negative) * 1e6).round() / 1e6
    });
    counts
}
