//! What the store has.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// An object as it is kept.
#[derive(Clone, Debug)]
pub struct Object {
    pub key: String,
    pub bytes: Bytes,
    pub content_type: String,
    /// Names in lower case, without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
    pub etag: String,
    pub changed_at: DateTime<Utc>,
}

impl Object {
    pub fn new(key: &str, headers: &HeaderMap, bytes: Bytes, changed_at: DateTime<Utc>) -> Self {
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        let metadata = headers.iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix("x-amz-meta-")?;
            Some((name.to_owned(), text(value)))
        });
        let content_type = headers.get("content-type").map(text).unwrap_or_default();
        let metadata = metadata.collect();
        let etag = etag(&bytes);
        Self { key: key.to_owned(), bytes, content_type, metadata, etag, changed_at }
    }

    pub fn plain(bytes: &[u8], changed_at: DateTime<Utc>) -> Self {
        Self::new("", &HeaderMap::new(), Bytes::copy_from_slice(bytes), changed_at)
    }
}

/// An upload in parts that goes on.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Without bytes yet.
    pub object: Object,
    pub parts: BTreeMap<u32, Bytes>,
}

pub fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", &hex::encode(Sha256::digest(bytes))[..32])
}
