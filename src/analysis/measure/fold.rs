//! Brings text and terms into one form in which equal words are equal bytes, and says where a
//! word ends.
//!
//! Folding is Unicode composition (NFC), then upper and back to lower case, which joins what only
//! differs by case (`STRASSE`/`Straße`, `ΟΔΟΣ`/`Οδός`), single spaces for any white space, and no
//! invisible marks.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Part of no word and of no term, wherever it comes from.
const SEPARATOR: char = '\u{1}';

/// The folded form of `text`, appended to `out`.
pub(super) fn fold_into(text: &str, out: &mut String) {
    if !is_composed(text) {
        return text.nfc().for_each(|c| fold_char(c, out));
    }
    let mut rest = text;
    while let Some((plain, others)) = rest.split_at_checked(plain_length(rest.as_bytes())) {
        fold_plain(plain, out);
        let mut others = others.chars();
        let Some(first) = others.next() else { return };
        fold_char(first, out);
        rest = others.as_str();
    }
}

/// Folds text of which only letters change, and not their number.
fn fold_plain(text: &str, out: &mut String) {
    let text = text.strip_prefix(' ').filter(|_| out.ends_with(' ')).unwrap_or(text);
    let start = out.len();
    out.push_str(text);
    if let Some(added) = out.get_mut(start..) {
        added.make_ascii_lowercase();
    }
}

/// How many bytes a text begins with that are ASCII, no control characters and no second of two spaces.
fn plain_length(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES * 0x80;
    let (words, rest) = text.as_chunks::<8>();
    let mut length = 0;
    let mut before = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let other = word ^ (ONES * 0x20);
        // Exact in each byte, so that the first byte of the next word can be held against the last of this one.
        let spaces = !(((other & !HIGH) + !HIGH) | other | !HIGH);
        // The lowest marked byte is one that is looked for; those above it may be marked by a borrow.
        let marked =
            word | word.wrapping_sub(ONES * 0x20) & !word | spaces & (spaces << 8 | before);
        if marked & HIGH != 0 {
            return length + ((marked & HIGH).trailing_zeros() / 8) as usize;
        }
        before = spaces >> 56;
        length += 8;
    }
    let mut is_after_space = before != 0;
    let is_plain = |byte: &&u8| {
        let is_double = is_after_space && **byte == b' ';
        is_after_space = **byte == b' ';
        (b' '..0x80).contains(*byte) && !is_double
    };
    length + rest.iter().take_while(is_plain).count()
}

/// The folded form of a term.
pub(in crate::analysis) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text.trim(), &mut out);
    out
}

/// The folded form of `text`, and for each of its bytes where the characters it stems from begin and
/// end in `text`. `None` for a text that folds differently in parts than as a whole.
pub(super) fn fold_with_places(text: &str) -> Option<(String, Vec<(usize, usize)>)> {
    let mut whole = String::with_capacity(text.len());
    fold_into(text, &mut whole);
    let mut out = String::with_capacity(whole.len());
    let mut places = Vec::with_capacity(whole.len());
    let mut starts = text.char_indices().filter(|(_, c)| !goes_on(*c)).map(|(at, _)| at).skip(1);
    let mut start = 0;
    while start < text.len() {
        let end = starts.by_ref().find(|at| *at > start).unwrap_or(text.len());
        fold_into(text.get(start..end)?, &mut out);
        places.resize(out.len(), (start, end));
        start = end;
    }
    (out == whole).then_some((out, places))
}

/// Whether composition may join the character to the one before.
fn goes_on(c: char) -> bool {
    is_combining_mark(c) || matches!(u32::from(c), 0x1160..=0x11ff)
}

fn fold_char(c: char, out: &mut String) {
    match c {
        c if c.is_ascii() => push(out, c.to_ascii_lowercase()),
        'ẞ' => out.push_str("ss"),
        'İ' => out.push('i'),
        // Its capital is a plain I, which would make it the same letter as i.
        'ı' => out.push('ı'),
        // The dot that lower-casing İ leaves over an i.
        '\u{307}' if out.ends_with('i') => {}
        // Soft hyphen, zero-width space, word joiner, byte order mark, emoji presentation.
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}' => {}
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => out.push('\''),
        '＠' => out.push('@'),
        '＃' => out.push('#'),
        c if c.is_whitespace() => push(out, ' '),
        c if stays(c) => out.push(c),
        c => c.to_uppercase().flat_map(char::to_lowercase).for_each(|c| out.push(c)),
    }
}

/// Whether a character is of those that are known not to change with case: small letters of Latin and
/// Cyrillic, Chinese and Japanese writing, Hangul, emoji. Of others it takes longer to find out.
fn stays(c: char) -> bool {
    matches!(
        u32::from(c),
        0xe0..=0xfe | 0x430..=0x44f | 0x3000..=0xa63f | 0xac00..=0xd7ff | 0x1f000..=0x3fffd
    )
}

/// Whether composition leaves the text as it is; nothing below U+0300, which begins with the byte CC, composes.
fn is_composed(text: &str) -> bool {
    let highest = text.bytes().fold(0, u8::max);
    highest < 0xcc
        || text.chars().all(composes_with_none)
        || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// Whether a character is of those that are known to be composed and to stay so whatever stands beside them:
/// Latin, dashes and quotes, Chinese writing, Hangul, emoji. Of others it takes longer to find out.
fn composes_with_none(c: char) -> bool {
    matches!(
        u32::from(c),
        0..=0x2ff | 0x2010..=0x2027 | 0x3400..=0x9fff | 0xac00..=0xd7a3 | 0x1f300..=0x1faff
    )
}

/// Pushes one character; a run of white space becomes one space.
fn push(out: &mut String, c: char) {
    if !c.is_whitespace() {
        out.push(if c == SEPARATOR { ' ' } else { c });
    } else if !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Whether `needle`, found at `start..end` of the folded `text`, is there as a whole word.
pub(super) fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(needle), Some(after)) =
        (text.get(..start), text.get(start..end), text.get(end..))
    else {
        return false;
    };
    let (Some(first), Some(last)) = (needle.chars().next(), needle.chars().next_back()) else {
        return false;
    };
    starts_there(before.chars().next_back(), first) && ends_there(last, after)
}

/// A term begins where no word is running; `@acme` is not in `me@acme`, nor `.net` in `asp.net`.
fn starts_there(before: Option<char>, first: char) -> bool {
    let Some(before) = before else { return true };
    let is_prefix = matches!(first, '@' | '#' | '.' | '$');
    if is_prefix {
        return !is_word(before) && before != first;
    }
    !is_word(first) || !joined(before, first)
}

/// A term ends where its word does; `c` is not in `c++` or `c#`, nor `c+` in `c++`.
fn ends_there(last: char, after: &str) -> bool {
    let mut rest = after.chars();
    let Some(next) = rest.next() else { return true };
    if !is_word(last) {
        // A figure may follow a symbol: c++17.
        let symbol_runs_on = next == last && !last.is_whitespace() && "+#*".contains(last);
        let word_runs_on = "+#".contains(last) && (next.is_alphabetic() || next == '_');
        return !symbol_runs_on && !word_runs_on;
    }
    let second = rest.next();
    match next {
        '+' => second != Some('+'),
        '#' => second.is_some_and(is_word),
        _ => !joined(last, next),
    }
}

/// Whether two neighbours belong to one word.
fn joined(left: char, right: char) -> bool {
    if !is_word(left) || !is_word(right) {
        return false;
    }
    if is_combining_mark(right) {
        return true;
    }
    // Scripts written without spaces have no word ends to see; a run of Katakana is one word.
    match (is_katakana(left), is_katakana(right)) {
        (true, true) => true,
        (false, false) => !is_unspaced(left) && !is_unspaced(right),
        _ => false,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_katakana(c: char) -> bool {
    matches!(u32::from(c), 0x30a1..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9f)
}

/// Han, Hiragana, Hangul (whose particles are written on), Thai, Lao, Khmer, Burmese.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(
        u32::from(c),
        0x0e00..=0x0eff
            | 0x1000..=0x109f
            | 0x1100..=0x11ff
            | 0x1780..=0x17ff
            | 0x3005..=0x3096
            | 0x3130..=0x318f
            | 0x3400..=0x4dbf
            | 0x4e00..=0x9fff
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0x20000..=0x3fffd
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_words_fold_to_equal_bytes() {
        let table = [
            ("STRASSE", "Straße"),
            ("STRAẞE", "strasse"),
            ("ΟΔΟΣ", "οδος"),
            ("οδοσ", "οδος"),
            ("İstanbul", "istanbul"),
            ("i\u{307}stanbul", "ISTANBUL"),
            ("CAFÉ", "cafe\u{301}"),
            ("Acme\u{2019}s", "acme's"),
            ("a\u{a0}\n b", "A B"),
            ("Ac\u{ad}me", "acme"),
            ("＃Acme", "#acme"),
            ("ﬁne", "FINE"),
        ];
        for (left, right) in table {
            assert_eq!(fold(left), fold(right), "{left} {right}");
        }
        assert_ne!(fold("ısı"), fold("isi"), "dotless i is its own letter");
        assert_ne!(fold("cafe"), fold("café"), "an accent is not a matter of case");
    }

    #[test]
    fn places_lead_back_to_what_was_folded() {
        let text = "CAFE\u{301}  Straße";
        let (folded, places) = fold_with_places(text).unwrap();
        let at = folded.find("strasse").unwrap();
        assert_eq!(folded, "café strasse");
        assert_eq!(&text[places[at].0..places[at + "strasse".len() - 1].1], "Straße");
        assert_eq!(&text[places[3].0..places[4].1], "E\u{301}");
    }

    #[test]
    fn what_is_known_to_stay_does() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| stays(*c)) {
            assert!(c.to_uppercase().flat_map(char::to_lowercase).eq([c]), "{c}");
        }
    }

    #[test]
    fn what_is_known_to_be_composed_is() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| composes_with_none(*c)) {
            assert!(is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes, "{c}");
            assert_eq!(unicode_normalization::char::canonical_combining_class(c), 0, "{c}");
        }
    }

    proptest! {
        #[test]
        fn plain_text_ends_at_the_first_byte_that_is_not(text in "([ -~]{0,9}[a ]{0,9}){0,3}(\\PC|[\t\u{7f}]){0,2}[a ]{0,9}") {
            let bytes = text.as_bytes();
            let is_double = |at: usize| at > 0 && bytes[at - 1] == b' ' && bytes[at] == b' ';
            let is_end = |at: &usize| !(b' '..0x80).contains(&bytes[*at]) || is_double(*at);
            prop_assert_eq!(plain_length(bytes), (0..bytes.len()).find(is_end).unwrap_or(bytes.len()));
        }

        #[test]
        fn a_text_is_folded_as_its_characters_are(text in "(\\PC|[ \t\u{1}aéİ🚀]){0,30}") {
            let (mut whole, mut slow) = (String::new(), String::new());
            fold_into(&text, &mut whole);
            text.nfc().for_each(|c| fold_char(c, &mut slow));
            prop_assert_eq!(whole, slow);
        }

        #[test]
        fn even_text_is_folded_as_any_other(parts in prop::collection::vec("[ -~\\t\u{1}]{0,9}", 0..4)) {
            let (mut whole, mut slow) = (String::new(), String::new());
            for part in &parts {
                fold_into(part, &mut whole);
                part.chars().for_each(|c| push(&mut slow, c.to_ascii_lowercase()));
            }
            prop_assert_eq!(whole, slow);
        }

        #[test]
        fn every_text_has_places(text in "(\\PC|[ \u{301}\u{307}İiḯ\u{ac00}\u{1161}\u{1100}\u{11a8}]){0,12}") {
            if let Some((folded, places)) = fold_with_places(&text) {
                prop_assert_eq!(&folded, &{ let mut out = String::new(); fold_into(&text, &mut out); out });
                prop_assert!(places.iter().all(|(start, end)| text.get(*start..*end).is_some()));
                prop_assert_eq!(places.len(), folded.len());
            }
        }
    }
}
