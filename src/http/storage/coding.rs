//! Which content coding an answer has, of those that there are: what `Accept-Encoding` prefers.

use axum::http::{HeaderMap, header};

/// How the bytes of an answer are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Zstd,
    Gzip,
    Identity,
}

impl Coding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// The best of those that there are, the dearest to us first; none when the client takes none of them.
    pub fn choose(headers: &HeaderMap, there: &[Self]) -> Option<Self> {
        let accepted = Accepted::of(headers);
        let mut best: Option<(Self, u16)> = None;
        for coding in there {
            let weight = accepted.weight(*coding);
            if weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((*coding, weight));
            }
        }
        best.map(|(coding, _)| coding)
    }

    /// Whether the client takes this one.
    pub fn is_accepted(self, headers: &HeaderMap) -> bool {
        Accepted::of(headers).weight(self) > 0
    }
}

/// What a client accepts, with weights from 0 to 1,000.
struct Accepted {
    listed: Vec<(String, u16)>,
    any: Option<u16>,
}

impl Accepted {
    fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter();
        let items = values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
        let mut accepted = Self { listed: Vec::new(), any: None };
        for item in items {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts.find_map(|part| {
                let (name, value) = part.split_once('=')?;
                name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
            });
            let weight = weight.unwrap_or(1_000);
            match name.as_str() {
                "" => {}
                "*" => accepted.any = Some(weight),
                "x-gzip" => accepted.listed.push(("gzip".to_owned(), weight)),
                _ => accepted.listed.push((name, weight)),
            }
        }
        accepted
    }

    /// What is not coded is taken unless that is ruled out, and with the least weight unless it is listed.
    fn weight(&self, coding: Coding) -> u16 {
        let listed = self.listed.iter().find(|(name, _)| name == coding.name());
        match (listed, self.any, coding) {
            (Some((_, weight)), ..) => *weight,
            (None, Some(0), _) => 0,
            (None, _, Coding::Identity) => 1,
            (None, any, _) => any.unwrap_or(0),
        }
    }
}

/// A weight such as `0.5`; what cannot be read counts as nothing.
fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match (whole, is_number) {
        ("1", true) => 1_000,
        ("0", true) => format!("{part:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses_and_we_prefer() {
        use Coding::{Gzip, Identity, Zstd};
        for (accepted, expected) in [
            (None, Some(Identity)),
            (Some(""), Some(Identity)),
            (Some("zstd"), Some(Zstd)),
            (Some("gzip, deflate, br, zstd"), Some(Zstd)),
            (Some("gzip, deflate"), Some(Gzip)),
            (Some("X-GZIP"), Some(Gzip)),
            (Some("br"), Some(Identity)),
            (Some("*"), Some(Zstd)),
            (Some("gzip;q=1.0, zstd;q=0.5"), Some(Gzip)),
            (Some("gzip;q=0.001"), Some(Gzip)),
            (Some("gzip; Q=0"), Some(Identity)),
            (Some("identity;q=1, gzip;q=0.5"), Some(Identity)),
            (Some("identity, gzip"), Some(Gzip)),
            (Some("*;q=0, gzip"), Some(Gzip)),
            (Some("*;q=0"), None),
            (Some("identity;q=0"), None),
            (Some("identity;q=0, *"), Some(Zstd)),
            (Some("zstd;q=2, gzip;q=x"), Some(Identity)),
            (Some("zstd;q=0.1234"), Some(Identity)),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(text) = accepted {
                headers.insert(header::ACCEPT_ENCODING, text.parse().unwrap());
            }
            let chosen = Coding::choose(&headers, &[Zstd, Gzip, Identity]);
            assert_eq!(chosen, expected, "{accepted:?}");
        }
    }
}
