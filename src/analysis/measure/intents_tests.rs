//! Every intent over a handful of posts whose figures can be counted by hand.

use chrono::Duration;
use serde_json::{Value, json};

use super::*;
use crate::model::document::{Author, Engagement};

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A Monday to the noon of the Thursday of the week after.
pub(super) fn told() -> Measuring {
    Measuring {
        window: TimeRange { from: at("2026-11-02T00:00:00Z"), to: at("2026-11-12T12:00:00Z") },
        previous: None,
        reference: at("2026-11-12T12:00:00Z"),
        timezone: Tz::UTC,
        evidence_limit: 2,
    }
}

pub(super) fn reading(fields: &Value) -> Reading {
    let mut whole = json!({
        "terms": ["Acme"], "exclude": [], "sources": null, "window": null, "group_by": [],
        "metrics": [], "limit": null,
    });
    for (name, value) in fields.as_object().unwrap() {
        whole[name] = value.clone();
    }
    serde_json::from_value(whole).unwrap()
}

pub(super) fn measured(fields: &Value, told: Measuring, documents: &[Document]) -> Measured {
    let mut measure = Measure::new(&reading(fields), told).unwrap();
    for document in documents {
        measure.add(document);
    }
    measure.finish(&["x".to_owned(), "reddit".to_owned()])
}

pub(super) fn measured_together(
    fields: &Value,
    told: Measuring,
    documents: &[Document],
) -> Measured {
    let mut measure = Measure::new(&reading(fields), told).unwrap();
    measure.add_all(documents);
    measure.finish(&["x".to_owned(), "reddit".to_owned()])
}

pub(super) fn answer(fields: &Value, documents: &[Document]) -> Value {
    serde_json::to_value(measured(fields, told(), documents).answer).unwrap()
}

pub(super) fn post(source: &str, id: &str, day: &str, text: &str, author: &str) -> Document {
    Document {
        source: source.to_owned(),
        id: id.to_owned(),
        url: Some(format!("https://{source}.example/{id}")),
        text: text.to_owned(),
        author: Author {
            handle: (!author.is_empty()).then(|| author.to_owned()),
            ..Author::default()
        },
        published_at: Some(at(&format!("2026-11-{day}:00:00Z"))),
        ..Document::default()
    }
}

fn likes(likes: i64, document: Document) -> Document {
    Document { engagement: Engagement { likes: Some(likes), ..Engagement::default() }, ..document }
}

fn posts() -> Vec<Document> {
    vec![
        likes(5, post("x", "1", "02T10", "Acme launch! #Launch", "ann")),
        likes(9, post("x", "2", "02T11", "Is Acme down? #launch #outage", "bob")),
        post("x", "3", "04T09", "Acme and Globex, billing billing", "ann"),
        likes(5, post("reddit", "4", "04T10", "globex or acme for billing", "cleo")),
        likes(-1, post("reddit", "5", "11T23", "Acme see https://www.acme.com/a?utm_source=x", "")),
        post("reddit", "6", "11T23", "Globex only", "dan"),
        post("x", "7", "13T00", "Acme, too late", "eve"),
    ]
}

#[test]
fn a_count_says_what_it_always_said() {
    let wanted = json!({
        "total_mentions": 5, "unique_users": 3, "reposts": 0, "unknown_authors": 1,
        "date_range": {"from": "2026-11-02", "to": "2026-11-12"},
        "by_source": {
            "reddit": {"mentions": 2, "unique_users": 1}, "x": {"mentions": 3, "unique_users": 2},
        },
    });
    let found = answer(&json!({"intent": "count", "group_by": ["source"]}), &posts());
    assert_eq!(found.to_string(), wanted.to_string(), "and nothing else, in this order");
}

#[test]
fn exists_says_since_when() {
    let found = answer(&json!({"intent": "exists"}), &posts());
    assert_eq!(
        (&found["found"], &found["first_seen"]),
        (&json!(true), &json!("2026-11-02T10:00:00Z"))
    );
    assert_eq!(ids(&found["sample"]), ["5", "4", "3"]);
    let none = answer(&json!({"intent": "exists"}), &[]);
    assert_eq!((&none["found"], &none["sample"]), (&json!(false), &json!([])));
    assert_eq!(none.get("first_seen"), None);
}

fn ids(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

fn column<'a>(rows: &'a Value, names: [&str; 2]) -> Vec<[&'a Value; 2]> {
    rows.as_array().unwrap().iter().map(|row| names.map(|name| &row[name])).collect()
}

#[test]
fn a_breakdown_adds_up_to_all_mentions() {
    let found = answer(&json!({"intent": "breakdown", "group_by": ["source"]}), &posts());
    assert_eq!(
        found["groups"],
        json!([
            {"key": "x", "mentions": 3, "unique_users": 2, "share": 0.6},
            {"key": "reddit", "mentions": 2, "unique_users": 1, "share": 0.4},
        ])
    );
    assert_eq!(
        (&found["undetermined"], &found["shares"]),
        (&json!(0), &json!({"of": 5, "sum": 1.0}))
    );
    let mut documents = posts();
    documents[0].community = Some("r/One".to_owned());
    documents[2].community = Some("one".to_owned());
    documents[3].community = Some("two".to_owned());
    let fields = json!({"intent": "breakdown", "group_by": ["community"], "limit": 1});
    let found = answer(&fields, &documents);
    assert_eq!(column(&found["groups"], ["key", "mentions"]), [[&json!("one"), &json!(2)]]);
    assert_eq!(found["others"], json!({"groups": 1, "mentions": 1}));
    assert_eq!((&found["undetermined"], &found["shares"]["sum"]), (&json!(2), &json!(0.4)));
}

#[test]
fn a_breakdown_by_what_a_post_may_have_several_of() {
    let by = |group: &str| {
        let found = answer(&json!({"intent": "breakdown", "group_by": [group]}), &posts());
        (found["groups"].clone(), found["undetermined"].clone(), found["shares"]["sum"].clone())
    };
    let (groups, undetermined, sum) = by("hashtag");
    assert_eq!(column(&groups, ["key", "mentions"])[0], [&json!("#launch"), &json!(2)]);
    assert_eq!((undetermined, sum), (json!(3), json!(0.6)));
    assert_eq!(by("domain").0[0]["key"], "acme.com");
    assert_eq!(by("link").0[0]["key"], "https://www.acme.com/a");
    assert_eq!(by("kind").0[0]["key"], "post");
    assert_eq!(by("author").0[0]["key"], "x/ann");
    assert_eq!(by("country").1, 5);
}

#[test]
fn a_trend_has_no_holes_and_says_what_is_cut() {
    let found = answer(&json!({"intent": "trend", "group_by": ["day", "source"]}), &posts());
    let series = found["series"].as_array().unwrap();
    assert_eq!(series.len(), 11);
    assert_eq!(
        series[0],
        json!({
            "start": "2026-11-02T00:00:00Z", "end": "2026-11-03T00:00:00Z",
            "mentions": 2, "unique_users": 2, "partial": false,
            "groups": [
                {"key": "reddit", "mentions": 0, "unique_users": 0, "share": 0.0},
                {"key": "x", "mentions": 2, "unique_users": 2, "share": 1.0},
            ],
        })
    );
    assert_eq!((&series[1]["mentions"], &series[2]["mentions"]), (&json!(0), &json!(2)));
    let cut: Vec<_> = series.iter().filter(|bucket| bucket["partial"] == true).collect();
    assert_eq!(cut.len(), 1);
    assert_eq!(cut[0]["end"], "2026-11-12T12:00:00Z");
    let west = Measuring { timezone: Tz::America__New_York, ..told() };
    let found = measured(&json!({"intent": "trend", "group_by": ["day"]}), west, &posts());
    let series = found.answer.series.unwrap();
    assert_eq!((series[0].start, series[0].partial), (Some(at("2026-11-02T00:00:00Z")), true));
    assert_eq!((series[0].mentions, series[1].mentions), (0, 2));
}

#[test]
fn weekdays_are_seven_whatever_the_window() {
    let found = answer(&json!({"intent": "trend", "group_by": ["weekday"]}), &posts());
    let days = column(&found["series"], ["weekday", "mentions"]);
    assert_eq!(days.len(), 7);
    assert_eq!(days[0], [&json!("monday"), &json!(2)]);
    assert_eq!(days[2], [&json!("wednesday"), &json!(3)]);
    assert_eq!(
        (&found["series"][3]["partial"], &found["series"][4]["partial"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(found["series"][0].get("start"), None);
}

#[test]
fn top_posts_by_what_is_known_and_unknown_last() {
    let fields =
        |sort: &str| json!({"intent": "top_posts", "metrics": ["likes"], "sort": sort, "limit": 4});
    let found = answer(&fields("likes desc"), &posts());
    assert_eq!(ids(&found["posts"]), ["2", "4", "1", "5"], "equals: the newer first");
    assert_eq!(found["posts"][0]["metric"], json!({"by": "likes", "value": 9}));
    assert_eq!(found["posts"][0]["rank"], 1);
    assert_eq!(
        found["posts"][0]["highlights"][0],
        json!({"term": "Acme", "field": "text", "start": 3, "end": 7})
    );
    let found = answer(&fields("likes asc"), &posts());
    assert_eq!(ids(&found["posts"]), ["5", "4", "1", "2"]);
    let all = answer(&json!({"intent": "top_posts", "metrics": ["likes"]}), &posts());
    assert_eq!(ids(&all["posts"])[4], "3");
    assert_eq!(all["posts"][4]["metric"], json!({"by": "likes", "value": null}));
    assert_eq!(all["total_mentions"], 5, "a limit caps no figure");
}

#[test]
fn a_list_is_in_its_order_and_no_longer_than_asked() {
    let newest = answer(&json!({"intent": "list", "limit": 2}), &posts());
    assert_eq!(ids(&newest["posts"]), ["5", "4"]);
    assert_eq!(newest["posts"][0].get("metric"), None);
    let oldest = json!({"intent": "list", "sort": "published_at asc"});
    assert_eq!(ids(&answer(&oldest, &posts())["posts"]), ["1", "2", "3", "4", "5"]);
    let many: Vec<_> = (0..60)
        .map(|id| post("x", &id.to_string(), "03T00", &format!("acme {id}"), "ann"))
        .collect();
    assert_eq!(ids(&answer(&json!({"intent": "list"}), &many)["posts"]).len(), 50);
    assert_eq!(ids(&answer(&json!({"intent": "top_posts"}), &many)["posts"]).len(), 10);
}

#[test]
fn top_authors_by_mentions_or_reactions() {
    let found = answer(&json!({"intent": "top_authors"}), &posts());
    assert_eq!(
        found["authors"][0],
        json!({
            "rank": 1, "source": "x", "author": {"handle": "ann"}, "mentions": 2, "engagement": 5,
            "metric": {"by": "mentions", "value": 2}, "sample_url": "https://x.example/3",
        })
    );
    assert_eq!(found["authors"].as_array().unwrap().len(), 3);
    let fields = json!({"intent": "top_authors", "metrics": ["engagement"], "limit": 2});
    let found = answer(&fields, &posts());
    let handles: Vec<_> =
        found["authors"].as_array().unwrap().iter().map(|a| &a["author"]["handle"]).collect();
    assert_eq!(handles, ["bob", "ann"]);
}

#[test]
fn compared_terms_share_what_names_several() {
    let fields =
        json!({"intent": "compare", "terms": ["Globex", "Acme"], "group_by": ["term", "day"]});
    let measured = measured(&fields, told(), &posts());
    let found = serde_json::to_value(&measured.answer).unwrap();
    assert_eq!(
        found["entities"],
        json!([
            {"name": "Globex", "mentions": 3, "unique_users": 3, "share": 0.375},
            {"name": "Acme", "mentions": 5, "unique_users": 3, "share": 0.625},
        ])
    );
    assert_eq!((&found["overlap"], &found["shares"]), (&json!(2), &json!({"of": 8, "sum": 1.0})));
    assert_eq!(found["total_mentions"], 6);
    assert!(measured.assumptions.iter().any(|said| said.contains("count for each of them: 2")));
    let third = &found["series"][2]["groups"];
    assert_eq!(
        column(third, ["key", "mentions"]),
        [[&json!("Globex"), &json!(2)], [&json!("Acme"), &json!(2)]]
    );
}

#[test]
fn compared_sources_have_an_engagement_a_post() {
    let fields = json!({"intent": "compare", "group_by": ["source"], "metrics": ["avg_engagement", "mentions"]});
    let found = answer(&fields, &posts());
    assert_eq!(
        found["entities"],
        json!([
            {"name": "x", "mentions": 3, "unique_users": 2, "share": 0.6, "avg_engagement": 7.0},
            {"name": "reddit", "mentions": 2, "unique_users": 1, "share": 0.4, "avg_engagement": 2.0},
        ])
    );
    assert_eq!(found["overlap"], 0);
}

#[test]
fn keywords_and_hashtags_are_not_the_question() {
    let found = answer(&json!({"intent": "keywords", "limit": 3}), &posts());
    assert_eq!(
        found["items"],
        json!([
            {"term": "billing", "count": 3, "documents": 2, "lift": null},
            {"term": "launch", "count": 3, "documents": 2, "lift": null},
            {"term": "globex", "count": 2, "documents": 2, "lift": null},
        ])
    );
    let tags = answer(&json!({"intent": "hashtags", "terms": ["Acme", "outage"]}), &posts());
    assert_eq!(
        tags["items"],
        json!([{"term": "#launch", "count": 2, "documents": 2, "lift": null}])
    );
    let fields = json!({"intent": "keywords", "filters": {"min_likes": 5}});
    let mut documents = posts();
    // A copy that does not pass makes no other post of one that does.
    documents.push(likes(1, post("x", "1", "02T09", "Acme launch", "ann")));
    let found = answer(&fields, &documents);
    let launch = found["items"].as_array().unwrap().iter().find(|i| i["term"] == "launch").unwrap();
    // 2 of 3 against 0 of 1, half a post added on each side.
    assert_eq!(launch["lift"], 2.5);
}

#[test]
fn questions_are_counted_alone() {
    let found = answer(&json!({"intent": "questions"}), &posts());
    assert_eq!(found["total_mentions"], 1);
    assert_eq!(
        found["questions"],
        json!([{
            "text": "Is Acme down?", "url": "https://x.example/2", "answered": null,
            "source": "x", "id": "2", "published_at": "2026-11-02T11:00:00Z", "similar": 0,
        }])
    );
}

#[test]
fn languages_are_the_platforms_and_never_guessed() {
    let mut documents = posts();
    documents[0].lang = Some("en-US".to_owned());
    documents[1].lang = Some("EN".to_owned());
    documents[2].lang = Some("de".to_owned());
    documents[3].lang = Some("und".to_owned());
    let found = answer(&json!({"intent": "languages"}), &documents);
    assert_eq!(
        found["languages"],
        json!([
            {"code": "en", "mentions": 2, "share": 0.4}, {"code": "de", "mentions": 1, "share": 0.2},
        ])
    );
    assert_eq!(
        (&found["undetermined"], &found["shares"]),
        (&json!(2), &json!({"of": 5, "sum": 0.6}))
    );
    assert_eq!(found.get("groups"), None);
}

#[test]
fn changes_against_the_time_before() {
    let told = Measuring {
        window: TimeRange { from: at("2026-11-04T00:00:00Z"), ..told().window },
        previous: Some(TimeRange {
            from: at("2026-11-02T00:00:00Z"),
            to: at("2026-11-04T00:00:00Z"),
        }),
        ..told()
    };
    assert_eq!(told.span().from, at("2026-11-02T00:00:00Z"));
    let mut documents = posts();
    // The same post under two dates is in both times.
    documents.push(post("reddit", "5", "03T00", "acme", "cleo"));
    let changes = measured(&json!({"intent": "changes"}), told, &documents).answer.changes.unwrap();
    let found = serde_json::to_value(&changes).unwrap();
    assert_eq!(found["current"], json!({"mentions": 3, "unique_users": 2}));
    assert_eq!(found["previous"], json!({"mentions": 3, "unique_users": 3}));
    assert_eq!(found["delta"], json!({"mentions": 0, "unique_users": -1}));
    assert_eq!(found["pct"], json!({"mentions": 0.0, "unique_users": -33.333_333}));
    assert_eq!((&found["new_users"], ids(&found["new"])), (&json!(0), vec!["4", "3"]));
}

#[test]
fn changes_without_a_time_before_and_against_nothing() {
    let fields = || json!({"intent": "changes", "metrics": ["delta", "new_users"]});
    let first = measured(&fields(), told(), &posts());
    let found = serde_json::to_value(first.answer.changes.unwrap()).unwrap();
    let nothing = json!(null);
    assert_eq!([&found["previous"], &found["delta"], &found["pct"]], [&nothing; 3]);
    assert_eq!(found["current"]["mentions"], 5);
    assert!(first.assumptions.iter().any(|said| said.contains("new users cannot be told")));
    let before = TimeRange { from: at("2026-10-01T00:00:00Z"), to: at("2026-10-02T00:00:00Z") };
    let told = Measuring { previous: Some(before), ..told() };
    let empty = measured(&fields(), told, &posts()).answer.changes.unwrap();
    assert_eq!(empty.previous, Some(crate::model::result::SourceCount::default()));
    assert_eq!(empty.pct.unwrap().mentions, None, "nothing grows by no percent");
}

/// As many posts on each day from 2 November.
fn daily(counts: &[usize]) -> Vec<Document> {
    let start = at("2026-11-02T00:00:00Z");
    let day = |(day, count): (usize, &usize)| {
        let begin = start + Duration::days(i64::try_from(day).unwrap());
        (0..*count)
            .map(|n| Document {
                published_at: Some(begin + Duration::minutes(i64::try_from(n).unwrap())),
                ..likes(
                    i64::try_from(n).unwrap(),
                    post("x", &format!("{day}-{n}"), "02T00", "acme #sale", &format!("u{n}")),
                )
            })
            .collect::<Vec<_>>()
    };
    counts.iter().enumerate().flat_map(day).collect()
}

fn spike_of(counts: &[usize]) -> Value {
    answer(&json!({"intent": "spike", "limit": 2}), &daily(counts))["spike"].clone()
}

#[test]
fn a_spike_stands_out_of_what_is_usual() {
    let found = spike_of(&[5, 6, 4, 5, 40, 6, 5, 4, 5, 6]);
    assert_eq!((&found["is_spike"], &found["value"]), (&json!(true), &json!(40)));
    assert_eq!(found["start"], "2026-11-06T00:00:00Z");
    assert_eq!((&found["baseline_median"], &found["baseline_mad"]), (&json!(5.0), &json!(1.0)));
    // (40 - 5) / √5: chance alone spreads more than 1.4826 · 1.
    assert_eq!(found["z"], 15.65);
    assert_eq!(found["buckets"].as_array().unwrap().len(), 1);
    assert_eq!(
        found["drivers"][0],
        json!({"kind": "hashtag", "key": "#sale", "mentions": 40, "usual": 5.0})
    );
    assert_eq!(found["drivers"][1]["key"], "x");
    assert_eq!(ids(&found["posts"]), ["4-39", "4-38"]);
}

#[test]
fn posts_of_a_spike_are_the_copies_that_are_counted() {
    let mut documents = daily(&[5, 6, 4, 5, 40, 6, 5, 4, 5, 6]);
    documents.push(likes(1000, post("x", "4-39", "06T00", "acme once", "u39")));
    let found = answer(&json!({"intent": "spike", "limit": 2}), &documents)["spike"].clone();
    assert_eq!((ids(&found["posts"]), &found["value"]), (vec!["4-39", "4-38"], &json!(40)));
    assert_eq!(found["posts"][0]["metric"], json!({"by": "engagement", "value": 39}));
}

#[test]
fn two_spikes_do_not_hide_each_other_and_few_posts_are_none() {
    let found = spike_of(&[5, 60, 4, 5, 40, 6, 5, 4, 5, 6]);
    assert_eq!((&found["value"], found["buckets"].as_array().unwrap().len()), (&json!(60), 2));
    let few = spike_of(&[0, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
    assert_eq!(
        (&few["is_spike"], &few["value"]),
        (&json!(false), &json!(9)),
        "fewer than the minimum"
    );
    let flat = spike_of(&[50, 52, 47, 55, 49, 51, 58, 50, 48, 50]);
    assert_eq!(flat["is_spike"], false);
    assert_eq!(spike_of(&[])["is_spike"], false);
}

#[test]
fn weekdays_are_held_against_their_like_where_there_are_enough() {
    // Six weeks of quiet days and loud Mondays.
    let counts: Vec<usize> = (0..42).map(|day| if day % 7 == 0 { 40 } else { 4 }).collect();
    let told = Measuring {
        window: TimeRange { from: at("2026-11-02T00:00:00Z"), to: at("2026-12-14T00:00:00Z") },
        reference: at("2026-12-14T00:00:00Z"),
        ..told()
    };
    let measured = measured(&json!({"intent": "spike"}), told, &daily(&counts));
    assert!(!measured.answer.spike.unwrap().is_spike, "a Monday like every Monday");
}

#[test]
fn a_window_of_few_days_says_nothing_of_what_is_usual() {
    let told = Measuring {
        window: TimeRange { from: at("2026-11-02T00:00:00Z"), to: at("2026-11-06T00:00:00Z") },
        ..told()
    };
    let measured =
        measured(&json!({"intent": "spike", "group_by": ["day"]}), told, &daily(&[1, 1, 1, 50]));
    let spike = measured.answer.spike.unwrap();
    assert_eq!((spike.is_spike, spike.value, spike.z), (false, 50, None));
    assert!(measured.assumptions.iter().any(|said| said.contains("too few complete spans")));
}

#[test]
fn what_a_source_does_not_say_passes_no_filter_and_is_said() {
    let fields = json!({"intent": "count", "filters": {"min_likes": 5, "language": ["en"]}});
    let mut documents = posts();
    documents[0].lang = Some("en".to_owned());
    documents[1].lang = Some("de".to_owned());
    documents.push(documents[3].clone());
    let measured = measured(&fields, told(), &documents);
    assert_eq!(measured.answer.total_mentions, 1);
    let said = |what: &str| measured.assumptions.iter().any(|said| said == what);
    // The third says neither; the fourth, which came twice, has likes; the fifth has too few.
    assert!(said("matching posts whose source does not say their language were left out: 2"));
    assert!(said("matching posts whose source does not say their likes were left out: 1"));
    assert_eq!(measured.funnel.matched, 1);
}
