//! Posts made by a seed, as the service keeps them: NDJSON, about 200 bytes a line.

use std::io::Write;

use bytestack::model::document::{Author, Document, DocumentKind, Engagement};
use chrono::{DateTime, Duration, Utc};

/// What is looked for in them.
pub const TERM: &str = "acme";
pub const AUTHORS: u64 = 100_000;
pub const DAYS: u32 = 14;

const SEED: u64 = 20_261_127;
/// With how many of a hundred authors write there.
const SOURCES: [(&str, u64); 5] =
    [("x", 45), ("reddit", 25), ("youtube", 15), ("hackernews", 10), ("bluesky", 5)];
const WORDS: [&str; 48] = [
    "the", "a", "to", "and", "of", "is", "in", "it", "for", "this", "that", "with", "on", "my",
    "was", "not", "have", "they", "after", "update", "price", "support", "broken", "great", "love",
    "hate", "slow", "fast", "release", "billing", "version", "café", "today", "really", "why",
    "team", "product", "best", "worst", "account", "login", "works", "fails", "again", "finally",
    "thanks", "señor", "🚀",
];
const NAMES: [&str; 6] = ["Acme", "acme", "ACME", "#acme", "@acme", "Acme's"];

/// Numbers that look like chance and are the same each time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let place = self.below(list.len() as u64);
        list[usize::try_from(place).unwrap()]
    }
}

/// The first instant that posts are from; the first that they are not from is [`DAYS`] later.
pub fn begin() -> DateTime<Utc> {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

/// Writes so many posts, of which `matching` in a hundred speak of [`TERM`]; no two have one id.
pub fn write(to: &mut impl Write, posts: u64, matching: u64) {
    let mut chance = Chance(SEED);
    for number in 0..posts {
        serde_json::to_writer(&mut *to, &post(&mut chance, number, matching)).unwrap();
        to.write_all(b"\n").unwrap();
    }
}

fn post(chance: &mut Chance, number: u64, matching: u64) -> Document {
    // Some write much more than others.
    let author = chance.below(AUTHORS).min(chance.below(AUTHORS));
    let mut part = author % 100;
    let source = SOURCES.iter().find(|(_, share)| {
        let is_it = part < *share;
        part = part.saturating_sub(*share);
        is_it
    });
    let source = source.unwrap().0;
    let seconds = chance.below(u64::from(DAYS) * 86_400);
    let is_rated = chance.below(4) > 0;
    let likes = is_rated.then(|| i64::try_from(chance.below(500)).unwrap());
    let is_post = source == "x" || source == "bluesky" || chance.below(3) == 0;
    Document {
        source: source.to_owned(),
        id: id(source, number),
        kind: if is_post { DocumentKind::Post } else { DocumentKind::Comment },
        author: Author { handle: Some(format!("user_{author}")), ..Author::default() },
        text: text(chance, matching),
        lang: (source == "x").then(|| "en".to_owned()),
        published_at: Some(begin() + Duration::seconds(i64::try_from(seconds).unwrap())),
        engagement: Engagement { likes, ..Engagement::default() },
        ..Document::default()
    }
}

/// As long as the platform's ids are.
fn id(source: &str, number: u64) -> String {
    match source {
        "x" => (1_985_000_000_000_000_000 + number * 4_194_304).to_string(),
        "reddit" => format!("t1_n{number:07x}"),
        "youtube" => format!("Ugz{number:023x}"),
        "hackernews" => (45_000_000 + number).to_string(),
        _ => format!("3m{number:011x}"),
    }
}

fn text(chance: &mut Chance, matching: u64) -> String {
    let words = 6 + chance.below(12);
    let named = (chance.below(100) < matching).then(|| chance.below(words));
    let mut text = String::new();
    for word in 0..words {
        if word > 0 {
            // Now and then a line ends, and a word is quoted.
            text.push_str(["\n", " "][usize::from(chance.below(40) > 0)]);
        }
        let quote = ["\"", ""][usize::from(chance.below(80) > 0)];
        let said = if named == Some(word) { chance.of(&NAMES) } else { chance.of(&WORDS) };
        text.extend([quote, said, quote]);
    }
    text.push_str(chance.of(&["", ".", "!", "?"]));
    text
}
