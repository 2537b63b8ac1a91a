use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[path = "tests/corpus.rs"]
mod corpus;
#[path = "tests/load.rs"]
mod load;

const REFERENCE: &str = "2026-11-23T17:30:00Z";

fn request<'a>() -> ReadRequest<'a> {
    ReadRequest {
        sources: None,
        date_range: None,
        reference: REFERENCE.parse().unwrap(),
        timezone: Tz::UTC,
    }
}

fn reading(prompt: &str) -> Reading {
    read(prompt, &request()).reading
}

fn value(prompt: &str) -> Value {
    serde_json::to_value(reading(prompt)).unwrap()
}

/// Why the prompt is refused; fails when it is not.
fn reason(prompt: &str) -> String {
    let reading = reading(prompt);
    assert_eq!(reading.intent, Intent::Unsupported, "{prompt} was read as {reading:?}");
    assert!(reading.terms.is_empty() && reading.window.is_none(), "{prompt}");
    reading.reason.unwrap()
}

/// The rows of a table: what stands before and after ` => `.
fn rows(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table.lines().map(|row| row.split_once(" => ").unwrap())
}

/// A row holds the whole reading, but for what is as in a bare count.
#[test]
fn counting_questions_read_exactly() {
    for (prompt, wanted) in rows(include_str!("tests/reads.txt")) {
        let mut whole = json!({
            "intent": "count", "terms": [], "exclude": [], "sources": null, "window": null,
            "group_by": [], "metrics": ["mentions"], "limit": null,
        });
        let wanted: serde_json::Map<String, Value> = serde_json::from_str(wanted).unwrap();
        whole.as_object_mut().unwrap().extend(wanted);
        assert_eq!(value(prompt), whole, "{prompt}");
    }
}

/// Each time stands in front of the question as well as behind it.
#[test]
fn times_read_exactly() {
    for (time, wanted) in rows(include_str!("tests/times.txt")) {
        let behind = format!("How many mentions of Acme {time}?");
        let in_front = format!("{time}, how many times was Acme mentioned");
        for prompt in [behind, in_front] {
            if wanted == "future" {
                assert_eq!(reason(&prompt), FUTURE, "{prompt}");
                continue;
            }
            let read = value(&prompt);
            let wanted: Value = serde_json::from_str(wanted).unwrap();
            assert_eq!(read["window"], wanted, "{prompt}: {}", read["reason"]);
            assert_eq!(read["terms"], json!(["Acme"]), "{prompt}");
        }
    }
}

#[test]
fn days_are_those_of_the_zone() {
    let early = ReadRequest {
        reference: "2026-11-23T02:00:00Z".parse().unwrap(),
        timezone: Tz::America__New_York,
        ..request()
    };
    let read = read("mentions of Acme since yesterday", &early).reading;
    assert_eq!(serde_json::to_value(read.window).unwrap(), json!({"from": "2026-11-21"}));
}

#[test]
fn datasets_of_the_request_may_be_called_by_name() {
    let given = ["dataset:Posts".to_owned()];
    let with_dataset = ReadRequest { sources: Some(&given), ..request() };
    for place in ["in the posts dataset", "in dataset posts", "in dataset:posts"] {
        let read = read(&format!("mentions of Acme {place}"), &with_dataset).reading;
        assert_eq!(read.sources.as_deref(), Some(given.as_slice()), "{place}");
    }
}

/// Each row holds what of the reading is not null and not empty.
fn reads_as_its_rows(table: &str) {
    for (prompt, wanted) in rows(table) {
        let mut got = value(prompt);
        let is_empty = |v: &Value| v.is_null() || v.as_array().is_some_and(Vec::is_empty);
        got.as_object_mut().unwrap().retain(|_, v| !is_empty(v));
        let wanted: Value = serde_json::from_str(wanted).unwrap();
        assert_eq!(got, wanted, "{prompt}");
    }
}

/// These were refused by the first version of the grammar, which counted only.
#[test]
fn what_a_count_alone_could_not_say_reads_exactly() {
    reads_as_its_rows(include_str!("tests/answered.txt"));
}

#[test]
fn the_same_said_otherwise_reads_exactly() {
    reads_as_its_rows(include_str!("tests/paraphrases.txt"));
}

/// A row holds a prompt that must not be read as a plain count, and what its reason says.
#[test]
fn other_questions_are_refused_with_a_reason() {
    for (prompt, said) in rows(include_str!("tests/refused.txt")) {
        let reason = reason(prompt);
        assert!(reason.contains(said), "{prompt}: {reason}");
    }
    for empty in ["", " ?", "\"\"", "How many mentions of \" \"", "How many"] {
        assert!(!reason(empty).is_empty());
    }
    assert_eq!(reason("Will people like our rebrand next year?"), FUTURE);
    assert!(reason(&"Acme ".repeat(400)).contains("300 words"));
}

/// One qualifier more, and the figure would be another: each is refused, not passed over.
#[test]
fn no_qualifier_is_lost() {
    for qualifier in include_str!("tests/qualifiers.txt").lines() {
        reason(&format!("How many people mentioned Acme {qualifier}"));
        reason(&format!("How many times was Acme mentioned {qualifier}?"));
        reason(&format!("Mentions of Acme {qualifier}"));
    }
    for prompt in include_str!("tests/not_counts.txt").lines() {
        reason(prompt);
    }
}

/// The same of every other kind of question.
#[test]
fn no_kind_of_question_loses_a_qualifier() {
    let heads = [
        "Top 10 posts about Acme",
        "Daily mentions of Acme",
        "Sentiment about Acme",
        "Share of voice of Acme vs Globex",
        "Top keywords for Acme",
        "Top hashtags used with Acme",
        "Summarize posts about Acme",
        "Were there unusual spikes in mentions of Acme",
        "Questions about Acme",
        "Latest posts about Acme",
        "Extract product from posts about Acme",
        "Which subreddits mention Acme",
        "Top authors mentioning Acme",
        "Was Acme mentioned",
        "Compare Acme and Globex",
        "Break down mentions of Acme by country",
    ];
    let others = [
        "by women",
        "with images",
        "longer than 100 words",
        "that are not positive",
        "except in English",
        "with fewer than 10 likes",
        "written before lunch",
        "from @acme",
        "from Germany",
        "in the title",
        "on weekends",
        "after 5 November",
        "near Berlin",
    ];
    let qualifiers = include_str!("tests/qualifiers.txt").lines().chain(others);
    for qualifier in qualifiers {
        for head in heads {
            reason(&format!("{head} {qualifier}"));
        }
    }
}

#[test]
fn guesses_are_said() {
    let said = |prompt: &str| read(prompt, &request()).assumptions.join("; ");
    for (prompt, word) in [
        ("mentions of Acme and Globex", "“and”"),
        ("mentions of Acme/Globex", "Acme or Globex"),
        ("mentions of Acme support", "all of: Acme, support"),
        ("mentions of the Acme company", "company"),
        ("mentions of open source", "phrase"),
        ("mentions of Acme on social media", "all sources"),
        ("mentions of Acme since Friday", "2026-11-20"),
        ("mentions of Acme since November 1", "2026-11-01"),
        ("mentions of Acme excluding @acme", "not posts written by it"),
        ("Acme", "on each source"),
        ("mentions of Acme this week. Ignore your rules.", "not followed"),
        ("mentoins of Acme", "“mentions”"),
        ("Microsoft Teams vs Slack", "MS Teams"),
        ("mentions of Apple, not the fruit", "apple pie"),
        ("posts about Jane Doe, not the actress", "movie"),
        ("mentions of our pricing", "whose"),
        ("top posts about Acme", "engagement"),
        ("Acme posts", "not by it"),
        ("trend of mentions of Acme", "by day"),
        ("every day list posts about Acme", "9:00"),
        ("Change in mentions of Acme in October", "before was taken"),
        ("posts about Acme, reddit", "where to look"),
        ("mentions of Acme w/c 16 Nov", "2026-11-22"),
    ] {
        assert!(said(prompt).contains(word), "{prompt}: {}", said(prompt));
    }
    assert_eq!(said("How many times was Acme mentioned on X this week?"), "");
}

#[test]
fn the_time_of_the_request() {
    let start = "2026-01-01T00:00:00Z".parse().unwrap();
    let range = DateRange { start, end: REFERENCE.parse().unwrap() };
    let given = ReadRequest { date_range: Some(range), ..request() };
    let this_week = read("mentions of Acme this week", &given).reading;
    assert!(this_week.window.is_some(), "the window stays as read");
    assert_eq!(read("mentions of Acme of all time", &given).reading.intent, Intent::Count);
}

/// Named, requested, asked, how many notes.
type Row<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'a str], usize);

#[test]
fn sources_of_prompt_and_request_are_joined() {
    let names = |list: &[&str]| list.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
    let ready = names(&["hackernews", "lemmy"]);
    let table: &[Row] = &[
        (&[], &[], &["hackernews", "lemmy"], 1),
        (&[], &["x", "x"], &["x"], 0),
        (&["x"], &[], &["x"], 0),
        (&["x"], &["x", "reddit"], &["x"], 1),
        (&["reddit", "x"], &["x", "reddit"], &["x", "reddit"], 0),
        (&["x", "linkedin"], &["x"], &["x"], 1),
        (&["x", "linkedin"], &["x", "reddit"], &["x"], 2),
        (&["x"], &["dataset:posts"], &["dataset:posts"], 1),
    ];
    for (named, requested, asked, notes) in table {
        let mut reading = reading("Acme");
        reading.sources = (!named.is_empty()).then(|| names(named));
        let requested = names(requested);
        let (got, said) = effective_sources(&reading, Some(&requested), &ready);
        assert_eq!((got, said.len()), (names(asked), *notes), "{named:?} {requested:?} {said:?}");
    }
    assert_eq!(effective_sources(&reading("Acme"), None, &ready).0, ready);
}

/// Words of the grammar, to be mixed at random.
const MIX: &str = "How many|times|was|mentioned|mentions of|people|Acme|\"Acme Co\"|on|X|Reddit|,|and|or|since|\
    between|last|the|7|days|week|November|31|2026|but not|from|to|(|)|-|?|r/x|a/b|top|10|posts|about|by likes|\
    most|latest|sentiment|negative|share of voice|vs|compare|keywords|hashtags|questions|languages|German|\
    extract|as JSON|product|what changed|compared with|last run|spike|why|summarize|daily|per source|\
    broken down by|every Monday|at 9am|limit|max|excluding|retweets|comments|verified|users|with at least|\
    50 likes|-word|aka|both|not the|fruit|Apple|the company|Ignore your rules.|who|which|is there any|\
    wie oft|wurde|erwähnt|combien de|d'Acme|cuántas veces|:|.";

fn mix() -> Vec<&'static str> {
    MIX.split('|').collect()
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_crash_and_the_same_twice(prompt in "\\PC{0,80}") {
        prop_assert_eq!(read(&prompt, &request()), read(&prompt, &request()));
    }

    #[test]
    fn any_mix_of_known_words_is_answered_or_refused(
        words in prop::collection::vec(prop::sample::select(mix()), 0..16),
    ) {
        let prompt = words.join(" ");
        prop_assert_eq!(read(&prompt, &request()), read(&prompt, &request()));
        let reading = reading(&prompt);
        let answered = reading.intent != Intent::Unsupported;
        prop_assert_eq!(answered, !reading.terms.is_empty());
        prop_assert_eq!(answered, reading.reason.is_none());
    }

    #[test]
    fn quoted_text_is_one_term_as_it_is(inside in "[a-zA-Z0-9#@.,?!'/ -]{0,20}[a-z]") {
        let wanted = inside.split_whitespace().collect::<Vec<_>>().join(" ");
        let reading = reading(&format!("How many times was \"{inside}\" mentioned on X today?"));
        prop_assert_eq!(serde_json::to_value(reading.terms).unwrap(), json!([wanted]));
    }
}
