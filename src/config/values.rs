//! Reads the text of one setting. Each function answers `None` when the text cannot be used; what
//! would be accepted is said in `accepted`, one sentence per function.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

use super::{AllowPrivate, DocumentPolicy, LogFormat, MasterKeyBytes, MasterKeySetting, Role};

/// What each setting accepts, for error messages.
pub(super) mod accepted {
    pub const LISTEN: &str = "an address and a port, such as 127.0.0.1:8000 or [::1]:0";
    pub const URL: &str = "an http:// or https:// URL without user name, query or fragment";
    pub const PATH: &str = "a path";
    pub const DATABASE: &str =
        "sqlite, sqlite:PATH (a file, not memory) or postgres://user:password@host/name";
    pub const BLOBS: &str = "disk:, disk:PATH or s3://bucket/prefix";
    pub const DOWNLOAD_CACHE: &str = "a number of MiB, 0 for none";
    pub const MASTER_KEY: &str = "32 bytes in base64, or file:PATH";
    pub const API_KEY: &str = "at least 32 visible ASCII characters without spaces";
    pub const WEBHOOK_SECRET: &str = "whsec_ followed by the base64 of 24 to 64 bytes";
    pub const ALLOW_PRIVATE: &str =
        "networks (10.0.0.0/8), addresses or host:port, separated by commas";
    pub const RATE_LIMIT: &str = "cost points per second, 0 for no limit";
    pub const CONNECTIONS: &str = "a number, 0 for no limit";
    pub const EVENT_DAYS: &str = "a number of days from 1 to 36500";
    pub const SWITCH: &str = "true or false";
    pub const DOCUMENT_POLICY: &str = "any or trusted";
    pub const ROLES: &str = "one or more of api, worker, scheduler, separated by commas";
    pub const WORKERS: &str = "a number from 1 to 1024";
    pub const LOG: &str =
        "a level (error, warn, info, debug, trace) or a filter such as info,hyper=warn";
    pub const LOG_FORMAT: &str = "text or json";
    pub const DOCUMENTS: &str = "a number of documents, 1 or more";
    pub const BACKENDS: &str =
        "the ways to ask this source that the README has for it, in their order, as official,apify";
    pub const REQUESTS: &str = "a number of requests, 1 or more";
    pub const SECONDS: &str = "a number of seconds, 1 or more";
    pub const DOLLARS: &str = "an amount in US dollars, 0 or more";
    pub const TOKEN: &str = "visible ASCII characters without spaces";
    pub const REGION: &str = "a region's name, such as us-east-1";
    pub const MODEL: &str = "a model's name";
}

/// Where things are in the data directory, unless said otherwise.
pub(super) const DATABASE_FILE: &str = "bytestack.db";
pub(super) const BLOBS_FOLDER: &str = "blobs";

pub(super) fn socket_address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

/// A base that paths are appended to, so it ends without a slash.
pub(super) fn base_url(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_plain = uri.query().is_none() && !text.contains(['#', '@']);
    let port_fits = authority.as_str().rsplit_once(':').is_none_or(|(_, port)| {
        port.ends_with(']') || port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    let usable = is_web && is_plain && port_fits && !authority.host().is_empty();
    usable.then(|| text.trim_end_matches('/').to_owned())
}

pub(super) fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

/// The file after `sqlite:`; for `sqlite` alone the one in the data directory.
pub(super) fn sqlite_file(text: &str, data_dir: &Path) -> Option<PathBuf> {
    if text == "sqlite" {
        return Some(data_dir.join(DATABASE_FILE));
    }
    let file = text.strip_prefix("sqlite:")?;
    let file = file.strip_prefix("//").unwrap_or(file);
    let names_a_file = !file.starts_with(':') && !file.contains(['?', '#']);
    path(file).filter(|_| names_a_file)
}

pub(super) fn postgres_url(text: &str) -> Option<SecretString> {
    let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))?;
    let names_a_host = !rest.is_empty() && !rest.contains(char::is_whitespace);
    names_a_host.then(|| SecretString::from(text))
}

/// The directory after `disk:`; for `disk:` alone the one in the data directory.
pub(super) fn disk_folder(text: &str, data_dir: &Path) -> Option<PathBuf> {
    let folder = text.strip_prefix("disk:")?;
    Some(path(folder).unwrap_or_else(|| data_dir.join(BLOBS_FOLDER)))
}

/// The bucket and the prefix, which has no slash at its ends and may be empty.
pub(super) fn s3_place(text: &str) -> Option<(String, String)> {
    let rest = text.strip_prefix("s3://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
    };
    let names_a_bucket = (3..=63).contains(&bucket.len()) && bucket.bytes().all(is_name);
    let prefix = prefix.trim_matches('/');
    let is_odd = |part: &str| matches!(part, "" | "." | "..");
    let is_plain = !prefix.contains(['?', '#', '\\'])
        && !prefix.chars().any(char::is_control)
        && (prefix.is_empty() || !prefix.split('/').any(is_odd));
    (names_a_bucket && is_plain).then(|| (bucket.to_owned(), prefix.to_owned()))
}

pub(super) fn master_key(text: &str) -> Option<MasterKeySetting> {
    if let Some(file) = text.strip_prefix("file:") {
        return path(file).map(MasterKeySetting::File);
    }
    let bytes = STANDARD.decode(text).ok()?;
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    Some(MasterKeySetting::Inline(MasterKeyBytes(bytes)))
}

/// It travels in a header: nothing but visible ASCII arrives there unharmed.
pub(super) fn api_key(text: &str) -> Option<SecretString> {
    (text.len() >= 32).then(|| token(text)).flatten()
}

pub(super) fn token(text: &str) -> Option<SecretString> {
    let is_visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_visible.then(|| SecretString::from(text))
}

pub(super) fn webhook_secret(text: &str) -> Option<SecretString> {
    let bytes = STANDARD.decode(text.strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&bytes.len()).then(|| SecretString::from(text))
}

pub(super) fn allow_private(text: &str) -> Option<Vec<AllowPrivate>> {
    items(text).map(allowed).collect()
}

fn allowed(item: &str) -> Option<AllowPrivate> {
    if let Some((address, prefix)) = item.split_once('/') {
        return network(address.parse().ok()?, prefix.parse().ok()?);
    }
    if let Ok(address) = item.parse::<IpAddr>() {
        return network(address, width(address));
    }
    let (host, port) = item.rsplit_once(':')?;
    let port = port.parse::<u16>().ok().filter(|port| *port > 0)?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().ok()?.to_string(),
        None => host_name(host)?,
    };
    Some(AllowPrivate::Host { host, port })
}

fn network(address: IpAddr, prefix: u8) -> Option<AllowPrivate> {
    (prefix <= width(address)).then_some(AllowPrivate::Network { address, prefix })
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn host_name(text: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = !text.is_empty() && text.bytes().all(fits);
    is_name.then(|| text.to_ascii_lowercase())
}

pub(super) fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

pub(super) fn document_policy(text: &str) -> Option<DocumentPolicy> {
    match text {
        "any" => Some(DocumentPolicy::Any),
        "trusted" => Some(DocumentPolicy::Trusted),
        _ => None,
    }
}

pub(super) fn roles(text: &str) -> Option<BTreeSet<Role>> {
    let roles: BTreeSet<Role> = items(text).map(role).collect::<Option<_>>()?;
    (!roles.is_empty()).then_some(roles)
}

fn role(text: &str) -> Option<Role> {
    match text {
        "api" => Some(Role::Api),
        "worker" => Some(Role::Worker),
        "scheduler" => Some(Role::Scheduler),
        _ => None,
    }
}

pub(super) fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

pub(super) fn days(text: &str) -> Option<u32> {
    number(text).filter(|days| (1..=36_500).contains(days))
}

pub(super) fn workers(text: &str) -> Option<usize> {
    text.parse().ok().filter(|workers| (1..=1024).contains(workers))
}

/// A list of some of `known`, none of them twice.
pub(super) fn backends(text: &str, known: &[&'static str]) -> Option<Vec<&'static str>> {
    let mut backends = Vec::new();
    for name in text.split(',').map(str::trim) {
        let known = known.iter().find(|known| **known == name)?;
        if backends.contains(known) {
            return None;
        }
        backends.push(*known);
    }
    Some(backends)
}

pub(super) fn counted(text: &str) -> Option<u32> {
    number(text).filter(|counted| *counted > 0)
}

pub(super) fn dollars(text: &str) -> Option<f64> {
    text.parse().ok().filter(|amount: &f64| amount.is_finite() && *amount >= 0.0)
}

pub(super) fn log_filter(text: &str) -> Option<String> {
    EnvFilter::try_new(text).ok().map(|_| text.to_owned())
}

pub(super) fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

pub(super) fn region(text: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_name = !text.is_empty() && text.bytes().all(fits);
    is_name.then(|| text.to_owned())
}

pub(super) fn model(text: &str) -> Option<String> {
    let is_name = !text.is_empty() && !text.contains(char::is_control);
    is_name.then(|| text.to_owned())
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}
