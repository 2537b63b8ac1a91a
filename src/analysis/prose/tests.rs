use serde_json::json;

use super::*;

fn answer() -> Answer {
    serde_json::from_value(json!({
        "total_mentions": 1482, "unique_users": 934, "reposts": 12, "unknown_authors": 0,
        "date_range": {"from": "2026-04-23", "to": "2026-04-30"},
        "by_source": {
            "x": {"mentions": 874, "unique_users": 611},
            "reddit": {"mentions": 608, "unique_users": 323},
            "stack404": {"mentions": 0, "unique_users": 0},
        },
        "groups": [{"key": "iPhone 16", "mentions": 3, "unique_users": 3, "share": 0.1234, "avg_engagement": 7.46}],
        "changes": {
            "current": {"mentions": 1482, "unique_users": 934}, "previous": {"mentions": 1400, "unique_users": 900},
            "delta": {"mentions": 82, "unique_users": 34}, "pct": {"mentions": 5.857_143, "unique_users": -3.75}, "new": [],
        },
        "summary": {
            "method": {"kind": "extractive", "version": "1"}, "about": ["iPhone 6S", "Acme"], "text": "",
            "points": [{"text": "It cost me 4711 dollars and 3 weeks", "sentiment": null, "similar": 0, "cites": []}],
        },
    }))
    .unwrap()
}

#[test]
fn figures_that_were_computed_may_be_said() {
    for text in [
        "1,482 posts by 934 people mention Acme, 874 of them on x (59%, or 58.97 %).",
        "About 1.5k posts; 1.48 thousand to be closer.",
        "That is 82 more than the 1400 before, up 5.9 percent; people are down 3.75 %, say 4%.",
        "Engagement is 7.46, about 7.5 or 7, and the share 0.12 or 12.3%.",
        "Between 23 and 30 April 2026, over eight days or the last 7 days, on two of three sources.",
        "iPhone 6S and the iphone 16 on stack404.",
        "One said \"It cost me 4711 dollars\" [1].",
        "1. The first line\n2. The second",
    ] {
        assert_eq!(check_prose(text, &answer()), Ok(()), "{text}");
    }
}

#[test]
fn figures_that_were_not_are_named() {
    for (text, wrong) in [
        ("1,483 posts", "`1,483` is not among"),
        ("58 % of them on x", "`58 %` is not among"),
        ("59.1 percent", "`59.1 percent` is not among"),
        ("1.6k posts", "`1.6k` is not among"),
        ("It cost me 4711 dollars", "`4711` is not among"),
        ("\"I paid 4712 dollars\"", "`4712` is not among"),
        ("nine people", "`nine` is not among"),
        ("see [9]", "`9` is not among"),
        ("on 22 April", "`22 April` is no date"),
        ("the last 9 days", "`9` is not among"),
        ("Half of them", "`Half` cannot be checked"),
        ("dozens said so", "`dozens` cannot be checked"),
        ("iPhone 9", "`9` is not among"),
        ("up 82 %", "`82 %` is not among"),
        ("a share of 0.2", "`0.2` is not among"),
    ] {
        let found = check_prose(text, &answer()).expect_err(text);
        assert!(found.len() == 1 && found[0].starts_with(wrong), "{text}: {found:?}");
    }
}
