//! Which part of the bytes is asked for. One part is answered; whoever asks for several at once, or in other
//! units, is given all: the standard leaves that open, and no client of ours needs more.

use axum::http::{HeaderMap, header};

/// What `Range` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    All,
    Part {
        first: u64,
        length: u64,
    },
    /// Nothing that there is: 416.
    Nothing,
}

impl Asked {
    pub fn of(headers: &HeaderMap, length: u64) -> Self {
        let mut values = headers.get_all(header::RANGE).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Self::All };
        value.to_str().ok().and_then(|text| part(text, length)).unwrap_or(Self::All)
    }
}

/// The part that a range means; none when it means no single one.
fn part(text: &str, length: u64) -> Option<Asked> {
    let (unit, range) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let bounds = match (first.trim_end(), last.trim_start()) {
        ("", last) => (length.saturating_sub(number(last)?), length),
        (first, "") => (number(first)?, length),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, length.min(last.saturating_add(1)))
        }
    };
    Some(match bounds {
        (first, end) if first < end => Asked::Part { first, length: end - first },
        _ => Asked::Nothing,
    })
}

/// Any number of digits; what is too large for a file is just as far behind its end.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_all_or_nothing() {
        let part = |first, length| Asked::Part { first, length };
        for (range, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=0-9", part(0, 10)),
            ("bytes=3-5", part(3, 3)),
            ("bytes=3-", part(3, 7)),
            ("bytes=-3", part(7, 3)),
            ("bytes=-30", part(0, 10)),
            ("Bytes = 3 - 5", part(3, 3)),
            ("bytes=3-99999999999999999999999", part(3, 7)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=10-12", Asked::Nothing),
            ("bytes=99999999999999999999999-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=0-1,3-4", Asked::All),
            ("bytes=5-3", Asked::All),
            ("bytes=a-b", Asked::All),
            ("bytes=+1-2", Asked::All),
            ("bytes=-", Asked::All),
            ("bytes", Asked::All),
            ("lines=1-2", Asked::All),
        ] {
            let headers = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
            assert_eq!(Asked::of(&headers, 10), expected, "{range}");
        }
        assert_eq!(Asked::of(&HeaderMap::new(), 10), Asked::All);
        let headers = HeaderMap::from_iter([(header::RANGE, "bytes=-1".parse().unwrap())]);
        assert_eq!(Asked::of(&headers, 0), Asked::Nothing);
    }
}
