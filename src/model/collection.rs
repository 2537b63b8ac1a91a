//! What a job collected from one source, kept as long as its result: with it the result can be computed
//! again.

/// The documents of one source, as NDJSON compressed with zstd: a document a line, in the order they came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// The source as the result names it.
    pub source: String,
    pub documents: u64,
    /// Length of the plain lines.
    pub size_bytes: u64,
    /// Of the plain lines, in hex.
    pub sha256: String,
    /// Where they are; nothing where the source gave none.
    pub blob: Option<String>,
}
