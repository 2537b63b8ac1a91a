//! Cuts a text into words, faces and marks, once from front to back.

use super::emoticon;
use super::language::Signs;
use super::lexicon::{Entry, Lexicon, Tongue, WordId};

/// A text as the rules see it.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub tokens: Vec<Token>,
    pub signs: Signs,
    /// Words of two letters or more, and how many of them are all capitals, or begin with one.
    pub words: usize,
    pub caps: usize,
    pub capitalized: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token {
    Word(Word),
    /// An emoji or emoticon, with its weight.
    Face(f32),
    Exclamation,
    Question,
    /// The end of a clause by any other mark, or of a line.
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Word {
    pub id: WordId,
    pub entry: Entry,
    /// All capitals, or drawn out: `SLOW`, `sloooow`.
    pub is_caps: bool,
    pub is_stretched: bool,
    pub in_hashtag: bool,
}

impl Text {
    pub fn read(text: &str, lexicon: &Lexicon) -> Self {
        let out = Self { tokens: Vec::with_capacity(text.len() / 4 + 1), ..Self::default() };
        let mut reader = Reader { lexicon, rest: text, before: None, face: (' ', 0), out };
        while let Some(c) = reader.rest.chars().next() {
            reader.step(c);
        }
        reader.out
    }
}

struct Reader<'a> {
    lexicon: &'a Lexicon,
    rest: &'a str,
    /// The character before `rest`.
    before: Option<char>,
    /// The emoji read last, and how often in a row.
    face: (char, u8),
    out: Text,
}

impl<'a> Reader<'a> {
    /// Reads what begins with `c`, which is the next character.
    fn step(&mut self, c: char) {
        // Most of all text: a gap, or a word that can begin neither a link nor a face.
        if c == ' ' {
            self.take(1);
        } else if c.is_ascii_lowercase() && !matches!(c, 'h' | 'w' | 'p' | 'x') {
            let word = self.take_word();
            self.word(word, false);
        } else {
            self.step_with_care(c);
        }
    }

    fn step_with_care(&mut self, c: char) {
        let is_start = !self.before.is_some_and(char::is_alphanumeric);
        if matches!(c, ':' | ';' | '=' | 'x' | 'X' | '<' | '>' | '^' | '-' | '(')
            && let Some((len, weight)) = emoticon::at(self.rest, self.before)
        {
            self.face(weight);
            self.take(len);
        } else if is_start && is_link(self.rest) {
            self.take_while(|c| !c.is_whitespace());
        } else if c.is_alphanumeric() {
            let word = self.take_word();
            self.word(word, false);
        } else {
            self.sign(c);
        }
    }

    /// Reads a sign that may begin a handle, a hashtag, the name of a share or an entity.
    fn sign(&mut self, c: char) {
        let second = self.rest.chars().nth(1);
        let is_handle_mark = c == '@' && second.is_some_and(is_handle);
        let is_share_mark = c == '$' && second.is_some_and(char::is_alphabetic);
        if is_handle_mark || is_share_mark {
            self.take(1);
            self.take_while(is_handle);
        } else if matches!(c, '#' | '＃') && second.is_some_and(is_handle) {
            self.take(c.len_utf8());
            self.hashtag();
        } else if c != '&' || !self.entity() {
            self.mark(c);
        }
    }

    fn face(&mut self, weight: f32) {
        self.out.signs.faces += 1;
        self.out.tokens.push(Token::Face(weight));
    }

    fn mark(&mut self, c: char) {
        self.take(c.len_utf8());
        match c {
            '!' | '！' => self.out.tokens.push(Token::Exclamation),
            '?' | '？' => self.out.tokens.push(Token::Question),
            '.' | ',' | ';' | ':' | '…' | '\n' | '(' | ')' | '|' | '—' | '–' => {
                self.out.tokens.push(Token::Stop);
            }
            c if !c.is_ascii() => self.emoji(c),
            _ => {}
        }
    }

    /// The same emoji again and again says little more than twice.
    fn emoji(&mut self, c: char) {
        let Some(weight) = self.lexicon.emoji(c) else { return };
        let (last, times) = self.face;
        let times = if last == c { times.saturating_add(1) } else { 0 };
        self.face = (c, times);
        match times {
            0 => self.face(weight),
            1 | 2 => self.face(weight * 0.3),
            _ => {}
        }
    }

    /// Texts of the web come with their entities now and then: `&amp;`, `&lt;3`.
    fn entity(&mut self) -> bool {
        const ENTITIES: [&str; 7] = ["&lt;3", "&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&nbsp;"];
        let Some(entity) = ENTITIES.iter().find(|entity| self.rest.starts_with(**entity)) else {
            return false;
        };
        if entity.ends_with('3') {
            self.face(2.5);
        }
        self.take(entity.len());
        true
    }

    /// A hashtag counts as a word if it is one, else as the words that its capitals show.
    fn hashtag(&mut self) {
        let tag = self.take_while(is_handle);
        if lookup(self.lexicon, tag, WordId::of(tag)).0.is_some() {
            self.word(tag, true);
            return;
        }
        let mut rest = tag;
        while !rest.is_empty() {
            let (hump, after) = rest.split_at_checked(hump_len(rest)).unwrap_or((rest, ""));
            let (first, second) = hump.split_at_checked(affix_at(hump)).unwrap_or((hump, ""));
            self.word(first, true);
            if !second.is_empty() {
                self.word(second, true);
            }
            rest = after;
        }
    }

    fn word(&mut self, word: &str, in_hashtag: bool) {
        let id = WordId::of(word);
        let (entry, is_stretched) = lookup(self.lexicon, word, id);
        let is_long = word.len() > 1;
        let is_caps = is_long && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'\'');
        self.count(word, entry, in_hashtag);
        if is_long && !in_hashtag {
            self.out.words += 1;
            self.out.caps += usize::from(is_caps);
            self.out.capitalized += usize::from(word.starts_with(char::is_uppercase));
        }
        self.out.tokens.push(Token::Word(Word {
            id,
            entry: entry.unwrap_or_default(),
            is_caps,
            is_stretched,
            in_hashtag,
        }));
    }

    /// What the word says of the text's language.
    fn count(&mut self, word: &str, entry: Option<Entry>, in_hashtag: bool) {
        let signs = &mut self.out.signs;
        let (mut letters, mut accents) = (0, 0);
        if word.is_ascii() {
            letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        } else {
            for c in word.chars().filter(|c| c.is_alphabetic()) {
                letters += 1;
                accents += usize::from(!c.is_ascii() && is_latin(c));
                signs.other_script += usize::from(!is_latin(c));
            }
        }
        signs.letters += letters;
        if in_hashtag || letters == 0 {
            return;
        }
        signs.words += 1;
        // Only English writes its "I" large; a small one is a word of several languages.
        if word == "I" {
            signs.english += 1;
            return;
        }
        match entry.map(|entry| (entry.tongue, entry.weight != 0.0)) {
            Some((Tongue::English, _)) => signs.english += 1,
            Some((Tongue::Both, _)) => signs.both += 1,
            Some((Tongue::Foreign, _)) => signs.foreign += 1,
            Some((Tongue::Any, true)) => signs.weighed += 1,
            _ => signs.accented += usize::from(accents > 0),
        }
    }

    /// A run of letters and digits, with the apostrophes inside it.
    fn take_word(&mut self) -> &'a str {
        let bytes = self.rest.as_bytes();
        let plain = bytes.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(bytes.len());
        // A word rarely goes on after the first byte that is no plain letter.
        if bytes.get(plain).is_none_or(|next| next.is_ascii() && *next != b'\'') {
            return self.take(plain);
        }
        let mut len = 0;
        let mut chars = self.rest.chars().peekable();
        while let Some(c) = chars.next() {
            let joins = matches!(c, '\'' | '’')
                && len > 0
                && chars.peek().is_some_and(|next| next.is_alphabetic());
            if !c.is_alphanumeric() && !joins {
                break;
            }
            len += c.len_utf8();
        }
        self.take(len)
    }

    fn take_while(&mut self, is_in: impl Fn(char) -> bool) -> &'a str {
        let len = self.rest.find(|c| !is_in(c)).unwrap_or(self.rest.len());
        self.take(len)
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.before = match taken.as_bytes().last() {
            None => self.before,
            Some(last) if last.is_ascii() => Some(char::from(*last)),
            Some(_) => taken.chars().next_back(),
        };
        self.rest = rest;
        taken
    }
}

/// What is known of a word, and whether it is drawn out, as `sooo` is.
fn lookup(lexicon: &Lexicon, word: &str, id: WordId) -> (Option<Entry>, bool) {
    if let Some(entry) = lexicon.word(id) {
        return (Some(entry), false);
    }
    let owner = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
    if let Some(entry) = owner.and_then(|owner| lexicon.word(WordId::of(owner))) {
        return (Some(entry), false);
    }
    let is_run = |run: &[u8]| match run {
        [a, b, c] => a.eq_ignore_ascii_case(b) && b.eq_ignore_ascii_case(c),
        _ => false,
    };
    if !word.as_bytes().windows(3).any(is_run) {
        return (None, false);
    }
    let short = [2, 1].map(|most| WordId::of(&shortened(word, most)));
    (short.into_iter().find_map(|id| lexicon.word(id)), true)
}

fn is_link(rest: &str) -> bool {
    if !rest.starts_with(['h', 'H', 'w', 'W', 'p', 'P']) {
        return false;
    }
    ["http://", "https://", "www.", "pic.twitter.com/"].iter().any(|scheme| {
        rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn is_handle(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_latin(c: char) -> bool {
    c.is_ascii() || matches!(u32::from(c), 0xaa..=0x24f | 0x1e00..=0x1eff)
}

/// A word in lower case, no letter more than `most` times in a row.
fn shortened(word: &str, most: usize) -> String {
    let mut short = String::new();
    let (mut last, mut times) = (None, 0);
    for c in word.chars().flat_map(char::to_lowercase) {
        times = if last == Some(c) { times + 1 } else { 1 };
        last = Some(c);
        if times <= most {
            short.push(c);
        }
    }
    short
}

/// Where a tag in one case, as `#acmefail` or `#ihateacme`, shows a word that says enough.
fn affix_at(tag: &str) -> usize {
    let is =
        |part: Option<&str>, affix: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(affix));
    let starts = ["ilove", "ihate", "fuck", "boycott", "worst"];
    if let Some(start) = starts.iter().find(|start| is(tag.get(..start.len()), start)) {
        return start.len();
    }
    let ends = ["fail", "fails", "sucks"]
        .iter()
        .filter_map(|end| Some((end, tag.len().checked_sub(end.len())?)));
    ends.filter(|(end, at)| is(tag.get(*at..), end))
        .map(|(_, at)| at)
        .find(|at| *at > 0)
        .unwrap_or(tag.len())
}

/// How many bytes of a hashtag its first word has: `Fix` of `FixTheApp`, `FAIL` of `FAIL_again`.
fn hump_len(tag: &str) -> usize {
    let mut chars = tag.char_indices().peekable();
    let mut last = None;
    while let Some((at, c)) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
        let begins = match last {
            None => false,
            Some('_') => true,
            Some(last) => {
                c == '_'
                    || (c.is_uppercase() && (char::is_lowercase(last) || next_is_lower))
                    || c.is_numeric() != char::is_numeric(last)
            }
        };
        if begins {
            return at;
        }
        last = Some(c);
    }
    tag.len()
}
