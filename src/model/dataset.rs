//! The user's own posts, uploaded as a file and kept as immutable versions.

use chrono::{DateTime, Utc};

use super::id::{DatasetId, WorkspaceId};

/// Longest dataset name, in characters.
pub const MAX_NAME_CHARS: usize = 64;

/// One version of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    pub id: DatasetId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    /// 1 for the first upload of a name, then one more each.
    pub version: u32,
    pub documents: u64,
    /// Length of the normalised documents, uncompressed.
    pub size_bytes: u64,
    /// Of the normalised documents, in hex.
    pub sha256: String,
    /// Where the normalised documents are.
    pub blob: String,
    pub created_at: DateTime<Utc>,
}

impl Dataset {
    /// How a question names it; its newest version is meant then.
    pub fn source(&self) -> String {
        format!("dataset:{}", self.name)
    }
}

/// Whether a text may name a dataset: lower-case letters, digits, `-`, `_` and `.`, at most 64,
/// beginning with a letter or digit, so that it reads the same in an address, a file and `sources`.
pub fn is_valid_name(name: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    };
    let begins_well = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    begins_well && name.len() <= MAX_NAME_CHARS && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["posts", "hn-2016", "a", "0.1_x", &"a".repeat(64)] {
            assert!(is_valid_name(good), "{good}");
        }
        for bad in ["", "Posts", "-a", ".x", "a b", "a/b", "ä", &"a".repeat(65)] {
            assert!(!is_valid_name(bad), "{bad}");
        }
    }
}
