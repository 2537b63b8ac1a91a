//! Whether two posts say nearly the same: reposts, and copies with another link, handle or emoji.
//!
//! Of a text only the words count. Texts of enough words are alike when the similarity hashes of
//! their runs of three words differ in few bits; shorter ones when all their words are the same.
//! It is decided for each pair by itself, so the order of the posts has no part in it.

use super::Measure;
use super::fold::{fold_into, is_unspaced};
use super::kept::Kept;
use super::names::{fold_bytes, fold_number};
use crate::model::document::Document;

/// With fewer words one of them may turn the meaning round.
const ENOUGH: usize = 8;
/// Bits in which two hashes may differ; unlike texts differ in about 32. Below [`BANDS`].
const NEAR: u32 = 7;
/// A hash is looked up by each of its bytes: of two that are near at least one is the same.
const BANDS: usize = 8;

/// What the words of a text come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Likeness {
    print: u64,
    is_long: bool,
}

/// Takes up what texts are brought into, from one to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Prints {
    text: String,
    words: Vec<u64>,
}

impl Prints {
    /// Of the title and the text together; nothing where they have no words.
    pub fn of(&mut self, document: &Document) -> Option<Likeness> {
        self.words.clear();
        for field in [document.title.as_deref().unwrap_or_default(), &document.text] {
            self.text.clear();
            fold_into(field, &mut self.text);
            add_words(&self.text, &mut self.words);
        }
        likeness(&self.words)
    }
}

impl Likeness {
    fn is_like(self, other: Self) -> bool {
        let most = if self.is_long { NEAR } else { 0 };
        self.is_long == other.is_long && (self.print ^ other.print).count_ones() <= most
    }

    /// For [`super::rows::Lists`], and back.
    pub fn numbers(self) -> [u32; 3] {
        let low = u32::try_from(self.print & u64::from(u32::MAX)).unwrap_or_default();
        let high = u32::try_from(self.print >> 32).unwrap_or_default();
        [high, low, u32::from(self.is_long)]
    }

    fn of_numbers(numbers: &[u32]) -> Option<Self> {
        let [high, low, is_long] = *numbers else { return None };
        Some(Self { print: u64::from(high) << 32 | u64::from(low), is_long: is_long == 1 })
    }
}

/// Hashes of the words: without addresses, handles, signs, and the mark of a repost.
fn add_words(folded: &str, words: &mut Vec<u64>) {
    for token in folded.split(' ') {
        let is_address = token.contains("://") || token.starts_with("www.");
        let opening = token.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@');
        if is_address || opening.starts_with('@') || words.is_empty() && opening == "rt" {
            continue;
        }
        for word in token.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            if word.is_ascii() || !word.contains(is_unspaced) {
                words.push(fold_bytes(0, word.as_bytes()));
            } else {
                words.extend(word.chars().map(|c| fold_number(1, u64::from(c))));
            }
        }
    }
}

fn likeness(words: &[u64]) -> Option<Likeness> {
    if words.len() < ENOUGH {
        let print = words.iter().fold(0, |hash, word| fold_number(hash, *word));
        return (!words.is_empty()).then_some(Likeness { print, is_long: false });
    }
    let mut weights = [0_u64; 64];
    let runs = words.len() as u64 - 2;
    for run in words.windows(3) {
        let hash = run.iter().fold(0, |hash, word| fold_number(hash, *word));
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += hash >> bit & 1;
        }
    }
    let set = weights.iter().enumerate().filter(|(_, weight)| **weight * 2 > runs);
    Some(Likeness { print: set.fold(0, |print, (bit, _)| print | 1 << bit), is_long: true })
}

/// Likenesses that are looked for among many.
struct Index {
    firsts: Vec<Likeness>,
    bands: Vec<Vec<usize>>,
}

impl Index {
    fn of(firsts: Vec<Likeness>) -> Self {
        let mut bands: Vec<Vec<usize>> = vec![Vec::new(); BANDS << 8];
        for (number, first) in firsts.iter().enumerate() {
            for (band, byte) in first.print.to_le_bytes().into_iter().enumerate() {
                if let Some(band) = bands.get_mut(band << 8 | usize::from(byte)) {
                    band.push(number);
                }
            }
        }
        Self { firsts, bands }
    }

    /// All that are like this one, each once.
    fn each(&self, likeness: Likeness, mut take: impl FnMut(usize)) {
        let bytes = likeness.print.to_le_bytes();
        for (band, byte) in bytes.into_iter().enumerate() {
            let Some(numbers) = self.bands.get(band << 8 | usize::from(byte)) else { continue };
            for number in numbers {
                let Some(first) = self.firsts.get(*number) else { continue };
                let shared = first.print.to_le_bytes();
                let is_first = bytes.iter().zip(shared).position(|(a, b)| *a == b) == Some(band);
                if is_first && first.is_like(likeness) {
                    take(*number);
                }
            }
        }
    }
}

/// A post that is listed, and how many other matching posts say nearly the same.
pub(super) struct Listed<'a> {
    pub kept: &'a Kept,
    pub similar: u64,
}

impl Measure {
    /// The first `limit` posts of which none says nearly the same as one before it.
    pub(super) fn distinct<'a>(
        &'a self,
        kept: impl Iterator<Item = &'a Kept>,
        limit: usize,
    ) -> Vec<Listed<'a>> {
        let mut prints = Prints::default();
        let mut listed: Vec<(&Kept, Option<Likeness>)> = Vec::new();
        for kept in kept {
            if listed.len() >= limit {
                break;
            }
            let likeness = prints.of(&kept.document);
            let is_like = |known: &Likeness| likeness.is_some_and(|found| found.is_like(*known));
            if !listed.iter().filter_map(|(_, known)| known.as_ref()).any(is_like) {
                listed.push((kept, likeness));
            }
        }
        let mut similar =
            self.similar(listed.iter().filter_map(|(_, likeness)| *likeness)).into_iter();
        let listed = listed.into_iter().map(|(kept, likeness)| Listed {
            kept,
            similar: likeness.and_then(|_| similar.next()).unwrap_or_default(),
        });
        listed.collect()
    }

    /// For each of these how many posts that match say nearly the same besides itself.
    fn similar(&self, firsts: impl Iterator<Item = Likeness>) -> Vec<u64> {
        let firsts: Vec<Likeness> = firsts.collect();
        if firsts.is_empty() || !self.plan.lists_once() {
            return vec![0; firsts.len()];
        }
        let index = Index::of(firsts);
        let mut counts = vec![0_u64; index.firsts.len()];
        for place in 0..self.current.len() {
            let Some(likeness) = Likeness::of_numbers(self.current.prints.get(place)) else {
                continue;
            };
            index.each(likeness, |first| {
                counts.get_mut(first).into_iter().for_each(|count| *count += 1);
            });
        }
        counts.iter().map(|count| count.saturating_sub(1)).collect()
    }

    /// What is to be said of a list.
    pub(super) fn said_of(&self, listed: &[Listed], limit: usize) -> Vec<String> {
        let mut said = Vec::new();
        if listed.iter().any(|listed| listed.similar > 0) {
            said.push("of posts that say nearly the same (links, handles, case and emoji aside) only the first is listed: `similar` is how many others match; all are counted".to_owned());
        }
        let looked_through = self.listing.iter().count();
        if listed.len() < limit && looked_through < self.current.len() {
            said.push(format!(
                "only the first {looked_through} posts were looked through for ones that differ"
            ));
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Option<Likeness> {
        Prints::default().of(&Document { text: text.to_owned(), ..Document::default() })
    }

    fn alike(left: &str, right: &str) -> bool {
        of(left).zip(of(right)).is_some_and(|(left, right)| left.is_like(right))
    }

    const LONG: &str = "Acme raised its prices again and nobody in our team was told about it before the invoice came in today, so we are looking at what else there is";

    #[test]
    fn copies_with_other_links_handles_case_and_emoji_are_alike() {
        let copies = [
            format!("RT @ann: {LONG}"),
            format!("{} https://t.co/x1", LONG.to_uppercase()),
            format!("@bob @eve  {LONG} 🎉🎉 www.acme.com"),
            LONG.replace("again", "again!!!"),
            format!("{LONG} wow"),
        ];
        for copy in copies {
            assert!(alike(LONG, &copy), "{copy}");
        }
        assert!(alike("Love it! https://a.io", "@ann love IT"));
        assert!(alike("値上げはひどい", "値上げはひどい!!"));
    }

    #[test]
    fn what_differs_is_not_alike() {
        assert!(!alike("love it", "hate it"));
        assert!(!alike("Acme costs 5 now", "Acme costs 9 now"));
        assert!(!alike("値上げはひどいと思います", "値下げは嬉しいと思います"));
        let other = "Acme has a new release and everybody in our team was told about it before the change went out today, so we are happy with what there is";
        assert!(!alike(LONG, other));
        let turned = "I love Acme because it is so fast and cheap";
        assert!(!alike(turned, &turned.replace("love", "hate")));
        assert!(!alike("https://a.io @ann", "https://a.io @ann"), "no words are like none");
    }

    proptest! {
        #[test]
        fn the_index_finds_what_comparing_each_with_each_does(
            seeds in prop::collection::vec((any::<u64>(), any::<bool>(), 0_u32..9), 1..12),
        ) {
            let all: Vec<Likeness> = seeds.iter().flat_map(|(print, is_long, flips)| {
                let near = (0..*flips).fold(*print, |near, bit| near ^ 1 << (bit * 7));
                [Likeness { print: *print, is_long: *is_long }, Likeness { print: near, is_long: *is_long }]
            }).collect();
            let index = Index::of(all.clone());
            for one in &all {
                let mut found = Vec::new();
                index.each(*one, |number| found.push(number));
                found.sort_unstable();
                let wanted: Vec<usize> = (0..all.len()).filter(|n| all[*n].is_like(*one)).collect();
                prop_assert_eq!(found, wanted);
                prop_assert_eq!(Likeness::of_numbers(&one.numbers()), Some(*one));
            }
        }
    }
}
