//! Names as small numbers: posts, authors, words and sources are told apart by their text and
//! handled by their place.
//!
//! Equality is decided by the bytes and never by a hash alone, so no two names are ever taken for
//! one. The hash is salted anew each time, so that nobody can choose names that all fall together.

use std::hash::{BuildHasher, RandomState};

/// Stands for no name.
pub(super) const NONE: u32 = u32::MAX;

/// Names in groups; the same text in two groups is two names.
#[derive(Clone, Debug)]
pub(super) struct Names {
    text: String,
    entries: Vec<Entry>,
    /// Their number is a power of two.
    slots: Vec<Slot>,
    salt: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    end: usize,
    group: u32,
}

/// A place in `entries`, or [`NONE`]. The hash is here so that the entries of others, which lie
/// anywhere in memory, need not be looked at.
#[derive(Clone, Copy, Debug)]
struct Slot {
    number: u32,
    hash: u32,
}

const FREE: Slot = Slot { number: NONE, hash: 0 };

impl Default for Names {
    fn default() -> Self {
        Self {
            text: String::new(),
            entries: Vec::new(),
            slots: vec![FREE; 16],
            salt: RandomState::new().hash_one(0_u8),
        }
    }
}

impl Names {
    /// The number of a name; the first name gets 0, and each new one the next.
    pub fn intern(&mut self, group: u32, name: &str) -> u32 {
        let hash = self.hash(group, name);
        match self.find(group, name, hash) {
            Ok(known) => known,
            Err(place) => self.insert(place, group, name, hash),
        }
    }

    /// The number of a name that is known.
    pub fn known(&self, group: u32, name: &str) -> Option<u32> {
        self.find(group, name, self.hash(group, name)).ok()
    }

    pub fn get(&self, number: u32) -> &str {
        let Ok(place) = usize::try_from(number) else { return "" };
        let Some(entry) = self.entries.get(place) else { return "" };
        self.text.get(self.start(place)..entry.end).unwrap_or_default()
    }

    /// The group a name is in.
    pub fn group(&self, number: u32) -> u32 {
        self.entries.get(number as usize).map_or(NONE, |entry| entry.group)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    fn start(&self, place: usize) -> usize {
        place.checked_sub(1).and_then(|before| self.entries.get(before)).map_or(0, |e| e.end)
    }

    fn hash(&self, group: u32, name: &str) -> u32 {
        let long = fold_bytes(self.salt ^ u64::from(group), name.as_bytes());
        u32::try_from(long >> 32).unwrap_or_default()
    }

    /// The name's number, else the place of the slot that is free for it.
    fn find(&self, group: u32, name: &str, hash: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots.get(place).copied().unwrap_or(FREE);
            if slot.number == NONE {
                return Err(place);
            }
            if slot.hash == hash && self.is(slot.number, group, name) {
                return Ok(slot.number);
            }
            place = (place + 1) & mask;
        }
    }

    fn is(&self, number: u32, group: u32, name: &str) -> bool {
        self.group(number) == group && self.get(number) == name
    }

    fn insert(&mut self, place: usize, group: u32, name: &str, hash: u32) -> u32 {
        let number = u32::try_from(self.entries.len()).unwrap_or(NONE);
        self.text.push_str(name);
        self.entries.push(Entry { end: self.text.len(), group });
        if let Some(free) = self.slots.get_mut(place) {
            *free = Slot { number, hash };
        }
        if self.entries.len() * 3 > self.slots.len() * 2 {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![FREE; mask + 1];
        for slot in self.slots.iter().filter(|slot| slot.number != NONE) {
            let mut place = slot.hash as usize & mask;
            while slots.get(place).is_some_and(|taken| taken.number != NONE) {
                place = (place + 1) & mask;
            }
            if let Some(free) = slots.get_mut(place) {
                *free = *slot;
            }
        }
        self.slots = slots;
    }
}

/// A quick hash of bytes; the same on every machine and at all times for the same `seed`.
pub(super) fn fold_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut hash = seed ^ 0x9e37_79b9_7f4a_7c15;
    for word in words {
        hash = fold_number(hash, u64::from_le_bytes(*word));
    }
    let mut last = [0_u8; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    hash = fold_number(hash, u64::from_le_bytes(last));
    fold_number(hash, bytes.len() as u64)
}

/// Takes a number into a hash: multiplies and joins both halves of the product.
pub(super) fn fold_number(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word) * 0xa076_1d64_78bd_642f_u128;
    let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or_default();
    let high = u64::try_from(product >> 64).unwrap_or_default();
    (low ^ high).wrapping_add(0xe703_7ed1_a0b4_28db)
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
        #[test]
        fn names_are_told_apart_as_a_list_would(
            all in prop::collection::vec((0_u32..3, "\\PC{0,12}"), 0..200),
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
