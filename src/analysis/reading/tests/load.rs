//! Long and hostile prompts: they end, they say something, and they take no longer than their
//! length explains.

use std::time::{Duration, Instant};

use super::request;
use crate::analysis::reading::read;
use crate::model::reading::Intent;

/// Pieces that make a parser look far ahead, go back, or try again.
const HOSTILE: [&str; 22] = [
    ",",
    "and ",
    "Acme and ",
    "1 ",
    "1, ",
    "Acme, ",
    "X and ",
    "on X, ",
    "excluding ",
    "excluding Acme ",
    "last 7 ",
    "between 1 and ",
    "vs ",
    "aka ",
    "(",
    "\u{201e}",
    "'a",
    "every Monday and ",
    "German and ",
    "r/a and ",
    "the most ",
    "extract a, ",
];

/// The shortest of a few times, so that a busy machine does not count.
fn time_of(prompt: &str) -> Duration {
    let once = || {
        let start = Instant::now();
        let read = read(prompt, &request());
        let took = start.elapsed();
        let answered = read.reading.intent != Intent::Unsupported;
        assert_eq!(answered, read.reading.reason.is_none());
        took
    };
    (0..5).map(|_| once()).min().unwrap()
}

/// A prompt of `bytes` of one piece over and over.
fn repeated(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}

#[test]
fn hostile_text_is_read_in_time_that_grows_with_its_length() {
    for piece in HOSTILE.into_iter().chain(["word ", "w", "\u{4e16}"]) {
        let quarter = time_of(&repeated(piece, 4_900));
        let whole = time_of(&repeated(piece, 19_600));
        // Four times as long, and room for a machine that is busy with something else.
        let most = quarter * 10 + Duration::from_millis(30);
        assert!(whole < most, "{piece:?}: {quarter:?} for a quarter, {whole:?} for all");
    }
}

#[test]
fn a_megabyte_is_refused_at_once() {
    for piece in HOSTILE.into_iter().chain(["word ", "w", "\u{4e16}"]) {
        let prompt = repeated(piece, 1_000_000);
        assert!(read(&prompt, &request()).reading.reason.unwrap().contains("300 words"));
        assert!(time_of(&prompt) < Duration::from_millis(100), "{piece:?}");
    }
}

/// Up to the most words that are read, a hostile prompt may look back and ahead, but no more than
/// that: four times the words must not take more than a few times four.
#[test]
fn hostile_words_are_read_in_time_that_grows_with_their_number() {
    for piece in HOSTILE {
        let words = piece.split_whitespace().count().max(1);
        let few = time_of(&piece.repeat(64 / words));
        let many = time_of(&piece.repeat(256 / words));
        let most = few * 12 + Duration::from_millis(40);
        assert!(many < most, "{piece:?}: {few:?} for a quarter, {many:?} for all");
    }
}
