//! Signatures over the same bytes: those of Standard Webhooks, `v1` with each secret that is valid and `v1a`
//! with the workspace's key pair, and the documented header of this service, which older receivers check.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::signing_key::SigningKey;

const PREFIX: &str = "whsec_";

/// A secret that is not `whsec_` and base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing secret is not of the form whsec_<base64>")]
pub struct SecretError;

/// The entry of `webhook-signature` of one secret: the id, the time of this attempt in Unix seconds and the body,
/// under the secret's decoded bytes.
pub fn standard(
    secret: &str,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> Result<String, SecretError> {
    let encoded = secret.strip_prefix(PREFIX).ok_or(SecretError)?;
    let key = STANDARD.decode(encoded).map_err(|_| SecretError)?;
    let signed = mac(&key, &[format!("{id}.{timestamp}.").as_bytes(), body])?;
    Ok(format!("v1,{}", STANDARD.encode(signed)))
}

/// The entry of `webhook-signature` that anybody can check who has the public half of the key.
pub fn asymmetric(key: &SigningKey, id: &str, timestamp: i64, body: &[u8]) -> String {
    let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    format!("v1a,{}", STANDARD.encode(key.sign(&signed)))
}

/// The value of `X-ByteStack-Signature`: the body alone, under the secret's text as it is shown.
pub fn plain(secret: &str, body: &[u8]) -> Result<String, SecretError> {
    Ok(format!("sha256={}", hex::encode(mac(secret.as_bytes(), &[body])?)))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, SecretError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| SecretError)?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_library_of_the_standard_makes_the_same_signature() {
        let body = br#"{"event":"job.completed","text":"caf\u00e9"}"#;
        let webhook = standardwebhooks::Webhook::new(SECRET).unwrap();
        let expected = webhook.sign("evt_1", 1_795_000_000, body).unwrap();
        assert_eq!(standard(SECRET, "evt_1", 1_795_000_000, body), Ok(expected));
    }

    #[test]
    fn the_plain_signature_is_the_hmac_of_the_body_under_the_text_of_the_secret() {
        // printf '{"a":1}' | openssl dgst -sha256 -hmac whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
        let expected = "sha256=45ec03b2b33403c8043a90de06bedad0827183927115fd7e448ef97eeb13c5be";
        assert_eq!(plain(SECRET, br#"{"a":1}"#).unwrap(), expected);
    }

    #[test]
    fn a_secret_of_another_form_signs_nothing() {
        for secret in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whsec"] {
            assert_eq!(standard(secret, "evt_1", 1, b"{}"), Err(SecretError), "{secret}");
        }
    }
}
