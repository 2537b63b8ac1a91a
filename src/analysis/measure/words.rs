//! The words and hashtags of a post.
//!
//! A word is a run of letters, digits and marks with at least two characters and one letter; what
//! stands in an address or after an `@` is none, and a possessive or an elided article is no part
//! of it. Scripts written without spaces are not cut into words: their runs count as they are.

/// A word of folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word<'a> {
    Plain(&'a str),
    /// With its `#`.
    Hashtag(&'a str),
}

impl<'a> Word<'a> {
    /// The word without its `#`.
    pub fn bare(self) -> &'a str {
        match self {
            Self::Plain(word) => word,
            Self::Hashtag(tag) => tag.trim_start_matches('#'),
        }
    }
}

/// All words of a folded text, in order.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.split(char::is_whitespace).filter(|token| !is_address(token)).flat_map(words_of)
}

fn is_address(token: &str) -> bool {
    token.contains("://") || token.starts_with("www.")
}

fn words_of(token: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = token.get(from..)?;
            let start = from + rest.find(is_inner)?;
            let rest = token.get(start..)?;
            let end = start + rest.find(|c| !is_inner(c) && c != '\'').unwrap_or(rest.len());
            from = end;
            let before = token.get(..start)?.chars().next_back();
            if let Some(word) = word(token, start, end, before) {
                return Some(word);
            }
        }
    })
}

fn word(token: &str, start: usize, end: usize, before: Option<char>) -> Option<Word<'_>> {
    let written = token.get(start..end)?;
    match before {
        Some('@') => None,
        Some('#') => {
            let tag = written.split('\'').next()?;
            let is_tag = is_said(tag);
            is_tag.then(|| token.get(start - 1..start + tag.len()).map(Word::Hashtag)).flatten()
        }
        _ => Some(bare(written)).filter(|word| is_said(word)).map(Word::Plain),
    }
}

/// Without a possessive `'s` and without what French elides.
fn bare(word: &str) -> &str {
    let word = word.trim_end_matches('\'');
    let word = word.strip_suffix("'s").unwrap_or(word);
    match word.split_once('\'') {
        Some(("l" | "d" | "j" | "m" | "n" | "s" | "t" | "c" | "qu", rest)) => rest,
        _ => word,
    }
}

fn is_said(word: &str) -> bool {
    word.chars().nth(1).is_some() && word.chars().any(char::is_alphabetic)
}

fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::measure::fold::fold;

    fn found(text: &str) -> Vec<String> {
        let text = fold(text);
        words(&text)
            .map(|word| match word {
                Word::Plain(word) | Word::Hashtag(word) => word.to_owned(),
            })
            .collect()
    }

    #[test]
    fn words_of_a_post() {
        assert_eq!(
            found("Acme's NEW-ish billing, don't! #Launch2026 #1 @acme_help 42 a https://x.io/a-b"),
            ["acme", "new", "ish", "billing", "don't", "#launch2026"]
        );
        assert_eq!(found("l'eau d'Acme qu'elle me@acme.com"), ["eau", "acme", "elle", "me", "com"]);
        assert_eq!(found("Straße café ##x #tag's"), ["strasse", "café", "#tag"]);
        assert!(found("' '' '' # @ _ 12").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "(\\PC|[ '#@_a]){0,40}") {
            for word in found(&text) {
                prop_assert!(!word.is_empty());
            }
        }
    }
}
