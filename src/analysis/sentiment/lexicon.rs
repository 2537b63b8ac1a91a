//! The words and their weights, read once from the files beside this one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// Everything known of words, phrases and emoji.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::parse(include_str!("lexicon.txt"), include_str!("languages.txt")).unwrap_or_default()
});

#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: HashMap<WordId, Entry, BuildHasherDefault<AsIs>>,
    phrases: Vec<Vec<Phrase>>,
    emoji: HashMap<char, f32>,
}

/// What is known of a word, or of a phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Entry {
    pub weight: f32,
    pub role: Role,
    pub tongue: Tongue,
    /// Thanks and praise of a deed, which turn bitter beside a complaint.
    pub is_thanks: bool,
    /// Makes good what follows: "fixed the crash".
    pub is_remedy: bool,
    /// As the last word, or as a hashtag, says that the praise before it was not meant.
    pub is_sarcasm: bool,
    /// Where the phrases that begin with this word are, plus one; 0 for none.
    phrases: u16,
}

/// What a word does to the words after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    None,
    Negates,
    Boosts,
    Dampens,
    /// What follows is not so: "it would be nice".
    Supposes,
    /// What follows outweighs what came before.
    Turns,
}

/// What a word says of the language it stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tongue {
    /// Nothing.
    #[default]
    Any,
    English,
    /// A word of English, and one of another language too.
    Both,
    Foreign,
}

#[derive(Debug)]
pub(super) struct Phrase {
    /// The words after the first.
    pub rest: Vec<WordId>,
    pub entry: Entry,
}

/// Stands for a word in lower case. Two words with one number would be one word; a test shows
/// that no two of the lexicon have one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct WordId(u64);

impl WordId {
    pub fn of(word: &str) -> Self {
        // FNV-1a: the table is fixed, so that nobody can crowd it, and the words are short.
        let add = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let mut sum = 0xcbf2_9ce4_8422_2325;
        if word.is_ascii() {
            sum = word.bytes().fold(sum, |sum, byte| add(sum, byte.to_ascii_lowercase()));
        } else {
            for c in word.chars().flat_map(char::to_lowercase) {
                let c = if c == '’' { '\'' } else { c };
                sum = c.encode_utf8(&mut [0; 4]).bytes().fold(sum, add);
            }
        }
        // The table takes the upper bits for a tag, and those move slowly.
        Self((sum ^ (sum >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// Takes a word's number as it is.
#[derive(Clone, Copy, Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = id;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A line of the files that says nothing; a test reads them, so that none is shipped.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no line of the lexicon")]
pub(super) struct LineError(String);

impl Lexicon {
    pub fn word(&self, id: WordId) -> Option<Entry> {
        self.words.get(&id).copied()
    }

    pub fn emoji(&self, c: char) -> Option<f32> {
        self.emoji.get(&c).copied()
    }

    /// The phrases that begin with a word, longest first.
    pub fn phrases(&self, first: Entry) -> &[Phrase] {
        let at = usize::from(first.phrases).checked_sub(1);
        at.and_then(|at| self.phrases.get(at)).map_or(&[], Vec::as_slice)
    }

    pub fn parse(weights: &str, languages: &str) -> Result<Self, LineError> {
        let mut lexicon = Self::default();
        for line in lines(weights) {
            lexicon.weights(line).ok_or_else(|| LineError(line.to_owned()))?;
        }
        for line in lines(languages) {
            lexicon.language(line).ok_or_else(|| LineError(line.to_owned()))?;
        }
        for phrases in &mut lexicon.phrases {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
        }
        Ok(lexicon)
    }

    fn weights(&mut self, line: &str) -> Option<()> {
        let (head, words) = line.split_once(':')?;
        let (kind, weight) = head.split_once(' ').unwrap_or((head, "0"));
        let weight: f32 = weight.parse().ok()?;
        for word in words.split_whitespace() {
            match kind {
                "emoji" => {
                    self.emoji.insert(word.chars().next()?, weight);
                }
                "word" => self.set(word, |entry| {
                    *entry = Entry { weight, phrases: entry.phrases, ..Entry::default() };
                })?,
                "thanks" => self.set(word, |entry| {
                    *entry = Entry {
                        weight,
                        is_thanks: true,
                        phrases: entry.phrases,
                        ..Entry::default()
                    };
                })?,
                "sarcasm" => self.set(word, |entry| entry.is_sarcasm = true)?,
                "remedy" => self.set(word, |entry| entry.is_remedy = true)?,
                _ => {
                    let role = match kind {
                        "negator" => Role::Negates,
                        "booster" => Role::Boosts,
                        "dampener" => Role::Dampens,
                        "supposes" => Role::Supposes,
                        "but" => Role::Turns,
                        _ => return None,
                    };
                    self.set(word, |entry| entry.role = role)?;
                }
            }
        }
        Some(())
    }

    /// Changes the entries of a word in all its forms, or that of a phrase.
    fn set(&mut self, word: &str, change: impl Fn(&mut Entry)) -> Option<()> {
        if let Some((first, rest)) = word.split_once('_') {
            let rest: Vec<WordId> = rest.split('_').map(WordId::of).collect();
            let phrases = self.phrases_of(first)?;
            let at = phrases.iter().position(|phrase| phrase.rest == rest);
            let at = at.unwrap_or_else(|| {
                phrases.push(Phrase { rest, entry: Entry::default() });
                phrases.len() - 1
            });
            change(&mut phrases.get_mut(at)?.entry);
            return Some(());
        }
        for form in forms(word) {
            change(self.words.entry(WordId::of(&form)).or_default());
        }
        Some(())
    }

    fn phrases_of(&mut self, first: &str) -> Option<&mut Vec<Phrase>> {
        let entry = self.words.entry(WordId::of(first)).or_default();
        if entry.phrases == 0 {
            self.phrases.push(Vec::new());
            entry.phrases = u16::try_from(self.phrases.len()).ok()?;
        }
        self.phrases.get_mut(usize::from(entry.phrases) - 1)
    }

    fn language(&mut self, line: &str) -> Option<()> {
        let (kind, words) = line.split_once(':')?;
        if !matches!(kind, "english" | "shared" | "foreign") {
            return None;
        }
        for word in words.split_whitespace() {
            let tongue = &mut self.words.entry(WordId::of(word)).or_default().tongue;
            *tongue = match (kind, *tongue) {
                ("shared", _) | ("foreign", Tongue::English) => Tongue::Both,
                ("foreign", Tongue::Any) => Tongue::Foreign,
                ("english", _) => Tongue::English,
                (_, tongue) => tongue,
            };
        }
        Some(())
    }
}

fn lines(file: &str) -> impl Iterator<Item = &str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A word; with a `*` at its end also its regular forms.
fn forms(word: &str) -> Vec<String> {
    let Some(stem) = word.strip_suffix('*') else {
        return vec![word.to_owned()];
    };
    let (s, ed, ing) = if let Some(bare) = stem.strip_suffix('e') {
        (format!("{stem}s"), format!("{stem}d"), format!("{bare}ing"))
    } else if let Some(bare) =
        stem.strip_suffix('y').filter(|bare| !bare.ends_with(['a', 'e', 'o']))
    {
        (format!("{bare}ies"), format!("{bare}ied"), format!("{stem}ing"))
    } else {
        let s = if stem.ends_with(['s', 'x', 'h']) { "es" } else { "s" };
        (format!("{stem}{s}"), format!("{stem}ed"), format!("{stem}ing"))
    };
    vec![stem.to_owned(), s, ed, ing]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_words_have_one_number() {
        let files = [include_str!("lexicon.txt"), include_str!("languages.txt")].concat();
        let words = lines(&files).filter_map(|line| line.split_once(':'));
        let words =
            words.flat_map(|(_, words)| words.split(|c: char| c.is_whitespace() || c == '_'));
        let words: HashSet<String> = words.flat_map(forms).collect();
        assert!(words.len() > 2_000);
        let ids: HashSet<WordId> = words.iter().map(|word| WordId::of(word)).collect();
        assert_eq!(ids.len(), words.len());
        assert_eq!(WordId::of("CAN’T"), WordId::of("can't"));
    }

    #[test]
    fn a_star_stands_for_the_regular_forms() {
        let table = [
            ("love*", "love loves loved loving"),
            ("annoy*", "annoy annoys annoyed annoying"),
            ("worry*", "worry worries worried worrying"),
            ("crash*", "crash crashes crashed crashing"),
            ("best", "best"),
        ];
        for (word, all) in table {
            assert_eq!(forms(word).join(" "), all);
        }
    }
}
