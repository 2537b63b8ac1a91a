//! Secrets at rest: XChaCha20-Poly1305 under the master key, bound to the place they are kept in, so
//! that a sealed value moved to another row, column or workspace does not open.

use std::sync::{Arc, PoisonError, RwLock};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use super::StoreError;
use crate::clock::random_bytes;

/// Sealed values begin with their version. The first said nothing of its key.
const UNNAMED: u8 = 1;
/// This one is followed by the short id of the key.
const NAMED: u8 = 2;
const NONCE_LEN: usize = 24;
const ID_LEN: usize = 4;

/// Reads the keys where they are kept, the one to seal with first.
pub type ReadKeys = Arc<dyn Fn() -> Result<Vec<[u8; 32]>, String> + Send + Sync>;

/// The key that all secrets at rest are sealed with, and others that still open what they have sealed.
#[derive(Clone)]
pub struct MasterKey {
    keys: Arc<RwLock<Vec<Key>>>,
    read: Option<ReadKeys>,
}

#[derive(Clone, PartialEq, Eq)]
struct Key {
    id: [u8; ID_LEN],
    bytes: [u8; 32],
}

impl MasterKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self::of(vec![bytes], None)
    }

    /// Several keys, the one to seal with first. Where they are kept is looked at again before something is
    /// sealed, and when there is something that none of them opens: they may have been rotated meanwhile.
    pub fn of(keys: Vec<[u8; 32]>, read: Option<ReadKeys>) -> Self {
        let keys = keys.into_iter().map(Key::new).collect();
        Self { keys: Arc::new(RwLock::new(keys)), read }
    }
}

impl Key {
    fn new(bytes: [u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(b"bytestack master key").chain_update(bytes);
        let digest: [u8; 32] = digest.finalize().into();
        let [a, b, c, d, ..] = digest;
        Self { id: [a, b, c, d], bytes }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.bytes.into())
    }

    fn decrypt(&self, aad: &[u8], nonce: [u8; NONCE_LEN], body: &[u8]) -> Option<Vec<u8>> {
        self.cipher().decrypt(&XNonce::from(nonce), Payload { msg: body, aad }).ok()
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

/// A sealed value taken apart.
struct Parts<'a> {
    key: Option<[u8; ID_LEN]>,
    nonce: [u8; NONCE_LEN],
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(sealed: &'a [u8]) -> Option<Self> {
        let (version, rest) = sealed.split_first()?;
        let (key, rest) = match *version {
            UNNAMED => (None, rest),
            NAMED => {
                let (id, rest) = rest.split_first_chunk::<ID_LEN>()?;
                (Some(*id), rest)
            }
            _ => return None,
        };
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
        Some(Self { key, nonce: *nonce, body })
    }
}

impl MasterKey {
    pub fn seal(&self, place: Place<'_>, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.read_again();
        let nonce =
            random_bytes::<NONCE_LEN>().map_err(|error| StoreError::Setup(error.to_string()))?;
        let aad = place.bytes();
        let key = self.keys().first().cloned().ok_or(StoreError::Sealed)?;
        let sealed = key
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &aad })
            .map_err(|_| StoreError::Sealed)?;
        Ok([&[NAMED][..], &key.id, &nonce, &sealed].concat())
    }

    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let parts = Parts::of(sealed).ok_or(StoreError::Sealed)?;
        let aad = place.bytes();
        if let Some(secret) = self.decrypt(&parts, &aad) {
            return Ok(secret);
        }
        let knows = parts.key.is_some_and(|id| self.keys().iter().any(|key| key.id == id));
        if !knows && self.read_again() {
            return self.decrypt(&parts, &aad).ok_or(StoreError::Sealed);
        }
        Err(StoreError::Sealed)
    }

    /// Whether a value says that it was sealed with the key that is used now.
    pub(super) fn is_current(&self, sealed: &[u8]) -> bool {
        let named = Parts::of(sealed).and_then(|parts| parts.key);
        named.is_some() && named == self.keys().first().map(|key| key.id)
    }

    /// Whether the key that is used now opens a value, whatever the value says.
    pub(super) fn current_opens(&self, place: Place<'_>, sealed: &[u8]) -> bool {
        let (aad, keys) = (place.bytes(), self.keys());
        let opened = Parts::of(sealed).zip(keys.first());
        opened.is_some_and(|(parts, key)| key.decrypt(&aad, parts.nonce, parts.body).is_some())
    }

    fn decrypt(&self, parts: &Parts<'_>, aad: &[u8]) -> Option<Vec<u8>> {
        let keys = self.keys();
        let mut fitting = keys.iter().filter(|key| parts.key.is_none_or(|id| id == key.id));
        fitting.find_map(|key| key.decrypt(aad, parts.nonce, parts.body))
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the keys as they are kept now; answers whether they are others than before.
    pub(super) fn read_again(&self) -> bool {
        let Some(read) = &self.read else { return false };
        let found: Vec<Key> = match read() {
            Ok(keys) => keys.into_iter().map(Key::new).collect(),
            Err(error) => {
                tracing::warn!(error, "the master key cannot be read again; the known one is used");
                return false;
            }
        };
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let differs = !found.is_empty() && *keys != found;
        if differs {
            *keys = found;
        }
        differs
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
        for version in [0, 3, 255] {
            let odd = [&[version][..], &sealed[1..]].concat();
            assert!(key.open(HERE, &odd).is_err());
        }
    }

    #[test]
    fn several_keys_open_and_the_first_seals() {
        let (old, both) = (MasterKey::new([7; 32]), MasterKey::of(vec![[8; 32], [7; 32]], None));
        let sealed = old.seal(HERE, b"whsec_x").unwrap();
        assert!(old.is_current(&sealed) && !both.is_current(&sealed));
        assert_eq!(both.open(HERE, &sealed).unwrap(), b"whsec_x");
        assert!(!both.current_opens(HERE, &sealed));
        let new = both.seal(HERE, b"whsec_y").unwrap();
        assert!(both.is_current(&new) && both.current_opens(HERE, &new));
        assert!(old.open(HERE, &new).is_err());
        assert_eq!(MasterKey::new([8; 32]).open(HERE, &new).unwrap(), b"whsec_y");
    }

    #[test]
    fn what_was_sealed_before_keys_had_names_still_opens() {
        let key = Key::new([7; 32]);
        let (nonce, aad) = ([9; NONCE_LEN], HERE.bytes());
        let payload = Payload { msg: b"whsec_x", aad: &aad };
        let body = key.cipher().encrypt(&XNonce::from(nonce), payload).unwrap();
        let sealed = [&[UNNAMED][..], &nonce, &body].concat();
        for keys in [vec![[7; 32]], vec![[8; 32], [7; 32]]] {
            assert_eq!(MasterKey::of(keys, None).open(HERE, &sealed).unwrap(), b"whsec_x");
        }
        assert!(MasterKey::new([8; 32]).open(HERE, &sealed).is_err());
        assert!(!MasterKey::new([7; 32]).is_current(&sealed));
        assert!(MasterKey::new([7; 32]).current_opens(HERE, &sealed));
    }

    #[test]
    fn keys_that_were_rotated_meanwhile_are_read_again() {
        let kept = Arc::new(RwLock::new(vec![[7; 32]]));
        let shared = Arc::clone(&kept);
        let read: ReadKeys = Arc::new(move || Ok(shared.read().unwrap().clone()));
        let key = MasterKey::of(vec![[7; 32]], Some(read));
        let old = key.seal(HERE, b"old").unwrap();
        *kept.write().unwrap() = vec![[8; 32], [7; 32]];
        let elsewhere = MasterKey::new([8; 32]).seal(HERE, b"new").unwrap();
        assert_eq!(key.open(HERE, &elsewhere).unwrap(), b"new");
        assert_eq!(key.open(HERE, &old).unwrap(), b"old");
        assert!(key.is_current(&key.seal(HERE, b"x").unwrap()) && !key.is_current(&old));
    }
}
