use serde_json::{Value, json};

use super::asked::{asked_time, span};
use super::*;
use crate::model::reading::{CalendarUnit, Window};

fn document(more: &Value) -> ResultDocument {
    let range = json!({ "from": "2026-11-16T23:30:00Z", "to": "2026-11-23T23:30:00Z" });
    let covered = |status: &str, reason: Option<&str>| {
        json!({
            "status": status, "requested": range, "covered": range, "requests": 1,
            "upstream_total": null, "reason": reason
        })
    };
    let mut document = json!({
        "query_id": "qry_1", "job_id": "job_1", "status": "completed", "prompt": "?",
        "reference_time": "2026-11-23T23:30:00Z", "timezone": "Europe/Berlin",
        "created_at": "2026-11-23T23:30:00Z", "completed_at": "2026-11-23T23:30:01Z",
        "reading": {
            "intent": "count", "terms": ["Acme", { "all": ["red", "boots"] }], "exclude": ["wile"],
            "sources": null, "window": { "last": "7d" }, "group_by": [], "metrics": ["mentions"],
            "limit": null
        },
        "assumptions": ["weeks begin on Monday"],
        "window": range,
        "result": {
            "total_mentions": 1234, "unique_users": 1, "reposts": 2, "unknown_authors": 0,
            "date_range": { "from": "2026-11-17", "to": "2026-11-24" },
            "by_source": {
                "hackernews": { "mentions": 1230, "unique_users": 1 },
                "reddit": { "mentions": 4, "unique_users": 0 }
            }
        },
        "funnel": { "collected": 9000, "in_window": 4000, "matched": 1235, "deduplicated": 1234 },
        "coverage": {
            "hackernews": covered("truncated", Some("10,000 posts were collected")),
            "reddit": covered("complete", None)
        },
        "evidence": [{
            "source": "reddit", "id": "1", "url": null, "author": { "handle": "ann" }, "title": "Boots",
            "text": format!("first\nline {}", "x".repeat(200)),
            "published_at": "2026-11-23T23:00:00Z", "matched_terms": ["Acme"]
        }],
        "reader": { "kind": "builtin", "version": "1" }
    });
    for (name, value) in more.as_object().unwrap() {
        document[name] = value.clone();
    }
    serde_json::from_value(document).unwrap()
}

#[test]
fn the_answer_comes_first_and_what_is_missing_right_after_it() {
    let lines = lines(&document(&json!({})), 5);
    let expected = [
        "Acme or red with boots was mentioned at least 1,234 times by 1 person",
        "between 2026-11-17 00:30 and 2026-11-24 00:30 (Europe/Berlin).",
        "! NOT COMPLETE  hackernews: a limit was reached, there are more posts (10,000 posts were collected)",
        "",
        "  by source    mentions     people",
        "  hackernews      1,230          1",
        "  reddit              4          0",
        "",
        "  of these   2 are reposts",
        "  read as    how many mentions of Acme or red with boots, without wile, in the last 7 days",
        "  assumed    weeks begin on Monday",
        "  counted    9,000 posts read, 4,000 in that time, 1,235 match, 1,234 when each is counted once",
        "  covered    hackernews: not complete, see above, posts from 2026-11-17 00:30 to 2026-11-24 00:30",
        "  covered    reddit: complete, posts from 2026-11-17 00:30 to 2026-11-24 00:30",
        "",
        "  the latest",
    ];
    assert_eq!(lines[..expected.len()], expected);
    let post = format!("  2026-11-24 00:00  @ann: Boots: first line {}…", "x".repeat(82));
    assert_eq!(lines[expected.len()..], [post]);
}

#[test]
fn people_come_first_when_they_were_asked_for_and_nothing_is_said_as_such() {
    let mut asked = document(&json!({}));
    asked.result.total_mentions = 0;
    let found = "no mention of Acme or red with boots was found in what could be read";
    assert_eq!(lines(&asked, 0)[0], found);
    asked.result.total_mentions = 1234;
    asked.reading.metrics = vec![Metric::UniqueUsers];
    asked.coverage.remove("hackernews");
    let first = lines(&asked, 0).remove(0);
    assert_eq!(first, "1 person mentioned Acme or red with boots, 1,234 times in all,");
    asked.result.total_mentions = 0;
    assert_eq!(lines(&asked, 0)[0], "Acme or red with boots was not mentioned");
}

#[test]
fn times_are_said_in_words() {
    let table =
        [("7d", "7 days"), ("1h", "hour"), ("2w", "2 weeks"), ("6mo", "6 months"), ("x", "x")];
    for (written, said) in table {
        assert_eq!(span(written), said);
    }
    let calendar = |calendar, offset| asked_time(&Window::Calendar { calendar, offset });
    assert_eq!(calendar(CalendarUnit::Day, 0), "today");
    assert_eq!(calendar(CalendarUnit::Week, -1), "last week");
    assert_eq!(calendar(CalendarUnit::Month, -2), "in the month 2 before this one");
    assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
}
