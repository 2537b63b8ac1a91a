use reqwest::header::{HeaderName, HeaderValue};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-23T17:30:00Z".parse().unwrap()
}

fn headers(name: &'static str, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())])
}

#[test]
fn the_wait_a_source_asks_for_is_read_in_every_form() {
    let cases = [
        ("retry-after", "0", Some(0)),
        ("retry-after", "120", Some(120)),
        ("retry-after", "Mon, 23 Nov 2026 17:31:30 GMT", Some(90)),
        ("retry-after", "Mon, 23 Nov 2026 17:29:00 GMT", Some(0)),
        ("retry-after", "-5", None),
        ("retry-after", "soon", None),
        ("x-ratelimit-reset", "12", Some(12)),
        ("x-ratelimit-reset", "1795455045", Some(45)),
        ("x-rate-limit-reset", "7", Some(7)),
        ("ratelimit-reset", "2026-11-23T17:30:15Z", Some(15)),
        ("x-other", "9", None),
    ];
    for (name, value, expected) in cases {
        let found = wait_asked_for(&headers(name, value), 429, now());
        assert_eq!(found, expected.map(Duration::from_secs), "{name}: {value}");
    }
    assert_eq!(wait_asked_for(&headers("x-ratelimit-reset", "12"), 500, now()), None);
    assert_eq!(
        wait_asked_for(&headers("retry-after", "12"), 503, now()),
        Some(Duration::from_secs(12))
    );
}

#[test]
fn pauses_double_up_to_the_longest_and_chance_shortens_them() {
    let politeness = Politeness::default();
    let at = |attempt, chance| backoff(&politeness, attempt, chance).as_millis();
    assert_eq!([at(1, 1.0), at(2, 1.0), at(3, 1.0), at(9, 1.0)], [500, 1_000, 2_000, 30_000]);
    assert_eq!([at(3, 0.0), at(3, 0.5), at(u32::MAX, 1.0)], [0, 1_000, 30_000]);
}

#[test]
fn chance_is_spread_between_nothing_and_everything() {
    let drawn: Vec<f64> = (0..1_000).map(|_| chance()).collect();
    assert!(drawn.iter().all(|chance| (0.0..=1.0).contains(chance)));
    let mean = drawn.iter().sum::<f64>() / 1_000.0;
    assert!((0.4..0.6).contains(&mean), "{mean}");
}
