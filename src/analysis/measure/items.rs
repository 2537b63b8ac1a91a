//! Keywords and hashtags: what else the posts speak of.

use std::collections::BTreeSet;

use crate::model::result::Item;

use super::Measure;
use super::figures::quotient;
use super::plan::Words;
use super::words::words;

/// In how many posts a word is, and how often.
#[derive(Clone, Copy, Default)]
struct Seen {
    documents: u64,
    count: u64,
    rest: u64,
}

impl Measure {
    /// The words in the most posts, without those that are asked for and without stop words.
    pub(super) fn items(&self, assumptions: &mut Vec<String>) -> Vec<Item> {
        let mut items = self.ranked_items();
        items.truncate(self.plan.rows.unwrap_or(usize::MAX));
        if self.plan.keeps_words == Some(Words::Keywords) {
            assumptions.push("keywords are without the words asked for and without stop words in English, German, French and Spanish".to_owned());
        }
        let rest = self.rest_count();
        if rest > 0 {
            assumptions.push(format!(
                "lift is against the posts that match but do not pass the filters: {rest}"
            ));
        }
        items
    }

    /// All of them.
    pub(super) fn ranked_items(&self) -> Vec<Item> {
        let (seen, of, rest) = self.seen_words();
        let asked = self.asked_words();
        let mut items: Vec<Item> = (0..)
            .zip(seen)
            .filter(|(_, seen)| seen.documents > 0)
            .map(|(number, seen)| Item {
                term: self.register.keys.get(number).to_owned(),
                count: seen.count,
                documents: seen.documents,
                lift: lift((seen.documents, of), (seen.rest, rest)),
            })
            .filter(|item| !asked.contains(item.term.trim_start_matches('#')))
            .collect();
        items.sort_by(|left, right| {
            (right.documents, right.count, &left.term).cmp(&(
                left.documents,
                left.count,
                &right.term,
            ))
        });
        items
    }

    /// How many posts match and do not pass the filters.
    fn rest_count(&self) -> u64 {
        let rest = self.rest.all().iter().enumerate();
        let is_counted =
            |place, source| self.current.of_post(source, self.rest.id(place)).is_some();
        rest.filter(|(place, row)| !is_counted(*place, row.source)).count() as u64
    }

    /// Each word's figures, and how many posts there are to be in, among those that are counted and
    /// among the rest.
    fn seen_words(&self) -> (Vec<Seen>, u64, u64) {
        let mut seen = vec![Seen::default(); self.register.keys.len()];
        for place in 0..self.current.len() {
            for same in self.current.words.get(place).chunk_by(|a, b| a == b) {
                let word = same.first().and_then(|word| seen.get_mut(*word as usize));
                if let Some(word) = word {
                    word.documents += 1;
                    word.count += same.len() as u64;
                }
            }
        }
        let mut rest = 0;
        for (place, row) in self.rest.all().iter().enumerate() {
            if self.current.of_post(row.source, self.rest.id(place)).is_some() {
                continue;
            }
            rest += 1;
            for same in self.rest.words.get(place).chunk_by(|a, b| a == b) {
                let word = same.first().and_then(|word| seen.get_mut(*word as usize));
                if let Some(word) = word {
                    word.rest += 1;
                }
            }
        }
        (seen, self.current.len() as u64, rest)
    }

    /// The words of what is looked for, and each name written as one word, as hashtags do.
    fn asked_words(&self) -> BTreeSet<String> {
        let mut asked = BTreeSet::new();
        for part in self.matcher.parts() {
            asked.extend(words(part).map(|word| word.bare().to_owned()));
            let joined: String =
                part.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
            asked.insert(joined);
            asked.insert(part.trim_start_matches(['@', '#']).to_owned());
        }
        asked
    }
}

/// How many times as often a word's posts are among those counted as among the rest. Half a post is
/// added on each side, so that a word the rest does not have has a lift as well.
fn lift((part, of): (u64, u64), (rest, of_rest): (u64, u64)) -> Option<f64> {
    if of_rest == 0 {
        return None;
    }
    let number = (2 * part + 1).saturating_mul(of_rest + 1);
    let by = (2 * rest + 1).saturating_mul(of + 1);
    quotient(number, by)
}
