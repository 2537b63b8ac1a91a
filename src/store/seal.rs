//! Secrets at rest: XChaCha20-Poly1305 under the master key, bound to the place they are kept in, so
//! that a sealed value moved to another row, column or workspace does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::StoreError;
use crate::clock::random_bytes;

const VERSION: u8 = 1;
const NONCE_LEN: usize = 24;

/// The key that all secrets at rest are sealed with.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// Where a sealed value belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a str,
    pub workspace: &'a str,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        [self.table, self.column, self.row, self.workspace].join("|").into_bytes()
    }
}

impl MasterKey {
    pub fn seal(&self, place: Place<'_>, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let nonce =
            random_bytes::<NONCE_LEN>().map_err(|error| StoreError::Setup(error.to_string()))?;
        let aad = place.bytes();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &aad })
            .map_err(|_| StoreError::Sealed)?;
        Ok([&[VERSION][..], &nonce, &sealed].concat())
    }

    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let [VERSION, rest @ ..] = sealed else {
            return Err(StoreError::Sealed);
        };
        let Some((nonce, body)) = rest.split_first_chunk::<NONCE_LEN>() else {
            return Err(StoreError::Sealed);
        };
        let aad = place.bytes();
        self.cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: &aad })
            .map_err(|_| StoreError::Sealed)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'static> = Place { table: "t", column: "c", row: "r", workspace: "w" };

    #[test]
    fn opens_only_in_its_place_and_with_its_key() {
        let key = MasterKey::new([7; 32]);
        let sealed = key.seal(HERE, b"whsec_x").unwrap();
        assert_eq!(key.open(HERE, &sealed).unwrap(), b"whsec_x");
        assert!(key.open(Place { row: "other", ..HERE }, &sealed).is_err());
        assert!(key.open(Place { workspace: "other", ..HERE }, &sealed).is_err());
        assert!(MasterKey::new([8; 32]).open(HERE, &sealed).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(key.open(HERE, &changed).is_err());
        assert!(key.open(HERE, &sealed[..10]).is_err());
    }
}
