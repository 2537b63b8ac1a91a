//! Names as small numbers: posts, authors, words and sources are told apart by their text and
//! handled by their place.
//!
//! Equality is decided by the bytes and never by a hash alone, so no two names are ever taken for
//! one. The hash is salted anew by each process, so that nobody can choose names that all fall together.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// Stands for no name.
pub(super) const NONE: u32 = u32::MAX;

/// Names in groups; the same text in two groups is two names.
#[derive(Clone, Debug)]
pub(super) struct Names {
    entries: Vec<Entry>,
    /// The text of names that are too long for their entry.
    long: String,
    /// For each slot a piece of the hash of what is in it, or [`FREE`]. They are so small that those of
    /// a million names stay near the processor, which tells most new names from all known ones by them.
    tags: Vec<u8>,
    /// For each slot the place in `entries`. Their number is a power of two.
    numbers: Vec<u32>,
}

/// The same for all names, so that what one is found by is good for all.
static SALTS: LazyLock<[u64; 4]> = LazyLock::new(|| {
    let random = RandomState::new();
    [0_u8, 1, 2, 3].map(|salt| random.hash_one(salt))
});

/// What a name is found by, among any names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub hash: u64,
    group: u32,
    length: u32,
    /// The text, where it is short enough.
    words: Option<[u64; WORDS]>,
}

/// Longest text that is in an entry itself.
const SHORT: usize = WORDS * 8;
const WORDS: usize = 3;

/// A name: its text filled up with zeros, or the place in `long` where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    group: u32,
    length: u32,
    text: [u8; SHORT],
}

/// A slot with nothing in it.
const FREE: u8 = 0;

impl Default for Names {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            long: String::new(),
            tags: vec![FREE; 16],
            numbers: vec![NONE; 16],
        }
    }
}

impl Names {
    /// The number of a name; the first name gets 0, and each new one the next.
    pub fn intern(&mut self, group: u32, name: &str) -> u32 {
        self.intern_by(&Key::of(group, name), name)
    }

    /// The number of the name that `key` is made of.
    pub fn intern_by(&mut self, key: &Key, name: &str) -> u32 {
        match self.find(key, name) {
            Ok(known) => known,
            Err(place) => {
                let entry = key.entry().unwrap_or_else(|| self.long_entry(key.group, name));
                self.insert(place, key.hash, entry)
            }
        }
    }

    /// The number of a name that is known.
    pub fn known(&self, group: u32, name: &str) -> Option<u32> {
        self.find(&Key::of(group, name), name).ok()
    }

    /// Reads what looking up some names begins with. As nothing is decided in between, the memory is waited
    /// for once for all of them, and looking them up soon after waits no more. The answer means nothing.
    pub fn near<const N: usize>(&self, hashes: &[u64; N]) -> u32 {
        let places = hashes.map(|hash| {
            let (place, tag, _) = self.begin(hash);
            (place, self.tags.get(place) == Some(&tag))
        });
        let numbers = places.map(|(place, may_be_it)| {
            let number = self.numbers.get(place).filter(|_| may_be_it);
            number.copied().unwrap_or(NONE)
        });
        let read = numbers.map(|number| self.group(number));
        read.into_iter().fold(0, |all, one| all ^ one)
    }

    pub fn get(&self, number: u32) -> &str {
        self.entries.get(number as usize).map_or("", |entry| self.text(entry))
    }

    /// The group a name is in.
    pub fn group(&self, number: u32) -> u32 {
        self.entries.get(number as usize).map_or(NONE, |entry| entry.group)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    fn text<'a>(&'a self, entry: &'a Entry) -> &'a str {
        let length = entry.length as usize;
        if length <= SHORT {
            let text = entry.text.get(..length).unwrap_or_default();
            return std::str::from_utf8(text).unwrap_or_default();
        }
        let start = entry.start();
        self.long.get(start..start + length).unwrap_or_default()
    }

    /// The name's number, else the slot that is free for it.
    fn find(&self, key: &Key, name: &str) -> Result<u32, usize> {
        let (mut place, tag, mask) = self.begin(key.hash);
        loop {
            let found = self.tags.get(place).copied().unwrap_or(FREE);
            if found == FREE {
                return Err(place);
            }
            if found == tag {
                let number = self.numbers.get(place).copied().unwrap_or(NONE);
                let entry = self.entries.get(number as usize);
                let is_it = |known: &Entry| {
                    (known.group, known.length) == (key.group, key.length)
                        && match key.words {
                            Some(words) => known.words() == words,
                            None => self.text(known) == name,
                        }
                };
                if entry.is_some_and(is_it) {
                    return Ok(number);
                }
            }
            place = (place + 1) & mask;
        }
    }

    /// The slot where a name is looked for first, its tag, and what slots go round at.
    fn begin(&self, hash: u64) -> (usize, u8, usize) {
        let mask = self.tags.len() - 1;
        let [.., tag] = hash.to_le_bytes();
        // A hash of 32 bits is enough for as many names as have numbers.
        let low = u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
        (low as usize & mask, tag.max(FREE + 1), mask)
    }

    fn long_entry(&mut self, group: u32, name: &str) -> Entry {
        let mut text = [0; SHORT];
        let start = (self.long.len() as u64).to_le_bytes();
        text.iter_mut().zip(start).for_each(|(to, from)| *to = from);
        self.long.push_str(name);
        Entry { group, length: u32::try_from(name.len()).unwrap_or(u32::MAX), text }
    }

    fn insert(&mut self, place: usize, hash: u64, entry: Entry) -> u32 {
        let number = u32::try_from(self.entries.len()).unwrap_or(NONE);
        self.entries.push(entry);
        self.fill(place, hash, number);
        if self.entries.len() * 2 > self.tags.len() {
            self.grow();
        }
        number
    }

    fn fill(&mut self, place: usize, hash: u64, number: u32) {
        let (_, tag, _) = self.begin(hash);
        if let (Some(to), Some(at)) = (self.tags.get_mut(place), self.numbers.get_mut(place)) {
            (*to, *at) = (tag, number);
        }
    }

    fn grow(&mut self) {
        let slots = self.tags.len() * 2;
        self.tags = vec![FREE; slots];
        self.numbers = vec![NONE; slots];
        for number in 0..self.entries.len() {
            let Some(entry) = self.entries.get(number).copied() else { return };
            let (group, length) = (entry.group, entry.length);
            let hash = match Some(entry.words()).filter(|_| length as usize <= SHORT) {
                Some(words) => hash_words(group, length, words),
                None => hash_long(group, self.text(&entry)),
            };
            let (mut place, _, mask) = self.begin(hash);
            while self.tags.get(place).is_some_and(|tag| *tag != FREE) {
                place = (place + 1) & mask;
            }
            self.fill(place, hash, u32::try_from(number).unwrap_or(NONE));
        }
    }
}

impl Key {
    pub fn of(group: u32, name: &str) -> Self {
        let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
        let words = words(name.as_bytes());
        let hash = match words {
            Some(words) => hash_words(group, length, words),
            None => hash_long(group, name),
        };
        Self { hash, group, length, words }
    }

    /// Whether the name itself is in the key.
    pub fn is_short(&self) -> bool {
        self.words.is_some()
    }

    fn entry(&self) -> Option<Entry> {
        let mut text = [0; SHORT];
        let (chunks, _) = text.as_chunks_mut::<8>();
        chunks.iter_mut().zip(self.words?).for_each(|(to, word)| *to = word.to_le_bytes());
        Some(Entry { group: self.group, length: self.length, text })
    }
}

/// The bytes of a name that is short enough, filled up with zeros.
fn words(name: &[u8]) -> Option<[u64; WORDS]> {
    let (whole, rest) = name.as_chunks::<8>();
    let word = |at: usize| match whole.get(at) {
        Some(word) => u64::from_le_bytes(*word),
        None if at == whole.len() => last_word(name, rest),
        None => 0,
    };
    (name.len() <= SHORT).then(|| [word(0), word(1), word(2)])
}

/// The last bytes of some, fewer than eight, as a number. It is put together in registers: bytes that are written one
/// by one and read as a word right after are waited for until all that was written before is in memory.
fn last_word(all: &[u8], rest: &[u8]) -> u64 {
    let left = rest.len();
    if left == 0 {
        return 0;
    }
    if let Some(last) = all.last_chunk::<8>() {
        return u64::from_le_bytes(*last) >> (8 * (8 - left));
    }
    match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let [first, last] = [first, last].map(|part| u64::from(u32::from_le_bytes(*part)));
            first | last << (8 * (left - 4))
        }
        _ => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

fn hash_long(group: u32, name: &str) -> u64 {
    let [one, ..] = *SALTS;
    fold_bytes(one ^ u64::from(group), name.as_bytes())
}

fn hash_words(group: u32, length: u32, [a, b, c]: [u64; WORDS]) -> u64 {
    let [one, two, three, four] = *SALTS;
    let rest = u64::from(group) << 32 | u64::from(length);
    fold_pair(fold_pair(a ^ one, b ^ two) ^ three, fold_pair(c ^ four, rest ^ three) ^ one)
}

impl Entry {
    fn words(&self) -> [u64; WORDS] {
        let (words, _) = self.text.as_chunks::<8>();
        [0, 1, 2].map(|at| words.get(at).copied().map_or(0, u64::from_le_bytes))
    }

    fn start(&self) -> usize {
        let (start, _) = self.text.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        usize::try_from(u64::from_le_bytes(*start)).unwrap_or(usize::MAX)
    }
}

/// A quick hash of bytes; the same on every machine and at all times for the same `seed`.
pub(super) fn fold_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let (chunks, rest) = bytes.as_chunks::<16>();
    let mut hash = fold_number(seed, bytes.len() as u64);
    for chunk in chunks {
        let (low, high) = halves(u128::from_le_bytes(*chunk));
        hash = fold_two(hash, low, high);
    }
    let (low, high) = match rest.split_first_chunk::<8>() {
        Some((low, rest)) => (u64::from_le_bytes(*low), last_word(bytes, rest)),
        None => (last_word(bytes, rest), 0),
    };
    fold_two(hash, low, high)
}

fn fold_two(hash: u64, low: u64, high: u64) -> u64 {
    fold_pair(hash ^ low, hash.rotate_left(32) ^ high).wrapping_add(low)
}

/// Takes a number into a hash.
pub(super) fn fold_number(hash: u64, word: u64) -> u64 {
    fold_pair(hash ^ word, 0xa076_1d64_78bd_642f).wrapping_add(0xe703_7ed1_a0b4_28db)
}

/// Multiplies and joins both halves of the product.
fn fold_pair(one: u64, other: u64) -> u64 {
    let (low, high) = halves(u128::from(one) * u128::from(other));
    low ^ high
}

fn halves(number: u128) -> (u64, u64) {
    let low = u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default();
    (low, u64::try_from(number >> 64).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_text_in_two_groups_is_two_names() {
        let mut names = Names::default();
        let numbers = [(0, "ab"), (0, "a"), (1, "ab"), (0, ""), (0, "ab")]
            .map(|(group, name)| names.intern(group, name));
        assert_eq!(numbers, [0, 1, 2, 3, 0]);
        assert_eq!((names.get(2), names.get(3), names.get(9)), ("ab", "", ""));
        assert_eq!((names.known(1, "ab"), names.known(1, "a")), (Some(2), None));
    }

    proptest! {
        /// Which of two copies of a post is kept depends on it, and results are computed again.
        #[test]
        fn bytes_have_the_hash_of_their_blocks(seed in any::<u64>(), bytes in prop::collection::vec(any::<u8>(), 0..70)) {
            let mut padded = bytes.clone();
            padded.resize((bytes.len() / 16 + 1) * 16, 0);
            let mut wanted = fold_number(seed, bytes.len() as u64);
            for block in padded.chunks(16) {
                let half = |at: usize| u64::from_le_bytes(block[at..at + 8].try_into().unwrap());
                let (low, high) = (half(0), half(8));
                let product = u128::from(wanted ^ low) * u128::from(wanted.rotate_left(32) ^ high);
                let (one, other) = halves(product);
                wanted = (one ^ other).wrapping_add(low);
            }
            prop_assert_eq!(fold_bytes(seed, &bytes), wanted);
        }

        #[test]
        fn short_names_are_in_their_words(name in "\\PC{0,12}|[a-z]{0,27}") {
            let mut padded = name.clone().into_bytes();
            padded.resize(SHORT.max(name.len()), 0);
            let wanted = (name.len() <= SHORT).then(|| [0, 8, 16].map(|at| u64::from_le_bytes(padded[at..at + 8].try_into().unwrap())));
            prop_assert_eq!(words(name.as_bytes()), wanted);
            let entry = Key::of(7, &name).entry();
            prop_assert_eq!(entry.map(|entry| (entry.group, entry.words())), wanted.map(|words| (7, words)));
        }

        #[test]
        fn names_are_told_apart_as_a_list_would(
            all in prop::collection::vec((0_u32..3, "\\PC{0,12}|[ab]{0,2}|[ab]{22,27}"), 0..200),
        ) {
            let mut names = Names::default();
            let mut list: Vec<(u32, String)> = Vec::new();
            for (group, name) in all {
                let wanted = list.iter().position(|known| *known == (group, name.clone()));
                let wanted = wanted.unwrap_or_else(|| {
                    list.push((group, name.clone()));
                    list.len() - 1
                });
                prop_assert_eq!(names.intern(group, &name) as usize, wanted);
            }
            for (number, (_, name)) in (0..).zip(&list) {
                prop_assert_eq!(names.get(number), name);
            }
        }
    }
}
