//! A workspace's key pair: whoever has its public half can check what was sent, and sign nothing.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair};

use super::Domain;
use crate::clock::random_bytes;
use crate::error::Error;
use crate::model::api_key::Principal;
use crate::model::id::WorkspaceId;
use crate::store::Seed;

/// An ed25519 key pair.
pub struct SigningKey(Ed25519KeyPair);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public()).finish()
    }
}

impl SigningKey {
    pub(super) fn of(seed: &Seed) -> Result<Self, Error> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed);
        pair.map(Self).map_err(|_| Error::internal("a signing key cannot be used"))
    }

    /// `whpk_…`
    pub fn public(&self) -> String {
        format!("whpk_{}", STANDARD.encode(self.0.public_key()))
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

impl Domain {
    /// What the caller's workspace's webhooks can be checked with: `whpk_…`.
    pub async fn webhook_public_key(&self, who: &Principal) -> Result<String, Error> {
        let gone = || Error::not_found("the workspace is not there any more");
        let signers = self.store.workspace_signers(who.workspace_id, self.clock.now()).await?;
        let seed = signers.ok_or_else(gone)?.key;
        Ok(self.signing_key(who.workspace_id, seed).await?.ok_or_else(gone)?.public())
    }

    /// A workspace's key pair, made where there is none yet.
    pub(super) async fn signing_key(
        &self,
        workspace: WorkspaceId,
        known: Option<Seed>,
    ) -> Result<Option<SigningKey>, Error> {
        let seed = match known {
            Some(seed) => Some(seed),
            None => self.store.ensure_signing_key(workspace, random_bytes()?).await?,
        };
        seed.as_ref().map(SigningKey::of).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_one_of_its_seed() {
        // RFC 8032, section 7.1, test 2.
        let hex = |text: &str| hex::decode(text).unwrap();
        let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = SigningKey::of(&seed.try_into().unwrap()).unwrap();
        let public = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        assert_eq!(key.public(), format!("whpk_{}", STANDARD.encode(public)));
        let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(key.sign(&[0x72]), hex(signature));
    }
}
