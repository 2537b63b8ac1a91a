//! What holds of every intent over any posts.

use chrono::Duration;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::intents_tests::{answer, at, measured, measured_together, post, told};
use super::*;
use crate::model::document::{DocumentKind, Engagement};

/// Every intent with what changes its answer most.
fn every_reading() -> Vec<Value> {
    let two = || json!(["Acme", {"name": "Globex", "any": ["Globex", "globex inc"]}]);
    vec![
        json!({"intent": "count"}),
        json!({"intent": "exists"}),
        json!({"intent": "breakdown", "group_by": ["source"]}),
        json!({"intent": "breakdown", "group_by": ["community"], "limit": 1}),
        json!({"intent": "breakdown", "group_by": ["hashtag"], "sort": "unique_users asc"}),
        json!({"intent": "breakdown", "group_by": ["author"], "metrics": ["engagement"]}),
        json!({"intent": "breakdown", "group_by": ["kind"]}),
        json!({"intent": "trend", "group_by": ["hour", "source"]}),
        json!({"intent": "trend", "group_by": ["day", "term"], "terms": two()}),
        json!({"intent": "trend", "group_by": ["weekday"]}),
        json!({"intent": "top_posts", "sort": "likes desc", "limit": 3}),
        json!({"intent": "top_posts", "sort": "likes asc", "limit": 3}),
        json!({"intent": "top_authors", "metrics": ["engagement"], "limit": 3}),
        json!({"intent": "top_authors"}),
        json!({"intent": "sentiment"}),
        json!({"intent": "trend", "group_by": ["day", "source"], "metrics": ["sentiment"]}),
        json!({"intent": "sentiment", "group_by": ["week", "sentiment"]}),
        json!({"intent": "sentiment", "terms": two(), "group_by": ["sentiment"]}),
        json!({"intent": "compare", "terms": two(), "group_by": ["term", "sentiment"]}),
        json!({"intent": "list", "filters": {"sentiment": ["negative"]}, "sort": "sentiment asc"}),
        json!({"intent": "compare", "terms": two(), "group_by": ["term", "week"]}),
        json!({"intent": "compare", "group_by": ["source"], "metrics": ["avg_engagement"]}),
        json!({"intent": "share_of_voice", "terms": two(), "group_by": ["month", "term"]}),
        json!({"intent": "keywords", "filters": {"min_likes": 1}}),
        json!({"intent": "hashtags"}),
        json!({"intent": "questions", "limit": 2}),
        json!({"intent": "languages", "filters": {"kind_not": ["repost"]}}),
        json!({"intent": "list", "sort": "published_at asc", "limit": 3}),
        json!({"intent": "changes", "limit": 2}),
        json!({"intent": "spike", "group_by": ["day"], "limit": 2}),
        json!({"intent": "spike", "group_by": ["hour"], "terms": two(), "limit": 1}),
        json!({"intent": "extract"}),
        json!({"intent": "extract", "limit": 3, "sort": "likes desc", "extract": {
            "price": "number", "author": "string", "hashtags": "string", "praise": "string", "is_question": "boolean",
        }}),
        json!({"intent": "summary"}),
        json!({"intent": "summary", "focus": {"sentiment": "negative"}, "terms": two(), "limit": 3}),
        json!({"intent": "summary", "filters": {"community": ["one"], "is_question": false}}),
    ]
}

prop_compose! {
    /// Few ids, so that many documents are copies of one post that differ in any part.
    pub(super) fn document()(
        source in prop::sample::select(vec!["x", "reddit", "rss"]),
        id in 0_u8..9,
        hours in prop::sample::select(vec![0, 24, 30, 60, 61, 75, 100, 119, 150, 200, 263, 299]),
        words in prop::collection::vec(prop::sample::select(vec![
            "acme", "Globex", "RT", "@ann", "https://t.co/1", "🎉",
            "acme has raised its prices again and nobody was told before the invoice came",
            "acme has raised its prices again and everybody was told before it came in", "globex inc", "billing", "great", "awful", "#sale", "#Launch", "why is", "?", ".", "the", "café", "\n",
        ]), 0..6),
        author in prop::option::of(prop::sample::select(vec!["bob", "eve", "ann"])),
        likes in prop::option::of(0_i64..4),
        lang in prop::option::of(prop::sample::select(vec!["en", "de", "und"])),
        community in prop::option::of(prop::sample::select(vec!["one", "r/One", "two"])),
        kind in prop::sample::select(vec![DocumentKind::Post, DocumentKind::Repost, DocumentKind::Comment]),
    ) -> Document {
        Document {
            kind,
            lang: lang.map(str::to_owned),
            community: community.map(str::to_owned),
            engagement: Engagement { likes, ..Engagement::default() },
            published_at: Some(at("2026-11-01T00:00:00Z") + Duration::hours(hours)),
            ..post(source, &id.to_string(), "02T00", &words.join(" "), author.unwrap_or_default())
        }
    }
}

pub(super) fn with_previous() -> Measuring {
    let window = TimeRange { from: at("2026-11-05T00:00:00Z"), ..told().window };
    let previous = TimeRange { from: at("2026-11-02T00:00:00Z"), to: at("2026-11-06T00:00:00Z") };
    Measuring { window, previous: Some(previous), evidence_limit: 3, ..told() }
}

fn sum(rows: &Value, name: &str) -> u64 {
    rows.as_array().unwrap().iter().map(|row| row[name].as_u64().unwrap()).sum()
}

fn close(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() < 1e-4
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn neither_order_nor_copies_change_an_answer(
        (documents, shuffled) in prop::collection::vec(document(), 0..40).prop_flat_map(|documents| {
            let mut more = documents.clone();
            more.extend(documents.iter().step_by(3).cloned());
            (Just(documents), Just(more).prop_shuffle())
        }),
    ) {
        for fields in every_reading() {
            let told = if fields["intent"] == "changes" { with_previous() } else { told() };
            let one = measured(&fields, told, &documents);
            let other = measured_together(&fields, told, &shuffled);
            prop_assert_eq!(one.answer, other.answer, "{}", fields);
            prop_assert_eq!(one.evidence, other.evidence, "{}", fields);
            prop_assert_eq!(one.assumptions, other.assumptions, "{}", fields);
            prop_assert_eq!(one.funnel.deduplicated, other.funnel.deduplicated);
        }
    }

    #[test]
    fn sums_of_groups_are_the_totals(documents in prop::collection::vec(document(), 0..40)) {
        for fields in every_reading() {
            let found = answer(&fields, &documents);
            let total = found["total_mentions"].as_u64().unwrap();
            let by_source: u64 = found["by_source"].as_object().unwrap().values().map(|s| s["mentions"].as_u64().unwrap()).sum();
            prop_assert_eq!(by_source, total);
            let is_single = !["hashtag"].contains(&fields["group_by"][0].as_str().unwrap_or_default());
            if let Some(groups) = found.get("groups").filter(|_| is_single) {
                let others = found["others"]["mentions"].as_u64().unwrap_or(0);
                prop_assert_eq!(sum(groups, "mentions") + others + found["undetermined"].as_u64().unwrap(), total);
            }
            if let Some(series) = found.get("series") {
                prop_assert_eq!(sum(series, "mentions"), total);
                for bucket in series.as_array().unwrap() {
                    let felt = bucket.get("sentiment").map(|felt| felt["n"].as_u64().unwrap() + felt["unknown_count"].as_u64().unwrap());
                    prop_assert_eq!(felt.is_some(), found.get("sentiment").is_some());
                    prop_assert!(felt.is_none_or(|felt| json!(felt) == bucket["mentions"]));
                    if fields["group_by"][1] == "source" {
                        prop_assert_eq!(&json!(sum(&bucket["groups"], "mentions")), &bucket["mentions"]);
                    }
                }
            }
            if let Some(entities) = found.get("entities") {
                prop_assert_eq!(&json!(sum(entities, "mentions")), &found["shares"]["of"]);
                prop_assert_eq!(sum(entities, "mentions"), total + found["overlap"].as_u64().unwrap());
            }
            for name in ["groups", "entities", "languages"] {
                if let Some(rows) = found.get(name) {
                    let shares: f64 = rows.as_array().unwrap().iter().map(|row| row["share"].as_f64().unwrap()).sum();
                    prop_assert!(close(shares, found["shares"]["sum"].as_f64().unwrap()), "{} {}", name, found);
                }
            }
            if let Some(felt) = found.get("sentiment") {
                let all = |of: &Value| ["n", "unknown_count"].iter().map(|part| of[*part].as_u64().unwrap()).sum::<u64>();
                let judged = ["positive_count", "neutral_count", "negative_count"];
                prop_assert_eq!(judged.iter().map(|part| felt[*part].as_u64().unwrap()).sum::<u64>(), felt["n"].as_u64().unwrap());
                prop_assert_eq!(all(felt), total);
                prop_assert_eq!(felt["by_source"].as_object().unwrap().values().map(all).sum::<u64>(), total);
            }
            for name in ["posts", "questions"] {
                let Some(rows) = found.get(name) else { continue };
                let similar: Vec<u64> = rows.as_array().unwrap().iter().filter_map(|row| row["similar"].as_u64()).collect();
                prop_assert!(similar.iter().all(|count| *count < total), "{}", found);
            }
            if let Some(languages) = found.get("languages") {
                prop_assert_eq!(sum(languages, "mentions") + found["undetermined"].as_u64().unwrap(), total);
            }
        }
    }

    #[test]
    fn any_text_is_survived_by_every_intent(text in "(\\PC|[ acme?#@'\n]){0,40}", title in prop::option::of("\\PC{0,12}")) {
        let mut document = post("x", "1", "03T00", &format!("{text} acme"), "ann");
        document.title = title;
        document.lang = Some(text.clone());
        document.url = Some(text);
        for fields in every_reading() {
            let found = measured(&fields, with_previous(), std::slice::from_ref(&document));
            prop_assert!(found.answer.total_mentions <= 1);
        }
    }

    #[test]
    fn no_number_of_a_summary_is_made_up(documents in prop::collection::vec(document(), 0..40)) {
        for fields in every_reading().iter().filter(|fields| fields["intent"] == "summary") {
            for told in [told(), with_previous()] {
                let found = measured(fields, told, &documents).answer;
                let text = &found.summary.as_ref().unwrap().text;
                prop_assert_eq!(crate::analysis::prose::check_prose(text, &found), Ok(()), "{}", text);
            }
        }
    }
}
