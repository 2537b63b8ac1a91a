//! Cuts a prompt into words, quoted phrases and punctuation.
//!
//! Symbols that belong to names (`C++`, `C#`, `.NET`, `@acme`, `#acme`) stay in their word; only
//! the punctuation of the sentence around it is peeled off.

use unicode_normalization::UnicodeNormalization;

/// What a token is to the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// The inside of a pair of quotation marks, taken literally.
    Quoted,
    /// A comma, bracket or dash: may part the items of a list.
    Comma,
    /// The end of a sentence or clause: `. ? ! :`
    Stop,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    /// As written.
    pub text: String,
    /// In lower case; empty for anything but a word, so that no keyword ever equals a quotation.
    pub lower: String,
}

impl Token {
    fn new(kind: Kind, text: &str) -> Self {
        let lower = match kind {
            Kind::Word => text.to_lowercase().replace('\u{2019}', "'"),
            _ => String::new(),
        };
        Self { kind, text: text.to_owned(), lower }
    }

    /// A word of the grammar itself, put where the prompt says the same in another way.
    pub fn known(word: &str) -> Self {
        Self::new(Kind::Word, word)
    }

    /// Written the way a name is: with a capital, a digit or a symbol of its own.
    pub fn looks_like_name(&self) -> bool {
        self.kind == Kind::Quoted
            || self.text.chars().any(|c| c.is_uppercase() || c.is_numeric() || "@#$+&".contains(c))
            || self.text.starts_with('.')
            || self.text.chars().any(|c| c.is_alphabetic() && !c.is_lowercase())
    }
}

/// A quotation mark that closes only behind so many characters opened none.
const LONGEST_QUOTATION: usize = 500;

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "a.k.a.", "vs.", "v.", "jan.", "feb.", "mar.", "apr.", "jun.", "jul.", "aug.", "sep.", "sept.",
    "oct.", "nov.", "dec.", "min.", "max.", "dr.", "st.", "mr.", "mrs.", "ms.",
];

/// Cuts `prompt` into tokens, in order; it stops behind `most` of them, for nobody reads further.
pub(super) fn tokenize(prompt: &str, most: usize) -> Vec<Token> {
    let chars: Vec<char> = prompt.nfc().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at).filter(|_| tokens.len() <= most) {
        if c.is_whitespace() || c.is_control() || "\u{200b}\u{bf}\u{a1}".contains(c) {
            at += 1;
        } else if let Some((inside, next)) = quotation(&chars, at) {
            tokens.push(Token::new(Kind::Quoted, &inside));
            at = next;
        } else {
            let end = word_end(&chars, at);
            let word: String = chars.get(at..end).unwrap_or_default().iter().collect();
            push_word(&mut tokens, &word);
            at = end;
        }
    }
    tokens
}

/// Where the run of characters that starts at `at` ends: at white space or an opening quotation.
fn word_end(chars: &[char], at: usize) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    let length = rest
        .iter()
        .enumerate()
        .position(|(i, c)| c.is_whitespace() || (i > 0 && "\"\u{201c}\u{201e}\u{ab}".contains(*c)));
    at + length.unwrap_or(rest.len())
}

/// The quotation that opens at `at`, its inner white space single, and where it ends.
fn quotation(chars: &[char], at: usize) -> Option<(String, usize)> {
    let closers = match *chars.get(at)? {
        '"' => "\"\u{201d}",
        '\u{201c}' => "\u{201d}\"",
        '\u{201e}' => "\u{201c}\u{201d}",
        '\u{ab}' => "\u{bb}",
        '\'' => "'",
        '\u{2018}' => "\u{2019}",
        _ => return None,
    };
    let single = closers.starts_with(['\'', '\u{2019}']);
    let furthest = chars.len().min(at + LONGEST_QUOTATION);
    let close = (at + 1..furthest).find(|&i| {
        let is_end = chars.get(i).is_some_and(|c| closers.contains(*c));
        // An apostrophe inside a word does not close a single quotation.
        is_end && !(single && chars.get(i + 1).is_some_and(|c| c.is_alphanumeric()))
    })?;
    let inside: String = chars.get(at + 1..close)?.iter().collect();
    let inside = inside.split_whitespace().collect::<Vec<_>>().join(" ");
    Some((inside, close + 1))
}

/// Pushes a run without white space as a word with the punctuation around it.
fn push_word(tokens: &mut Vec<Token>, run: &str) {
    let word = run.trim_start_matches(['(', '[', '{', ',', ';']);
    let opening = run.get(..run.len() - word.len()).unwrap_or_default();
    for mark in opening.chars() {
        tokens.push(Token::new(Kind::Comma, mark.encode_utf8(&mut [0; 4])));
    }
    let lower = word.to_lowercase();
    let whole = lower.trim_end_matches([',', ';', ':', ')']);
    if ABBREVIATIONS.contains(&whole) {
        let length = whole.len();
        let bare = word.get(..length).unwrap_or(word).trim_end_matches('.');
        tokens.push(Token::new(Kind::Word, bare));
        let tail = word.get(length..).unwrap_or_default();
        if !tail.is_empty() {
            tokens.push(Token::new(Kind::Comma, tail));
        }
        return;
    }
    let bare = word.trim_end_matches([
        '.', ',', ';', ':', '?', '!', ')', ']', '}', '\u{2026}', '\u{ff1f}', '\u{ff0c}',
    ]);
    if ["-", "\u{2013}", "\u{2014}"].contains(&bare) {
        tokens.push(Token::new(Kind::Comma, "-"));
    } else if let Some((first, second)) = day_span(bare) {
        tokens.push(Token::new(Kind::Word, first));
        tokens.push(Token::new(Kind::Comma, "-"));
        tokens.push(Token::new(Kind::Word, second));
    } else if !bare.is_empty() {
        tokens.push(Token::new(Kind::Word, bare));
    }
    let tail = word.get(bare.len()..).unwrap_or_default();
    if tail.contains(['.', '?', '!', ':', '\u{2026}', '\u{ff1f}']) {
        tokens.push(Token::new(Kind::Stop, tail));
    } else if !tail.is_empty() {
        tokens.push(Token::new(Kind::Comma, tail));
    }
}

/// `1-15`, as in "November 1-15".
fn day_span(word: &str) -> Option<(&str, &str)> {
    let (first, second) = word.split_once(['-', '\u{2013}'])?;
    let is_day = |part: &str| {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        (1..=2).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && ["", "st", "nd", "rd", "th"].contains(&part.get(digits.len()..).unwrap_or("?"))
    };
    (is_day(first) && is_day(second)).then_some((first, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(prompt: &str) -> Vec<String> {
        let show = |t: &Token| match t.kind {
            Kind::Word => t.text.clone(),
            Kind::Quoted => format!("<{}>", t.text),
            Kind::Comma => ",".to_owned(),
            Kind::Stop => ".".to_owned(),
        };
        tokenize(prompt, 99).iter().map(show).collect()
    }

    #[test]
    fn words_keep_the_symbols_of_names() {
        let table = [
            ("C++, C# and .NET?", vec!["C++", ",", "C#", "and", ".NET", "."]),
            ("Node.js.", vec!["Node.js", "."]),
            ("(on X)", vec![",", "on", "X", ","]),
            ("\"Acme  Cloud\", 'it''s' ", vec!["<Acme Cloud>", ",", "<it>", "<s>"]),
            ("'Acme's launch' now", vec!["<Acme's launch>", "now"]),
            ("Acme's \u{201c}big day\u{201d}!", vec!["Acme's", "<big day>", "."]),
            ("Nov 1-15 2026-11-01", vec!["Nov", "1", ",", "15", "2026-11-01"]),
            ("\"open", vec!["\"open"]),
            ("Acme vs. Globex, a.k.a. Glo", vec!["Acme", "vs", "Globex", ",", "a.k.a", "Glo"]),
            ("\u{bf}Hola?", vec!["Hola", "."]),
        ];
        for (prompt, wanted) in table {
            assert_eq!(texts(prompt), wanted, "{prompt}");
        }
    }

    #[test]
    fn keywords_never_equal_a_quotation() {
        assert!(tokenize("\"on\"", 9).iter().all(|t| t.lower.is_empty()));
    }
}
