//! What a blob may be called: the same wherever it is kept.

use std::fmt;
use std::io;
use std::str::FromStr;

/// `{kind}/{owner}/{part}`, each of ASCII letters, digits, `_` and `-`: a path that cannot leave its
/// folder, and a key that no store spells differently.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlobName(String);

impl BlobName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BlobName {
    type Err = io::Error;

    fn from_str(name: &str) -> io::Result<Self> {
        let part_is_plain = |part: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            !part.is_empty() && part.bytes().all(allowed)
        };
        if name.split('/').count() != 3 || !name.split('/').all(part_is_plain) {
            let message = format!("`{name}` is not a blob name");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        Ok(Self(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_three_plain_parts() {
        assert_eq!("datasets/ds_1/1-a".parse::<BlobName>().unwrap().as_str(), "datasets/ds_1/1-a");
        for name in ["", "a/b", "../a/b", "a/../b", "a//b", "/a/b", "a/b/c/d", "a/b/c.d", "a/b/ä"]
        {
            let error = name.parse::<BlobName>().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name}");
        }
    }
}
