//! Made-up addresses, of the kinds that have got past such checks elsewhere: whatever would be dialled for
//! one that is let through must be public. A fuzzer that is guided by coverage wants another compiler than
//! this crate is built with, so cases are drawn at random: some thousands each time, 100,000 with
//! `BYTESTACK_TEST_FULL`.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::FutureExt;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reqwest::Url;

use super::addresses::{is_public_v4, is_public_v6, v4, v6};
use super::urls::LITERALS;
use super::*;
use crate::net::policy::Policy;
use crate::net::resolve::{Answer, Guard, Lookup};

/// Resolves as the C library does: whatever it takes for a number is that address, any other name is
/// public.
#[derive(Debug)]
struct AsTheSystem;

impl Lookup for AsTheSystem {
    fn lookup(&self, name: &str) -> Answer {
        let address = as_number(name).unwrap_or(IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)));
        Box::pin(async move { Ok::<_, io::Error>(vec![SocketAddr::new(address, 0)]) })
    }
}

/// An address in any of the forms that `inet_aton` and `inet_pton` read.
fn as_number(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Some(IpAddr::V6(address));
    }
    let parts: Vec<&str> = text.strip_suffix('.').unwrap_or(text).split('.').collect();
    let number = |part: &&str| {
        let lower = part.to_ascii_lowercase();
        let (digits, radix) = match lower.strip_prefix("0x") {
            Some("") => ("0", 16),
            Some(digits) => (digits, 16),
            None if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
            None => (lower.as_str(), 10),
        };
        let is_plain = digits.bytes().all(|digit| digit.is_ascii_alphanumeric());
        is_plain.then(|| u64::from_str_radix(digits, radix).ok()).flatten()
    };
    let numbers: Vec<u64> = parts.iter().map(number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 32 - 8 * u32::try_from(first.len()).ok()?;
    let high = first.iter().fold(0, |address, part| (address << 8) | part) << room;
    if *last >= 1 << room {
        return None;
    }
    u32::try_from(high | last).ok().map(|address| IpAddr::V4(address.into()))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// One part of an IPv4 address in some base, with zeros before it.
fn part(value: u32) -> impl Strategy<Value = String> {
    let zeros = (0_usize..4).prop_map(|count| "0".repeat(count));
    (0_u8..5, zeros).prop_map(move |(base, zeros)| match base {
        0 => format!("0x{zeros}{value:x}"),
        1 => format!("0X{zeros}{value:X}"),
        2 => format!("0{zeros}{value:o}"),
        _ => value.to_string(),
    })
}

/// An IPv4 address in one to four parts.
fn spelled() -> impl Strategy<Value = String> {
    (v4(), 1_usize..=4).prop_flat_map(|(address, count)| {
        let whole = u32::from(address);
        let octets = address.octets();
        let mut values: Vec<u32> =
            octets.iter().take(count - 1).map(|octet| u32::from(*octet)).collect();
        let left = 8 * (4 - (count - 1));
        values.push(if left == 32 { whole } else { whole & ((1 << left) - 1) });
        let parts: Vec<_> = values.into_iter().map(part).collect();
        parts.prop_map(|parts| parts.join("."))
    })
}

fn host() -> impl Strategy<Value = String> {
    let known: Vec<String> =
        LITERALS.lines().flat_map(|line| line.split(' ').skip(1)).map(str::to_owned).collect();
    let six = (v6(), 0_u8..4).prop_map(|(address, form)| {
        let [.., high, low] = address.segments();
        match form {
            0 => format!("[{address}%25lo]"),
            1 => format!("[::ffff:{}.{}.{}.{}]", high >> 8, high & 255, low >> 8, low & 255),
            _ => format!("[{address}]"),
        }
    });
    let any_text = proptest::collection::vec(any::<char>(), 0..12)
        .prop_map(|letters| letters.into_iter().collect());
    prop_oneof![
        4 => spelled(),
        2 => six,
        3 => proptest::sample::select(known),
        1 => any_text,
    ]
}

/// The same host written otherwise, as browsers and resolvers undo it.
fn disguised() -> impl Strategy<Value = String> {
    let step = (0_u8..9, any::<proptest::sample::Index>());
    (host(), proptest::collection::vec(step, 0..4)).prop_map(|(host, steps)| {
        let mut letters: Vec<String> = host.chars().map(String::from).collect();
        for (step, place) in steps {
            if letters.is_empty() {
                break;
            }
            let at = place.index(letters.len());
            let letter = letters[at].clone();
            letters[at] = match (step, letter.chars().next()) {
                (0, Some(digit @ '0'..='9')) => wide(digit),
                (1, Some('.')) => "。".to_owned(),
                (2, Some('.')) => "．".to_owned(),
                (3, Some(plain)) if plain.is_ascii() => format!("%{:02x}", u32::from(plain)),
                (4, _) => letter.to_uppercase(),
                (5, _) => format!("{letter}\t"),
                (6, _) => format!("{letter}\u{ad}"),
                (7, _) => format!("{letter}."),
                (8, _) => format!("{letter}@"),
                _ => letter,
            };
        }
        letters.concat()
    })
}

fn wide(digit: char) -> String {
    char::from_u32(u32::from(digit) - 0x30 + 0xff10).unwrap().to_string()
}

fn url() -> impl Strategy<Value = String> {
    let scheme = proptest::sample::select(vec![
        "https://",
        "http://",
        "HTTPS:\\\\",
        "https:/",
        "https:",
        " https://",
    ]);
    let before =
        proptest::sample::select(vec!["", "", "", "", "user@", "a:b@", "8.8.8.8@", "8.8.8.8#@"]);
    let after = proptest::sample::select(vec![
        "",
        "/",
        "/path",
        ":443/",
        ":80",
        ":0/",
        "\\@8.8.8.8/",
        "?@8.8.8.8",
        "#@8.8.8.8",
        "/..//",
        ":65536/",
        " ",
    ]);
    let made = (scheme, before, disguised(), after)
        .prop_map(|(scheme, before, host, after)| format!("{scheme}{before}{host}{after}"));
    let anything = proptest::collection::vec(any::<char>(), 0..24)
        .prop_map(|letters| letters.into_iter().collect());
    prop_oneof![15 => made, 1 => anything]
}

/// What would be dialled for a URL that is let through: the address it names, or those that a look-up by
/// the system gives and the guard lets through.
fn dialled(egress: &Egress, text: &str) -> Option<Vec<IpAddr>> {
    let url: Url = egress.check(text, Schemes::HttpToo).ok()?;
    let policy = Policy::new(&[]);
    let rule = policy.rule(&url, Schemes::HttpToo).ok()?;
    let host = url.host_str()?;
    let bare = host.trim_matches(['[', ']']);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(vec![address]);
    }
    let guard = Guard { lookup: Arc::new(AsTheSystem), policy: Arc::new(policy), rule };
    let found = guard.addresses(host).now_or_never()?.ok()?;
    Some(found.into_iter().map(|address| address.ip()).collect())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
fn whatever_would_be_dialled_is_public() {
    let cases = if std::env::var_os("BYTESTACK_TEST_FULL").is_some() { 100_000 } else { 5_000 };
    let egress = egress(&[]);
    let (mut let_through, mut refused) = (0, 0);
    let config = Config { failure_persistence: None, ..Config::with_cases(cases) };
    let mut runner = TestRunner::new(config);
    let counts = (std::cell::Cell::new(0_u32), std::cell::Cell::new(0_u32));
    let done = runner.run(&url(), |text| {
        match dialled(&egress, &text) {
            None => counts.1.set(counts.1.get() + 1),
            Some(addresses) => {
                counts.0.set(counts.0.get() + 1);
                for address in addresses {
                    if !is_public(address) {
                        return Err(TestCaseError::fail(format!("{text:?} leads to {address}")));
                    }
                }
            }
        }
        Ok(())
    });
    done.unwrap();
    let_through += counts.0.get();
    refused += counts.1.get();
    eprintln!("egress fuzz: {cases} addresses, {let_through} let through, {refused} refused");
    // A fuzz that lets nothing through, or everything, proves nothing.
    assert!(let_through > cases / 50 && refused > cases / 50, "{let_through} {refused}");
}

#[test]
fn the_system_is_imitated() {
    for (text, address) in [
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("10.0x10000", "10.1.0.0"),
        ("1.2.3.4.", "1.2.3.4"),
        ("::1", "::1"),
    ] {
        assert_eq!(as_number(text), Some(address.parse().unwrap()), "{text}");
    }
    for name in ["example.com", "1.2.3.4.5", "256.1.1.1", "08", "1..2", "", "0xg"] {
        assert_eq!(as_number(name), None, "{name}");
    }
}
