//! Random documents, written as uploads and read back.

use std::fmt::Write as _;

use chrono::DateTime;
use proptest::option;
use proptest::prelude::*;

use super::run;
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::sources::dataset::Format;

fn prose() -> impl Strategy<Value = String> {
    let raw = prop_oneof![r#"[a-z,;"'\r\n\t äß😀]{1,30}"#, r"\PC{1,30}"];
    raw.prop_map(|text| text.trim_end().to_owned())
        .prop_filter("neither empty nor white space", |text| !text.trim().is_empty())
}

fn word() -> impl Strategy<Value = String> {
    r#"[a-zA-Z0-9ä😀,"_/:]{1,12}"#
}

fn counter() -> impl Strategy<Value = Option<i64>> {
    option::of(0..=i64::MAX)
}

prop_compose! {
    fn author()(id in option::of(word()), handle in option::of(word()), name in option::of(word()))
        -> Author { Author { id, handle, name, verified: None } }
}

prop_compose! {
    fn engagement()(likes in counter(), replies in counter(), shares in counter(), views in counter())
        -> Engagement { Engagement { likes, replies, shares, views } }
}

fn any_kind() -> impl Strategy<Value = DocumentKind> {
    use DocumentKind::{Answer, Article, Comment, Issue, Post, Quote, Reply, Repost, Video};
    prop::sample::select(vec![Post, Comment, Reply, Repost, Quote, Article, Video, Issue, Answer])
}

prop_compose! {
    fn document()(
        id in word(), url in option::of(word()), kind in any_kind(), author in author(),
        title in option::of(prose()), text in prose(), lang in option::of(word()),
        millis in option::of(-2_000_000_000_000_i64..250_000_000_000_000),
        engagement in engagement(),
    ) -> Document {
        Document {
            source: "dataset:posts".to_owned(),
            id, url, kind, author, title, text, lang, engagement,
            published_at: millis.and_then(DateTime::from_timestamp_millis),
            ..Document::default()
        }
    }
}

const HEADER: [&str; 14] = [
    "id",
    "url",
    "kind",
    "author",
    "author_id",
    "author_name",
    "title",
    "text",
    "lang",
    "published_at",
    "likes",
    "replies",
    "shares",
    "views",
];

fn csv_row(document: &Document) -> [String; 14] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let number = |value: Option<i64>| value.map_or(String::new(), |value| value.to_string());
    let kind = serde_json::to_value(document.kind).unwrap();
    [
        document.id.clone(),
        text(&document.url),
        kind.as_str().unwrap().to_owned(),
        text(&document.author.handle),
        text(&document.author.id),
        text(&document.author.name),
        text(&document.title),
        document.text.clone(),
        text(&document.lang),
        document.published_at.map_or(String::new(), |at| at.to_rfc3339()),
        number(document.engagement.likes),
        number(document.engagement.replies),
        number(document.engagement.shares),
        number(document.engagement.views),
    ]
}

proptest! {
    /// Documents written as CSV are read back, quotes, line breaks and all.
    #[test]
    fn csv_round_trip(documents in prop::collection::vec(document(), 1..8), crlf: bool) {
        let terminator = if crlf { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') };
        let mut writer = ::csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(HEADER).unwrap();
        for document in &documents {
            writer.write_record(csv_row(document)).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let (report, read) = run(&file, Format::Csv, &[]).unwrap();
        prop_assert_eq!(report.documents, documents.len() as u64);
        prop_assert_eq!(read, documents);
    }

    /// Our own documents are read back from NDJSON.
    #[test]
    fn ndjson_round_trip(documents in prop::collection::vec(document(), 1..8)) {
        let mut file = String::new();
        for document in &documents {
            writeln!(file, "{}", serde_json::to_string(document).unwrap()).unwrap();
        }
        let (_, read) = run(file.as_bytes(), Format::Ndjson, &[]).unwrap();
        prop_assert_eq!(read, documents);
    }

    /// Any bytes are answered, the same way each time, and rows are never lost count of.
    #[test]
    fn any_bytes_are_answered(
        tail in prop::collection::vec(any::<u8>(), 0..120),
        skip: bool,
        csv_format: bool,
    ) {
        let format = if csv_format { Format::Csv } else { Format::Ndjson };
        let mut file = if csv_format { b"text,date,likes\n".to_vec() } else { b"{\"text\":\"a\"}\n".to_vec() };
        file.extend(&tail);
        let pairs = [("on_error", if skip { "skip" } else { "reject" })];
        let first = run(&file, format, &pairs);
        let second = run(&file, format, &pairs);
        match (first, second) {
            (Ok(first), Ok(second)) => {
                prop_assert_eq!(first.0.rows, first.0.documents + first.0.rejected);
                prop_assert_eq!(first.1.len() as u64, first.0.documents);
                prop_assert_eq!(first, second);
            }
            (Err(first), Err(second)) => {
                prop_assert_eq!(first.report(), second.report());
                prop_assert_eq!(first.to_string(), second.to_string());
            }
            _ => prop_assert!(false, "two outcomes for one file"),
        }
    }
}
