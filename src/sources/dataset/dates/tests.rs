use proptest::prelude::*;

use super::*;

const UTC_MDY: DateReader = DateReader { order: DateOrder::Mdy, zone: Tz::UTC };

fn read(text: &str, order: DateOrder, zone: Tz) -> Result<String, DateError> {
    let instant = DateReader { order, zone }.read(text)?;
    Ok(instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

#[test]
fn the_usual_forms() {
    let table = [
        ("2016-08-04T11:52:00Z", "2016-08-04T11:52:00Z"),
        ("2016-08-04t11:52:00z", "2016-08-04T11:52:00Z"),
        ("2016-08-04T11:52:00.1239+02:00", "2016-08-04T09:52:00.123Z"),
        ("2016-08-04T11:52:00-0530", "2016-08-04T17:22:00Z"),
        ("2016-08-04T11:52:00+02", "2016-08-04T09:52:00Z"),
        ("2016-08-04T11:52", "2016-08-04T11:52:00Z"),
        ("20160804T115203Z", "2016-08-04T11:52:03Z"),
        ("20160804T1152Z", "2016-08-04T11:52:00Z"),
        ("20160804", "2016-08-04T00:00:00Z"),
        ("2016-08-04", "2016-08-04T00:00:00Z"),
        ("2016-8-4 1:52", "2016-08-04T01:52:00Z"),
        ("2016-08-04 11:52:03", "2016-08-04T11:52:03Z"),
        ("2016-08-04 11:52:03.5", "2016-08-04T11:52:03.500Z"),
        ("2016-08-04 11:52:03,25", "2016-08-04T11:52:03.250Z"),
        ("2016-08-04 11:52:03 UTC", "2016-08-04T11:52:03Z"),
        ("2016-08-04 11:52:03 +0100", "2016-08-04T10:52:03Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("2016/08/04", "2016-08-04T00:00:00Z"),
        ("2016/08/04 11:52:03", "2016-08-04T11:52:03Z"),
        ("2016.08.04", "2016-08-04T00:00:00Z"),
        ("1470311520", "2016-08-04T11:52:00Z"),
        ("1470311520.25", "2016-08-04T11:52:00.250Z"),
        ("1470311520.0", "2016-08-04T11:52:00Z"),
        ("1470311520123", "2016-08-04T11:52:00.123Z"),
        ("999999999", "2001-09-09T01:46:39Z"),
        ("Thu, 04 Aug 2016 11:52:00 +0200", "2016-08-04T09:52:00Z"),
        ("4 Aug 2016 11:52:00 EDT", "2016-08-04T15:52:00Z"),
        ("Mon Dec 01 19:30:03 +0000 2014", "2014-12-01T19:30:03Z"),
        ("Mon Dec  1 19:30:03 2014", "2014-12-01T19:30:03Z"),
        ("Mon Dec 01 2014 19:30:03 GMT+0100 (CET)", "2014-12-01T18:30:03Z"),
        ("8/4/2016 11:52", "2016-08-04T11:52:00Z"),
        ("8/4/2016 11:52:03", "2016-08-04T11:52:03Z"),
        ("8/4/2016 1:52 PM", "2016-08-04T13:52:00Z"),
        ("8/4/2016, 12:00:00 AM", "2016-08-04T00:00:00Z"),
        ("8/4/2016 12:30pm", "2016-08-04T12:30:00Z"),
        ("8-4-2016", "2016-08-04T00:00:00Z"),
        ("1 Nov 2016", "2016-11-01T00:00:00Z"),
        ("1-Nov-2016 10:00", "2016-11-01T10:00:00Z"),
        ("Nov 1, 2016", "2016-11-01T00:00:00Z"),
        ("Nov 1,2016", "2016-11-01T00:00:00Z"),
        ("November 1st, 2016 at 3:04 p.m.", "2016-11-01T15:04:00Z"),
        ("Sept. 3, 2016", "2016-09-03T00:00:00Z"),
        ("  2016-08-04  ", "2016-08-04T00:00:00Z"),
        ("2016-02-29", "2016-02-29T00:00:00Z"),
    ];
    for (text, expected) in table {
        assert_eq!(read(text, DateOrder::Mdy, Tz::UTC).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_date() {
    let table = [
        ("yesterday", DateError::Unknown),
        ("2016", DateError::Number),
        ("12", DateError::Number),
        ("12345678901234567", DateError::Number),
        ("2016-08", DateError::Unknown),
        ("11:52", DateError::Unknown),
        ("Nov 2016", DateError::Unknown),
        ("2016-08-04 2016-08-05", DateError::Unknown),
        ("2016-08-04 11:52 11:53", DateError::Unknown),
        ("2016-08-04 PM", DateError::Unknown),
        ("2016-08-04 11:5", DateError::Unknown),
        ("2016-08-04T11:52:00+25:00", DateError::Unknown),
        ("2016-08-04T11:52:00+2:000", DateError::Unknown),
        ("8/4/16", DateError::ShortYear),
        ("8/4/16 11:52", DateError::ShortYear),
        ("04.08.16", DateError::ShortYear),
        ("1 Nov 16", DateError::ShortYear),
        ("1-Nov-16", DateError::ShortYear),
        ("2016-02-30", DateError::OutOfRange),
        ("2016-13-01", DateError::OutOfRange),
        ("13/13/2016", DateError::OutOfRange),
        ("2016-08-04 24:00", DateError::OutOfRange),
        ("2016-08-04 11:60", DateError::OutOfRange),
        ("2016-08-04 13:00 PM", DateError::OutOfRange),
        ("0000-00-00 00:00:00", DateError::Year),
        ("0001-01-01T00:00:00", DateError::Year),
        ("", DateError::Unknown),
        ("(", DateError::Unknown),
        ("٢٠١٦-٠٨-٠٤", DateError::Unknown),
    ];
    for (text, expected) in table {
        assert_eq!(UTC_MDY.read(text), Err(expected), "{text}");
    }
}

#[test]
fn the_order_of_day_and_month() {
    let day = "2016-08-04T00:00:00Z";
    for (text, order, expected) in [
        ("8/4/2016", DateOrder::Mdy, Ok(day)),
        ("4/8/2016", DateOrder::Dmy, Ok(day)),
        ("4.8.2016", DateOrder::Dmy, Ok(day)),
        ("2016/8/4", DateOrder::Dmy, Ok(day)),
        ("2016/8/4", DateOrder::Ymd, Ok(day)),
        ("8/14/2016", DateOrder::Dmy, Err(DateError::OutOfRange)),
        ("8/4/2016", DateOrder::Ymd, Err(DateError::NotYearFirst)),
    ] {
        let found = read(text, order, Tz::UTC);
        assert_eq!(found.as_deref().map_err(|error| *error), expected, "{text} {order:?}");
    }
}

#[test]
fn local_times() {
    let berlin = Tz::Europe__Berlin;
    let table = [
        ("2016-08-04 11:52", "2016-08-04T09:52:00Z"),
        ("2016-08-04 11:52Z", "2016-08-04T11:52:00Z"),
        // The clock leaps from 2:00 to 3:00: half past two is half past three.
        ("2016-03-27 02:30", "2016-03-27T01:30:00Z"),
        ("2016-03-27 03:30", "2016-03-27T01:30:00Z"),
        // The hour from 2:00 comes twice: the first, in summer time.
        ("2016-10-30 02:30", "2016-10-30T00:30:00Z"),
        ("2016-10-30 03:00", "2016-10-30T02:00:00Z"),
    ];
    for (text, expected) in table {
        assert_eq!(read(text, DateOrder::Mdy, berlin).as_deref(), Ok(expected), "{text}");
    }
    // A whole day that never was.
    let apia = read("2011-12-30 12:00", DateOrder::Mdy, Tz::Pacific__Apia);
    assert_eq!(apia.as_deref(), Ok("2011-12-30T22:00:00Z"));
}

fn decide(dates: &[&str]) -> OrderDecision {
    let mut survey = OrderSurvey::default();
    for (index, date) in dates.iter().enumerate() {
        survey.see(date, index as u64 + 2);
    }
    survey.decide()
}

#[test]
fn the_column_decides_the_order() {
    use OrderDecision::{Assumed, Clear, Irrelevant};
    let table: [(&[&str], OrderDecision); 10] = [
        (&["1/2/2016", "8/14/2016 1:00"], Clear(DateOrder::Mdy)),
        (&["1/2/2016", "14/8/2016"], Clear(DateOrder::Dmy)),
        (&["1.2.2016", "8.14.2016"], Clear(DateOrder::Mdy)),
        (&["1.2.2016"], Clear(DateOrder::Dmy)),
        (&["1/2/2016", "3/3/2016"], Assumed(DateOrder::Mdy)),
        (&["1-2-2016"], Assumed(DateOrder::Mdy)),
        (&["3/3/2016"], Clear(DateOrder::Mdy)),
        (&["40/1/2016", "2/14/2016"], Clear(DateOrder::Mdy)),
        (&["2016-01-02", "1470311520", "nonsense", "13/13/16"], Irrelevant),
        (&[], Irrelevant),
    ];
    for (dates, expected) in table {
        assert_eq!(decide(dates), expected, "{dates:?}");
    }
}

#[test]
fn a_mixed_column_names_its_witnesses() {
    let decision = decide(&["1/2/2016", "14/8/2016", "8/14/2016", "15/8/2016"]);
    let OrderDecision::Mixed { day_first, month_first } = decision else {
        panic!("{decision:?}");
    };
    assert_eq!((day_first.text.as_str(), day_first.line), ("14/8/2016", 3));
    assert_eq!((month_first.text.as_str(), month_first.line), ("8/14/2016", 4));
}

proptest! {
    /// No text, however odd, does more than fail.
    #[test]
    fn any_text_is_answered(text in r"\PC{0,40}") {
        let _ = UTC_MDY.read(&text);
    }

    #[test]
    fn any_text_of_date_characters_is_answered(text in r"[0-9TZtpma:.,/+() \-]{0,30}") {
        let _ = UTC_MDY.read(&text);
    }

    /// Every instant is read back from every form it is written in.
    #[test]
    fn written_instants_are_read_back(millis in -2_000_000_000_000_i64..250_000_000_000_000) {
        let instant = DateTime::from_timestamp_millis(millis).unwrap();
        let whole = DateTime::from_timestamp(millis.div_euclid(1000), 0).unwrap();
        prop_assert_eq!(UTC_MDY.read(&instant.to_rfc3339()), Ok(instant));
        for form in [
            "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S%z", "%a, %d %b %Y %H:%M:%S %z",
            "%a %b %d %H:%M:%S %z %Y", "%-m/%-d/%Y %-I:%M:%S %p", "%-d %B %Y %H:%M:%S",
            "%b %-d, %Y %H:%M:%S", "%m.%d.%Y %T", "%Y%m%dT%H%M%SZ",
        ] {
            let text = whole.format(form).to_string();
            prop_assert_eq!(UTC_MDY.read(&text), Ok(whole), "{}", text);
        }
    }
}
