//! Signatures of requests, version 4, checked from the protocol's description.

use axum::http::{HeaderMap, Method, Uri};
use bytestack::clock::Clock;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::answer::Refusal;
use super::{KEY_ID, Profile, REGION, SECRET};

const MOST_SKEW: TimeDelta = TimeDelta::minutes(15);

/// Whether a request is signed by the key that is let in, as it is, just now.
pub fn check(
    profile: Profile,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Refusal> {
    let given = Given::parse(headers).ok_or_else(Refusal::denied)?;
    if given.key_id != KEY_ID {
        let message = "The AWS Access Key Id you provided does not exist in our records.";
        return Err(Refusal::new(403, "InvalidAccessKeyId", message));
    }
    check_time(header(headers, "x-amz-date"))?;
    check_region(profile, &given.region)?;
    let hash = header(headers, "x-amz-content-sha256");
    if hash != hex::encode(Sha256::digest(body)) {
        // Over plain http nothing else protects the body, so a hash of it must be signed.
        let message =
            "The provided 'x-amz-content-sha256' header does not match what was computed.";
        return Err(Refusal::new(400, "XAmzContentSHA256Mismatch", message));
    }
    check_signed_names(headers, &given.signed)?;
    let canonical = canonical(method, uri, headers, &given.signed, hash);
    if given.signature != sign(&given, header(headers, "x-amz-date"), &canonical) {
        let message =
            "The request signature we calculated does not match the signature you provided.";
        return Err(Refusal::new(403, "SignatureDoesNotMatch", message));
    }
    Ok(())
}

/// What the `Authorization` header says.
struct Given {
    key_id: String,
    date: String,
    region: String,
    signed: Vec<String>,
    signature: String,
}

impl Given {
    fn parse(headers: &HeaderMap) -> Option<Self> {
        let text = header(headers, "authorization").strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| {
            let mut fields = text.split(',').map(str::trim);
            fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = field("Credential")?.split('/');
        let mut next = || scope.next().map(str::to_owned);
        let (key_id, date, region) = (next()?, next()?, next()?);
        let is_s3 = next()? == "s3" && next()? == "aws4_request" && next().is_none();
        let signed = field("SignedHeaders")?.split(';').map(str::to_owned).collect();
        let signature = field("Signature")?.to_owned();
        is_s3.then_some(Self { key_id, date, region, signed, signature })
    }
}

fn check_time(text: &str) -> Result<(), Refusal> {
    let at = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ");
    let at: DateTime<Utc> = at.map_err(|_| Refusal::denied())?.and_utc();
    if (Clock::system().now() - at).abs() > MOST_SKEW {
        let message = "The difference between the request time and the current time is too large.";
        return Err(Refusal::new(403, "RequestTimeTooSkewed", message));
    }
    Ok(())
}

fn check_region(profile: Profile, region: &str) -> Result<(), Refusal> {
    let is_right = match profile {
        Profile::R2 => matches!(region, "auto" | "us-east-1" | ""),
        _ => region == REGION,
    };
    if is_right {
        return Ok(());
    }
    let message = format!(
        "The authorization header is malformed; the region '{region}' is wrong; expecting '{REGION}'"
    );
    let refusal = Refusal::new(400, "AuthorizationHeaderMalformed", message);
    Err(Refusal { region: Some(REGION), ..refusal })
}

/// The host and all that the protocol gives a meaning must be signed.
fn check_signed_names(headers: &HeaderMap, signed: &[String]) -> Result<(), Refusal> {
    let must = |name: &str| name == "host" || name.starts_with("x-amz-");
    let forgotten = headers
        .keys()
        .find(|name| must(name.as_str()) && !signed.iter().any(|one| one == name.as_str()));
    match forgotten {
        None => Ok(()),
        Some(name) => {
            let message = format!("There were headers present which were not signed: {name}");
            Err(Refusal::new(403, "AccessDenied", message))
        }
    }
}

fn canonical(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    signed: &[String],
    hash: &str,
) -> String {
    let mut query: Vec<String> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    query.sort_unstable();
    let line = |name: &String| format!("{name}:{}\n", header(headers, name).trim());
    let lines = signed.iter().map(line).collect::<Vec<_>>().concat();
    let (path, query, signed) = (uri.path(), query.join("&"), signed.join(";"));
    format!("{method}\n{path}\n{query}\n{lines}\n{signed}\n{hash}")
}

fn sign(given: &Given, time: &str, canonical: &str) -> String {
    let Given { date, region, .. } = given;
    let hashed = hex::encode(Sha256::digest(canonical));
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{date}/{region}/s3/aws4_request\n{hashed}");
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in [date.as_str(), region, "s3", "aws4_request"] {
        key = hmac(&key, part);
    }
    hex::encode(hmac(&key, &text))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
