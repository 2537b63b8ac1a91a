//! The summary: sentences made of the figures, and the posts that stand for the others.
//!
//! Nothing is written freely. A post stands for others when it has the words that most posts share;
//! each next one counts only for what those before it do not have, so that a summary goes round.

use crate::model::reading::{Focus, SentimentLabel};
use crate::model::result::Answer;
use crate::model::summary::{Cite, Summary, SummaryMethod, SummaryPoint};

use super::Measure;
use super::alike::Listed;
use super::feelings::feeling;
use super::sentences::Telling;

/// What is said of it in the assumptions.
pub const HOW: &str = "the summary is extractive: its sentences are made of the figures, and its points are posts, quoted, that share the most words with the others";
/// So many posts are looked through for points: those with the most reactions, or those that feel
/// most what is to be stressed.
pub(super) const LOOKED_THROUGH: usize = 400;
/// Points where none are asked for.
pub(super) const POINTS: usize = 5;
pub(super) const MOST_POINTS: usize = 20;
/// Words that are looked for in posts.
const SHARED: usize = 40;
/// Added to the words of a post, so that neither the longest nor the shortest posts are first.
const USUAL_WORDS: u64 = 12;
/// Longer quotations are cut, in characters.
const MOST_QUOTED: usize = 240;
/// Any change to how it is written is a new version.
const VERSION: &str = "1";

/// A post that may become a point.
struct Candidate<'a> {
    listed: Listed<'a>,
    feeling: Option<SentimentLabel>,
    /// Its words among those that are shared, as places in the list of these; each once.
    shared: Vec<usize>,
    words: u64,
}

impl Measure {
    pub(super) fn summary(&self, answer: &Answer, focus: Option<Focus>) -> Summary {
        let weights = self.shared_words();
        let candidates = self.candidates(&weights, focus);
        let points = chosen(candidates, &weights, self.plan.posts);
        let points: Vec<SummaryPoint> = points.iter().map(point).collect();
        let about: Vec<String> = self.matcher.names().map(str::to_owned).collect();
        let telling = Telling { answer, about: &about, timezone: self.told.timezone, focus };
        Summary {
            method: SummaryMethod::extractive(VERSION),
            text: telling.text(&points),
            about,
            points,
        }
    }

    /// The words that most posts share, with how many do.
    fn shared_words(&self) -> Vec<(u32, u64)> {
        let items = self.ranked_items().into_iter().take(SHARED).filter(|item| item.documents > 1);
        items.filter_map(|item| Some((self.register.word(&item.term)?, item.documents))).collect()
    }

    /// Those that feel what is to be stressed, where there are any.
    fn candidates(&self, weights: &[(u32, u64)], focus: Option<Focus>) -> Vec<Candidate<'_>> {
        let listed = self.distinct(self.listing.iter(), LOOKED_THROUGH).into_iter();
        let all: Vec<Candidate> = listed.map(|listed| self.candidate(listed, weights)).collect();
        let is_stressed = |one: &Candidate| focus.is_none_or(|f| one.feeling == Some(f.sentiment));
        if all.iter().any(is_stressed) {
            all.into_iter().filter(is_stressed).collect()
        } else {
            all
        }
    }

    fn candidate<'a>(&self, listed: Listed<'a>, weights: &[(u32, u64)]) -> Candidate<'a> {
        let document = &listed.kept.document;
        let place = self.register.sources.known(0, &document.source);
        let place = place.and_then(|source| self.current.place(source, &document.id));
        let words = place.map_or(&[][..], |place| self.current.words.get(place));
        let is_in = |(number, (word, _)): (usize, &(u32, u64))| {
            words.binary_search(word).is_ok().then_some(number)
        };
        Candidate {
            feeling: feeling(document).sentiment.known(),
            shared: weights.iter().enumerate().filter_map(is_in).collect(),
            words: words.chunk_by(|a, b| a == b).count() as u64,
            listed,
        }
    }
}

/// Takes the one that adds most, again and again; between equals the first of the order.
fn chosen<'a>(
    mut candidates: Vec<Candidate<'a>>,
    weights: &[(u32, u64)],
    limit: usize,
) -> Vec<Candidate<'a>> {
    let mut is_said = vec![false; weights.len()];
    let mut chosen = Vec::new();
    while chosen.len() < limit && !candidates.is_empty() {
        let gain = |one: &Candidate| {
            let new = one.shared.iter().filter(|word| is_said.get(**word) == Some(&false));
            let sum: u64 = new.filter_map(|word| weights.get(*word)).map(|(_, posts)| posts).sum();
            sum.saturating_mul(1_000) / (one.words + USUAL_WORDS)
        };
        let gains = candidates.iter().map(gain).enumerate();
        let best = gains.max_by_key(|(place, gain)| (*gain, std::cmp::Reverse(*place)));
        let one = candidates.remove(best.map_or(0, |(place, _)| place));
        for word in &one.shared {
            if let Some(is_said) = is_said.get_mut(*word) {
                *is_said = true;
            }
        }
        chosen.push(one);
    }
    chosen
}

fn point(candidate: &Candidate) -> SummaryPoint {
    let document = &candidate.listed.kept.document;
    let title = document.title.as_deref().map(str::trim).unwrap_or_default();
    let text = if title.is_empty() || document.text.trim().starts_with(title) {
        document.text.clone()
    } else {
        format!("{title}: {}", document.text)
    };
    SummaryPoint {
        text: quoted(&text),
        sentiment: candidate.feeling,
        similar: candidate.listed.similar,
        cites: vec![Cite {
            source: document.source.clone(),
            id: document.id.clone(),
            url: document.url.clone(),
        }],
    }
}

/// On one line, and cut after a word where it is long.
fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(':');
    let Some((end, _)) = line.char_indices().nth(MOST_QUOTED) else { return line.to_owned() };
    let cut = line.get(..end).unwrap_or_default();
    let words = cut.rsplit_once(' ').map_or(cut, |(words, _)| words);
    format!("{}…", words.trim_end_matches([',', ';', ':', '.', ' ']))
}
