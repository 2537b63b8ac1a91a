//! Secrets that are replaced, and the key pair whose public half anybody may have.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::*;

/// Checks the `v1a` entry as somebody would who has only the public key.
fn is_of(received: &Received, public_key: &str) -> bool {
    let key = STANDARD.decode(public_key.strip_prefix("whpk_").unwrap()).unwrap();
    let entries = received.header("webhook-signature").split(' ');
    let mut signatures = entries.filter_map(|entry| entry.strip_prefix("v1a,"));
    let signature = STANDARD.decode(signatures.next().unwrap()).unwrap();
    assert_eq!(signatures.next(), None);
    let (id, time) = (received.header("webhook-id"), received.header("webhook-timestamp"));
    let signed = [format!("{id}.{time}.").as_bytes(), &received.body].concat();
    UnparsedPublicKey::new(&ED25519, key).verify(&signed, &signature).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_workspace_sends_can_be_checked_with_its_public_key() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service().await;
    let data = app.graphql("{ workspace { webhookPublicKey } }", json!({})).await;
    let key = data["workspace"]["webhookPublicKey"].as_str().unwrap();
    let document = app.get("/v1/webhooks/public-key").await.json();
    assert_eq!(document, json!({ "algorithm": "ed25519", "public_key": key }));
    app.register(for_ends(&receiver.url("/a"))).await;
    app.ended(&app.ask(with(question(), json!({ "webhookUrl": receiver.url("/b") }))).await).await;
    app.running().idle().await.unwrap();
    for received in [receiver.next().await, receiver.next().await] {
        assert!(is_of(&received, key), "{}", received.path);
    }
    let (_, stranger) = app.stranger().await;
    let theirs = app.get_as(&stranger, "/v1/webhooks/public-key").await.json();
    assert_ne!(theirs["public_key"], key, "each workspace has its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_sign_until_the_overlap_is_over() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service().await;
    let (id, old) = app.register(for_ends(&receiver.url("/"))).await;
    let rotate =
        format!("rotateWebhookSecret(input: {{webhookEndpointId: {id}, overlapHours: 1}})");
    let rotated =
        mutate(&app, &rotate, "webhookEndpoint { secretLast4 previousSecretUntil } secret");
    let rotated = rotated.await;
    let new = rotated["secret"].as_str().unwrap();
    assert!(new.ends_with(rotated["webhookEndpoint"]["secretLast4"].as_str().unwrap()));
    assert!(rotated["webhookEndpoint"]["previousSecretUntil"].is_string());
    app.ended(&app.ask(question()).await).await;
    app.running().idle().await.unwrap();
    let received = receiver.next().await;
    assert!(is_signed(&received, new) && is_signed(&received, &old));
    let plain = bytestack_signature(new, &received.body);
    assert_eq!(received.header("x-bytestack-signature"), plain, "of the newest alone");

    // The receiver's clock is that of this machine, so the overlap is what ends.
    let rotate =
        format!("rotateWebhookSecret(input: {{webhookEndpointId: {id}, overlapHours: 0}})");
    let newest = mutate(&app, &rotate, "secret").await["secret"].as_str().unwrap().to_owned();
    app.ended(&app.ask(question()).await).await;
    app.running().idle().await.unwrap();
    let received = receiver.next().await;
    assert!(is_signed(&received, &newest));
    assert!(!is_signed(&received, new) && !is_signed(&received, &old));
    let wrong = rotate.replace("overlapHours: 0", "overlapHours: 169");
    let wrong = mutate(&app, &wrong, "secret").await;
    assert_eq!(wrong["userErrors"][0]["code"], "OVERLAP_INVALID");
}

fn bytestack_signature(secret: &str, body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_of_a_workspace_is_replaced_in_the_same_way() {
    let mut receiver = Receiver::answering(&[]).await;
    let mut options = options(patient_gate());
    let old = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    options.settings.insert("WEBHOOK_SECRET", old.to_owned());
    let app = TestApp::with_posts(options).await;
    let rotated = mutate(&app, "rotateSigningSecret(input: {})", "secret").await;
    let new = rotated["secret"].as_str().unwrap();
    app.ended(&app.ask(with(question(), json!({ "webhookUrl": receiver.url("/") }))).await).await;
    app.running().idle().await.unwrap();
    let received = receiver.next().await;
    assert!(is_signed(&received, new) && is_signed(&received, old));
}
