use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn cut(unit: Unit, from: &str, to: &str, tz: Tz) -> Vec<String> {
    let window = TimeRange { from: at(from), to: at(to) };
    let buckets = Buckets::of(unit, &window, at(to), tz);
    let said = |piece: &Piece| {
        let mark = if piece.is_cut { "~" } else { "" };
        format!(
            "{mark}{}+{}",
            piece.from.format("%m-%dT%H:%M"),
            (piece.to - piece.from).num_minutes()
        )
    };
    buckets.pieces.iter().map(said).collect()
}

#[test]
fn days_follow_the_clocks_of_the_zone() {
    let spring = cut(Unit::Day, "2026-03-27T23:00:00Z", "2026-03-30T10:00:00Z", Tz::Europe__Berlin);
    assert_eq!(spring, ["03-27T23:00+1440", "03-28T23:00+1380", "~03-29T22:00+720"]);
    let autumn = cut(Unit::Day, "2026-10-24T23:00:00Z", "2026-10-25T23:00:00Z", Tz::Europe__Berlin);
    assert_eq!(autumn, ["~10-24T23:00+1440"], "the day began an hour before");
    let whole = cut(Unit::Day, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", Tz::Europe__Berlin);
    assert_eq!(whole, ["10-24T22:00+1500"]);
}

#[test]
fn a_midnight_that_is_skipped_and_a_day_that_is() {
    let beirut = cut(Unit::Day, "2025-03-29T12:00:00Z", "2025-03-31T00:00:00Z", Tz::Asia__Beirut);
    assert_eq!(beirut, ["~03-29T12:00+600", "03-29T22:00+1380", "~03-30T21:00+180"]);
    let apia = cut(Unit::Day, "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z", Tz::Pacific__Apia);
    assert_eq!(apia, ["12-29T10:00+1440", "12-30T10:00+1440"]);
}

#[test]
fn hours_are_those_of_the_clock() {
    let kolkata =
        cut(Unit::Hour, "2026-11-01T00:10:00Z", "2026-11-01T02:00:00Z", Tz::Asia__Kolkata);
    assert_eq!(kolkata, ["~11-01T00:10+20", "11-01T00:30+60", "~11-01T01:30+30"]);
    let twice = cut(Unit::Hour, "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", Tz::Europe__Berlin);
    assert_eq!(twice, ["10-25T00:00+60", "10-25T01:00+60"]);
    let half =
        cut(Unit::Hour, "2026-04-04T14:00:00Z", "2026-04-04T17:00:00Z", Tz::Australia__Lord_Howe);
    assert_eq!(half.len(), 4, "{half:?}");
}

#[test]
fn weeks_begin_on_monday_and_months_with_their_first() {
    let weeks = cut(Unit::Week, "2026-11-18T00:00:00Z", "2026-12-01T00:00:00Z", Tz::UTC);
    assert_eq!(weeks, ["~11-18T00:00+7200", "11-23T00:00+10080", "~11-30T00:00+1440"]);
    let months = cut(Unit::Month, "2026-11-01T00:00:00Z", "2027-01-15T00:00:00Z", Tz::UTC);
    assert_eq!(months.len(), 3);
    assert_eq!(months[1], "12-01T00:00+44640");
}

#[test]
fn what_ends_after_the_reference_time_is_cut() {
    let window = TimeRange { from: at("2026-11-01T00:00:00Z"), to: at("2026-11-04T00:00:00Z") };
    let buckets = Buckets::of(Unit::Day, &window, at("2026-11-02T12:00:00Z"), Tz::UTC);
    let cut: Vec<_> = buckets.pieces.iter().map(|piece| piece.is_cut).collect();
    assert_eq!(cut, [false, true, true]);
}

#[test]
fn a_window_too_long_for_its_unit_gets_a_larger_one() {
    let years = |n: i64| TimeRange {
        from: at("2000-01-01T00:00:00Z"),
        to: at("2000-01-01T00:00:00Z") + Duration::days(366 * n),
    };
    assert_eq!(Unit::Hour.fitting(&years(1)), Unit::Day);
    assert_eq!(Unit::Hour.fitting(&years(20)), Unit::Week);
    assert_eq!(Unit::Day.fitting(&years(200)), Unit::Month);
    assert_eq!(Unit::Weekday.fitting(&years(200)), Unit::Weekday);
}

proptest! {
    #[test]
    fn pieces_neither_overlap_nor_leave_a_hole(
        start in -2_000_000_000_i64..4_000_000_000,
        length in 1_i64..9_000_000,
        zone in prop::sample::select(vec![
            Tz::UTC, Tz::Europe__Berlin, Tz::Australia__Lord_Howe, Tz::Pacific__Apia, Tz::Asia__Beirut,
            Tz::America__Havana, Tz::Asia__Kathmandu, Tz::America__Sao_Paulo, Tz::Africa__Casablanca,
        ]),
        unit in prop::sample::select(vec![Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Weekday]),
        probe in 0.0..1.0_f64,
    ) {
        let from = DateTime::from_timestamp(start, 0).unwrap();
        let window = TimeRange { from, to: from + Duration::seconds(length) };
        let buckets = Buckets::of(unit, &window, window.to, zone);
        let pieces = &buckets.pieces;
        prop_assert_eq!(pieces.first().unwrap().from, window.from);
        prop_assert_eq!(pieces.last().unwrap().to, window.to);
        prop_assert!(pieces.iter().all(|piece| piece.from < piece.to));
        prop_assert!(pieces.windows(2).all(|pair| pair[0].to == pair[1].from));
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any will do")]
        let instant = from + Duration::seconds((length as f64 * probe) as i64);
        let piece = pieces[buckets.find(instant).unwrap()];
        prop_assert!(piece.from <= instant && instant < piece.to);
        prop_assert_eq!(buckets.find(window.to), None);
        prop_assert_eq!(buckets.find(from - Duration::seconds(1)), None);
        let shown = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        if unit == Unit::Day {
            prop_assert!(pieces.windows(2).all(|pair| shown(pair[0].from) < shown(pair[1].from)));
        }
    }
}
