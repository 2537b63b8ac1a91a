//! Whole uploads, in and out.

mod round_trip;

use std::io::Cursor;

use super::*;
use crate::model::document::{Author, Document, DocumentKind};

type Outcome = Result<(ImportReport, Vec<Document>), ImportError>;

fn run(file: &[u8], format: Format, pairs: &[(&str, &str)]) -> Outcome {
    let (mapping, options) = Mapping::from_pairs(pairs.iter().copied()).unwrap();
    let mut output = Vec::new();
    let mut input = Cursor::new(file);
    let report = import(&mut input, &mut output, "dataset:posts", format, &mapping, &options)?;
    let lines = std::str::from_utf8(&output).unwrap().lines();
    let documents = lines.map(|line| serde_json::from_str(line).unwrap());
    Ok((report, documents.collect()))
}

fn csv(file: &str, pairs: &[(&str, &str)]) -> Outcome {
    run(file.as_bytes(), Format::Csv, pairs)
}

fn ndjson(file: &str, pairs: &[(&str, &str)]) -> Outcome {
    run(file.as_bytes(), Format::Ndjson, pairs)
}

/// Line, code and column of every row error of an upload that was refused for its rows.
fn row_errors(outcome: Outcome) -> Vec<(u64, RowCode, Option<String>)> {
    let Err(ImportError::Rows(report)) = outcome else {
        panic!("{outcome:?}");
    };
    let errors = report.errors.into_iter();
    errors.map(|error| (error.line, error.code, error.column)).collect()
}

#[test]
fn a_spreadsheet_export() {
    let file = "\u{feff}id;Created At;User Name;Body;Score;;\r\n\
        1;8/4/2016 11:52;@ann;\"Hello; \"\"you\"\"\r\n&amp; all  \";1,234;;\r\n\
        \r\n;;;;;;\r\n\
        2;8/14/2016 1:00 PM;;  second;;x;\r\n";
    let (report, documents) = csv(file, &[]).unwrap();
    assert_eq!((report.rows, report.documents, report.undated), (2, 2, 0));
    assert_eq!(report.date_order, Some(DateOrder::Mdy));
    assert_eq!(report.columns.get(&Field::PublishedAt).map(String::as_str), Some("Created At"));
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    let [first, second] = &documents[..] else {
        panic!("{documents:?}");
    };
    assert_eq!(first.source, "dataset:posts");
    assert_eq!(first.id, "1");
    assert_eq!(first.author.handle.as_deref(), Some("ann"));
    assert_eq!(first.text, "Hello; \"you\"\r\n&amp; all");
    assert_eq!(first.engagement.likes, Some(1234));
    assert_eq!(first.published_at.unwrap().to_rfc3339(), "2016-08-04T11:52:00+00:00");
    assert_eq!(second.text, "  second");
    assert_eq!(second.author, Author::default());
    assert_eq!(second.engagement.likes, None);
    assert_eq!(second.published_at.unwrap().to_rfc3339(), "2016-08-14T13:00:00+00:00");
}

#[test]
fn a_platform_export_in_json_lines() {
    let file = r#"
{"id": 540000000000000001, "full_text": "one", "user": {"screen_name": "ann", "id": 7, "name": "Ann"}, "created_at": "Mon Dec 01 19:30:03 +0000 2014", "favorite_count": 3, "type": "retweet"}

{"id": "2", "full_text": "two", "created_at": 1470311520.5, "favorite_count": -1, "type": "whim", "extra": [1]}
"#;
    let (report, documents) = ndjson(file, &[("author", "user.screen_name")]).unwrap();
    assert_eq!(documents[0].id, "540000000000000001");
    assert_eq!(documents[0].kind, DocumentKind::Repost);
    let author = Author {
        id: Some("7".to_owned()),
        handle: Some("ann".to_owned()),
        name: Some("Ann".to_owned()),
        ..Author::default()
    };
    assert_eq!(documents[0].author, author);
    assert_eq!(documents[0].engagement.likes, Some(3));
    assert_eq!(documents[1].published_at.unwrap().timestamp_millis(), 1_470_311_520_500);
    assert_eq!(documents[1].engagement.likes, None);
    assert_eq!(documents[1].kind, DocumentKind::Post);
    assert_eq!(report.columns.get(&Field::Author).map(String::as_str), Some("user.screen_name"));
    assert_eq!(report.warnings.len(), 2, "{:?}", report.warnings);
}

#[test]
fn every_bad_row_of_a_csv_file_is_named_by_its_line() {
    let file = "id,text,date,likes,kind\n\
        1,\"fine\n\non three lines\",2016-01-02,1,post\n\
        2,too few\n\
        3,too,2016-01-02,1,post,many\n\
        4,extra empty ones are fine,2016-01-02,1,post,,\n\
        5,,2016-01-02,1,post\n\
        6,\"bad\ndate\",soon,1,post\n\
        7,bad count,,many,post\n\
        8,bad kind,,1,whim\n\
        9,n\0l,,1,post\n\
        10,\"open,2016-01-02,1,post\n\
        11,swallowed,,,\n";
    let column = |name: &str| Some(name.to_owned());
    let errors = row_errors(csv(file, &[("likes", "likes"), ("kind", "kind")]));
    let expected = vec![
        (5, RowCode::RowFieldCount, None),
        (6, RowCode::RowFieldCount, None),
        (8, RowCode::RowEmpty, None),
        (9, RowCode::RowDateInvalid, column("date")),
        (11, RowCode::RowNumberInvalid, column("likes")),
        (12, RowCode::RowKindUnknown, column("kind")),
        (13, RowCode::RowNul, None),
        (14, RowCode::RowQuoteUnterminated, None),
    ];
    assert_eq!(errors, expected);
}

#[test]
fn every_bad_line_of_an_ndjson_file_is_named() {
    let mut file = br#"{"text": "fine"}
{"text": "cut
[{"text": "in a list"}]
"text"

{"title": " ", "text": null}
{"text": "a\u0000b"}
{"text": ["a"]}
{"text": true}
"#
    .to_vec();
    file.extend(b"{\"text\": \"\xFF\"}\n{\"text\": \"");
    file.extend(std::iter::repeat_n(b'x', MAX_ROW_BYTES));
    file.extend(b"\"}\n{\"text\": \"fine\"}");
    let text = || Some("text".to_owned());
    let errors = row_errors(run(&file, Format::Ndjson, &[]));
    let expected = vec![
        (2, RowCode::RowJsonInvalid, None),
        (3, RowCode::RowNotObject, None),
        (4, RowCode::RowNotObject, None),
        (6, RowCode::RowEmpty, None),
        (7, RowCode::RowNul, text()),
        (8, RowCode::RowValueType, text()),
        (9, RowCode::RowValueType, text()),
        (10, RowCode::RowNotUtf8, None),
        (11, RowCode::RowTooLarge, None),
    ];
    assert_eq!(errors, expected);

    let (report, documents) = run(&file, Format::Ndjson, &[("on_error", "skip")]).unwrap();
    assert_eq!((report.rows, report.documents, report.rejected), (11, 2, 9));
    assert_eq!(documents.len(), 2);
}

#[test]
fn bytes_that_are_utf8_only_across_fields_are_refused() {
    let errors = row_errors(run(b"text,url\na\xC3,\xA9b\nc,\n", Format::Csv, &[]));
    assert_eq!(errors, vec![(2, RowCode::RowNotUtf8, None)]);
}

#[test]
fn all_errors_are_counted_and_a_hundred_listed() {
    let mut file = "text,date\n".to_owned();
    for _ in 0..250 {
        file.push_str("a,soon\nb,2016-01-02\n");
    }
    let error = csv(&file, &[]).unwrap_err();
    assert_eq!(error.code(), "DATASET_ROWS_INVALID");
    assert!(error.to_string().starts_with("250 of 500 rows"), "{error}");
    let report = error.report().unwrap();
    assert_eq!((report.rejected, report.documents, report.rows), (250, 250, 500));
    assert_eq!(report.errors.len(), MAX_ERRORS);
    assert_eq!(report.errors.last().map(|error| error.line), Some(200));

    let (report, documents) = csv(&file, &[("on_error", "skip")]).unwrap();
    assert_eq!((report.rejected, documents.len()), (250, 250));
}

#[test]
fn an_upload_without_a_good_row_is_refused_even_when_skipping() {
    let error = csv("text,date\na,soon\n", &[("on_error", "skip")]).unwrap_err();
    assert_eq!(error.code(), "DATASET_ROWS_INVALID");
}

#[test]
fn uploads_refused_as_a_whole() {
    type Case = (&'static [u8], Format, &'static [(&'static str, &'static str)], &'static str);
    let table: [Case; 10] = [
        (b"", Format::Csv, &[], "DATASET_EMPTY"),
        (b"\n\r\n", Format::Csv, &[], "DATASET_EMPTY"),
        (b"text,date\n", Format::Csv, &[], "DATASET_EMPTY"),
        (b"\n \n", Format::Ndjson, &[], "DATASET_EMPTY"),
        (b"\xFF\xFEt\0", Format::Csv, &[], "DATASET_NOT_TEXT"),
        (b"te\xFFxt\na\n", Format::Csv, &[], "DATASET_HEADER_INVALID"),
        (b"\"text\na\n", Format::Csv, &[], "DATASET_HEADER_INVALID"),
        (b"a,b\n1,2\n", Format::Csv, &[], "DATASET_TEXT_COLUMN_MISSING"),
        (b"{\"a\":1}", Format::Ndjson, &[], "DATASET_TEXT_COLUMN_MISSING"),
        (b"{\"text\":1}", Format::Ndjson, &[("url", "href")], "DATASET_COLUMN_UNKNOWN"),
    ];
    for (file, format, pairs, code) in table {
        let error = run(file, format, pairs).unwrap_err();
        assert_eq!(error.code(), code, "{:?}", String::from_utf8_lossy(file));
    }
}

#[test]
fn the_order_of_dates() {
    let file = |first: &str, second: &str| format!("text,date\na,{first}\nb,{second}\n");
    let day = |outcome: Outcome| {
        let (report, documents) = outcome.unwrap();
        let at = documents[0].published_at.unwrap();
        (at.format("%m-%d").to_string(), report.date_order, report.warnings.len())
    };
    let mdy = ("04-08".to_owned(), Some(DateOrder::Mdy), 0);
    let dmy = ("08-04".to_owned(), Some(DateOrder::Dmy), 0);
    assert_eq!(day(csv(&file("4/8/2016", "4/18/2016"), &[])), mdy);
    assert_eq!(day(csv(&file("4/8/2016", "18/4/2016"), &[])), dmy);
    assert_eq!(day(csv(&file("4.8.2016", "5.8.2016"), &[])), dmy);
    let assumed = ("04-08".to_owned(), Some(DateOrder::Mdy), 1);
    assert_eq!(day(csv(&file("4/8/2016", "5/8/2016"), &[])), assumed);
    assert_eq!(day(csv(&file("4/8/2016", "5/8/2016"), &[("date_order", "dmy")])), dmy);

    let mixed = file("14/8/2016", "8/14/2016");
    let error = csv(&mixed, &[]).unwrap_err();
    assert_eq!(error.code(), "DATASET_DATE_ORDER_MIXED");
    assert!(error.to_string().contains("line 2 has the day first"), "{error}");
    assert!(error.to_string().contains("line 3"), "{error}");
    let date = || Some("date".to_owned());
    let errors = row_errors(csv(&mixed, &[("date_order", "dmy")]));
    assert_eq!(errors, vec![(3, RowCode::RowDateInvalid, date())]);
}

#[test]
fn the_order_of_dates_in_ndjson_is_that_of_the_column_in_use() {
    // The other column of dates, and the rows that are no JSON, say nothing about it.
    let file = "{\"text\":\"a\",\"when\":\"4/8/2016\",\"date\":\"4/18/2016\"}\nbroken\n\
        {\"text\":\"b\",\"when\":\"18/4/2016\"}\n";
    let pairs = [("published_at", "When"), ("on_error", "skip")];
    let (report, documents) = ndjson(file, &pairs).unwrap();
    assert_eq!(report.date_order, Some(DateOrder::Dmy));
    let at = documents[0].published_at.unwrap();
    assert_eq!(at.to_rfc3339(), "2016-08-04T00:00:00+00:00");
}

#[test]
fn zones_and_documents_without_a_date() {
    let file = "text,time\na,2016-08-04 11:52\nb,\nc,NaN\n";
    let (report, documents) = csv(file, &[("timezone", "Europe/Berlin")]).unwrap();
    assert_eq!(report.undated, 2);
    assert_eq!(documents[0].published_at.unwrap().to_rfc3339(), "2016-08-04T09:52:00+00:00");

    let (report, _) = csv(file, &[("published_at", "")]).unwrap();
    assert_eq!(report.undated, 3);
    assert!(report.warnings[0].contains("published_at"), "{:?}", report.warnings);
}

#[test]
fn ruined_and_missing_ids_are_made_from_the_content() {
    let file = "id,text\n5.40E+17,a\n5.40E+17,b\n,a\n7,a\n";
    let (report, documents) = csv(file, &[]).unwrap();
    let ids: Vec<&str> = documents.iter().map(|document| document.id.as_str()).collect();
    assert!(ids[0].starts_with("h-"));
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[0], ids[2]);
    assert_eq!(ids[3], "7");
    assert!(report.warnings.iter().any(|warning| warning.starts_with("2 ids")));

    let (_, documents) =
        ndjson("{\"id\":5e17,\"text\":\"a\"}\n{\"id\":12.0,\"text\":\"a\"}", &[]).unwrap();
    assert_eq!(documents[0].id, ids[0]);
    assert_eq!(documents[1].id, "12");
}

#[test]
fn a_column_that_is_there_twice_is_read_once() {
    let (report, documents) = csv("text,text\na,b\n", &[]).unwrap();
    assert_eq!(documents[0].text, "a");
    assert!(report.warnings[0].contains("several columns"), "{:?}", report.warnings);
}

#[test]
fn found_counts_that_are_none_are_left_out_with_a_warning() {
    let (report, documents) = csv("text,score,date\na,-3,\nb,2.5,\nc,12.0,\n", &[]).unwrap();
    let likes: Vec<_> = documents.iter().map(|document| document.engagement.likes).collect();
    assert_eq!(likes, vec![None, None, Some(12)]);
    assert!(report.warnings[0].starts_with("2 values of \"score\""), "{:?}", report.warnings);
}

#[test]
fn output_is_only_written_up_to_the_first_bad_row() {
    let (mapping, options) = Mapping::from_pairs([]).unwrap();
    let mut output = Vec::new();
    let mut input = Cursor::new("text,url\na,\n,x\nb,\n");
    let outcome = import(&mut input, &mut output, "s", Format::Csv, &mapping, &options);
    assert!(matches!(outcome, Err(ImportError::Rows(_))));
    assert_eq!(output.split(|&byte| byte == b'\n').count(), 2);
}

#[test]
fn values_of_another_type_count_only_where_a_column_was_named() {
    let file = "{\"text\":\"a\",\"url\":[\"x\"],\"lang\":true}\n";
    let (_, documents) = ndjson(file, &[]).unwrap();
    assert_eq!((&documents[0].url, &documents[0].lang), (&None, &None));
    let errors = row_errors(ndjson(file, &[("url", "url")]));
    assert_eq!(errors, vec![(1, RowCode::RowValueType, Some("url".to_owned()))]);
}

#[test]
fn a_row_may_end_where_the_names_of_the_header_end() {
    let (report, _) = csv("text,url,,\na,b\n", &[]).unwrap();
    assert_eq!(report.documents, 1);
    let errors = row_errors(csv("text,url,,\na\n", &[]));
    assert_eq!(errors, vec![(2, RowCode::RowFieldCount, None)]);
}

#[test]
fn a_rejected_row_leaves_no_trace_in_the_warnings() {
    let file = "text,likes,views\na,-1,bad\nb,-1,2\n";
    let pairs = [("views", "views"), ("on_error", "skip")];
    let (report, _) = csv(file, &pairs).unwrap();
    assert_eq!(report.rejected, 1);
    let about_likes = |warning: &&String| warning.contains("likes");
    let warning = report.warnings.iter().find(about_likes).unwrap();
    assert!(warning.starts_with("1 value of"), "{warning}");
}
