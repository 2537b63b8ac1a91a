//! Text that nobody meant: prompts, posts, answers of models and schemas, cut up, mixed and repeated by chance.
//! Nothing panics, and nothing takes longer than its length explains. `--full` goes on for ten minutes; the seed
//! is printed, and `BYTESTACK_FUZZ_SEED` begins with one.

use std::time::{Duration, Instant};

use bytestack::analysis::measure::{Measure, Measuring};
use bytestack::analysis::output;
use bytestack::analysis::reading::{ReadRequest, by_model, read};
use bytestack::analysis::sentiment;
use bytestack::model::document::Document;
use bytestack::model::reading::{Intent, Reading};
use bytestack::model::window::TimeRange;
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

const CORPUS: &str = concat!(
    include_str!("../../src/analysis/reading/tests/paraphrases.txt"),
    include_str!("../../src/analysis/reading/tests/refused.txt"),
    include_str!("../../src/analysis/reading/tests/times.txt"),
    include_str!("../../src/analysis/reading/tests/worked.jsonl"),
);
/// What text is seldom made of.
const ODD: &[&str] = &[
    "\u{0}",
    "\u{301}",
    "\u{200d}",
    "\u{202e}",
    "👩‍👩‍👧",
    "ß",
    "ẞ",
    "İ",
    "ﬃ",
    "Ǆ",
    "＃",
    "#",
    "@",
    "\"",
    "“",
    "'",
    "\\",
    "{",
    "}",
    "[",
    "\n",
    "\u{feff}",
    "9999999999999999999",
    "-1",
    "0",
    "1e308",
    "%",
    "https://",
    "世",
    "क्षि",
    "C++",
    ".NET",
    "31 February",
    "00:60",
];
const LONGEST: usize = 1024 * 1024;
/// What a megabyte may take of a thread: far more than it needs, far less than its square.
const PATIENCE: Duration = Duration::from_secs(5);

/// Numbers that look like chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn piece<'a>(&mut self, lines: &[&'a str]) -> &'a str {
        if self.below(3) == 0 {
            return ODD[self.below(ODD.len())];
        }
        let line = lines[self.below(lines.len())];
        let cuts: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
        let (one, other) = (self.below(cuts.len()), self.below(cuts.len()));
        &line[cuts[one.min(other)]..cuts[one.max(other)]]
    }

    /// Pieces of the corpus and odd ones; now and then a megabyte of the same.
    fn text(&mut self, lines: &[&str]) -> String {
        let pieces = 1 + self.below(12);
        let text: String = (0..pieces).map(|_| self.piece(lines)).collect();
        if self.below(40) == 0 && !text.is_empty() {
            return text.repeat(LONGEST / text.len() + 1);
        }
        text
    }
}

fn reading_of(prompt: &str) -> Reading {
    let request = ReadRequest {
        sources: None,
        date_range: None,
        reference: "2026-11-23T17:30:00Z".parse().unwrap(),
        timezone: Tz::Europe__Berlin,
    };
    let read = read(prompt, &request);
    assert_eq!(read.reading.intent == Intent::Unsupported, read.reading.reason.is_some());
    read.reading
}

fn measured(reading: &Reading, texts: &[String]) -> Option<Value> {
    let reference = "2026-11-23T17:30:00Z".parse().unwrap();
    let window = TimeRange { from: "2026-11-16T17:30:00Z".parse().unwrap(), to: reference };
    let told = Measuring {
        window,
        previous: None,
        reference,
        timezone: Tz::Europe__Berlin,
        evidence_limit: 5,
    };
    let mut measure = Measure::new(reading, told).ok()?;
    for (id, text) in texts.iter().enumerate() {
        let published_at = "2026-11-20T08:00:00Z".parse().ok();
        let (source, id) = ("x".to_owned(), id.to_string());
        measure.add(&Document {
            source,
            id,
            text: text.clone(),
            published_at,
            ..Document::default()
        });
    }
    let measured = measure.finish(&["x".to_owned()]);
    assert!(measured.answer.total_mentions <= texts.len() as u64);
    Some(serde_json::to_value(measured.answer).unwrap())
}

/// A schema of odd names and kinds.
fn schema(chance: &mut Chance, lines: &[&str], depth: usize) -> Value {
    let kinds = ["integer", "number", "string", "boolean", "array", "object", "null"];
    let names = ["mentions", "posts", "by_source", "sentiment", "items", "from"];
    let kind = kinds[chance.below(kinds.len())];
    let mut schema =
        json!({ "type": if chance.below(4) == 0 { json!([kind, "null"]) } else { json!(kind) } });
    if depth < 4 && chance.below(2) == 0 {
        let mut properties = Map::new();
        for _ in 0..chance.below(5) {
            let known = names[chance.below(names.len())].to_owned();
            let name = if chance.below(4) == 0 { chance.piece(lines).to_owned() } else { known };
            properties.insert(name, self::schema(chance, lines, depth + 1));
        }
        schema["required"] = json!(properties.keys().take(1).collect::<Vec<_>>());
        schema["properties"] = Value::Object(properties);
        schema["items"] = self::schema(chance, lines, depth + 1);
    } else if chance.below(8) == 0 {
        schema = json!({ "$ref": "#" });
    }
    schema
}

#[expect(clippy::disallowed_methods, reason = "the tests' own settings")]
fn told() -> (u64, Duration) {
    let seed = std::env::var("BYTESTACK_FUZZ_SEED").ok().map(|seed| seed.parse().unwrap());
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let lasts = if is_full { Duration::from_mins(10) } else { Duration::from_secs(10) };
    (seed.unwrap_or_else(|| if is_full { rand_seed() } else { 7 }), lasts)
}

fn rand_seed() -> u64 {
    u64::from_le_bytes(bytestack::clock::random_bytes::<8>().unwrap())
}

/// What this thread has worked; nothing where the system does not tell.
fn worked() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split_whitespace().next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

#[test]
fn nothing_that_is_written_breaks_or_stalls_it() {
    let lines: Vec<&str> = CORPUS.lines().filter(|line| !line.is_empty()).collect();
    let (seed, lasts) = told();
    eprintln!("seed {seed}");
    let (mut chance, began, mut rounds, mut counted) = (Chance(seed), Instant::now(), 0_u64, 0_u64);
    while began.elapsed() < lasts {
        let prompt = chance.text(&lines);
        let texts: Vec<String> = (0..chance.below(6)).map(|_| chance.text(&lines)).collect();
        let bytes: usize = prompt.len() + texts.iter().map(String::len).sum::<usize>();
        let before = worked();
        let mut reading = reading_of(&prompt);
        if reading.intent == Intent::Unsupported {
            let line = lines[chance.below(lines.len())];
            reading = reading_of(line.split(" => ").next().unwrap_or_default());
        }
        if let Some(answer) = measured(&reading, &texts) {
            counted += u64::from(answer["total_mentions"] != 0);
            let schema = schema(&mut chance, &lines, 0);
            if output::check(&schema).is_ok() {
                drop(output::shape(&schema, answer.as_object().unwrap()));
            }
        }
        drop(by_model::take(&prompt, &prompt));
        for text in &texts {
            sentiment::label(text, None);
        }
        let took = worked().saturating_sub(before);
        let allowed = PATIENCE.mul_f64(1.0 + f64::from(u32::try_from(bytes / LONGEST).unwrap()));
        assert!(
            took < allowed,
            "{bytes} bytes took {took:?} (seed {seed}, round {rounds}): {prompt:.300}"
        );
        rounds += 1;
    }
    eprintln!("{rounds} rounds, of which {counted} counted something, seed {seed}");
    assert!(rounds > 20 && counted > 0, "{rounds} rounds, {counted}");
}
