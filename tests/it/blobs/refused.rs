//! A bucket that cannot be used is refused at the start, in words that say what to change.

use std::collections::BTreeMap;
use std::time::Duration;

use bytestack::blobs::s3::Patience;
use tempfile::tempdir;

use super::stores::in_bucket;
use crate::support::process::run_in;
use crate::support::s3::{Failure, Profile, S3Double};

const PATIENCE: Patience =
    Patience { attempts: 2, answer: Duration::from_secs(20), whole: Duration::from_mins(1) };

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_wrong_is_said_in_its_own_words() {
    let double = S3Double::start(Profile::Aws).await;
    let told = |failure| {
        let double = &double;
        async move {
            double.fail_always("*", Some(failure));
            let (blobs, _spool) = in_bucket(double.target(""), PATIENCE);
            let error = blobs.check("look").await.unwrap_err().to_string();
            double.fail_always("*", None);
            error
        }
    };
    for (failure, expected) in [
        (Failure::WrongRegion("eu-9"), "another region: set the region to eu-9"),
        (Failure::ClockSkew, "the clock of this machine is wrong: at the store it is "),
        (Failure::NoSuchBucket, "there is no such bucket at the store"),
        (Failure::SignatureDoesNotMatch, "the secret access key is not that of the key id"),
        (Failure::InvalidAccessKeyId, "the store does not know this access key id"),
        (Failure::AccessDenied, "the key may not do PutObject there"),
        (Failure::SlowDown, "the store asks for fewer requests"),
        (Failure::Status(501, "NotImplemented"), "the store does not have PutObject"),
        (Failure::Status(507, "Full"), "PutObject failed: 507, Full, As told."),
        (Failure::HangUp, "gave no HTTP answer before it hung up"),
    ] {
        let error = told(failure).await;
        assert!(error.contains(expected), "{failure:?}: {error}");
    }
    for verb in ["GetObject", "ListObjectsV2", "DeleteObject"] {
        double.fail_always(verb, Some(Failure::AccessDenied));
        let (blobs, _spool) = in_bucket(double.target(""), PATIENCE);
        let error = blobs.check("look").await.unwrap_err().to_string();
        assert_eq!(error, format!("the key may not do {verb} there"));
        double.fail_always(verb, None);
    }
    let (blobs, _spool) = in_bucket(double.target(""), PATIENCE);
    blobs.check("look").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_settings_have_wrong_is_found_by_the_store_itself() {
    let double = S3Double::start(Profile::Aws).await;
    let check = async |change: fn(&mut bytestack::blobs::s3::S3Target)| {
        let mut target = double.target("");
        change(&mut target);
        let (blobs, _spool) = in_bucket(target, PATIENCE);
        blobs.check("look").await.unwrap_err().to_string()
    };
    let error = check(|target| target.bucket = "elsewhere".to_owned()).await;
    assert_eq!(error, "there is no such bucket at the store");
    let error = check(|target| target.region = "us-east-1".to_owned()).await;
    assert_eq!(error, "the bucket is in another region: set the region to eu-test-1");
    let error = check(|target| target.access_key_id = "AKIAOTHER".into()).await;
    assert_eq!(error, "the store does not know this access key id");
    let error = check(|target| target.secret = "guess".into()).await;
    assert!(error.contains("the secret access key is not that of the key id"), "{error}");
    let error = check(|target| target.endpoint = Some("http://127.0.0.1:9".to_owned())).await;
    assert_eq!(error, "127.0.0.1:9 refuses connections");
    let error = check(|target| {
        target.endpoint = target.endpoint.take().map(|url| url.replace("http", "https"));
    });
    let error = error.await;
    assert!(error.contains("does not speak TLS") || error.contains("agree on TLS"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_does_not_start_on_a_bucket_that_it_cannot_use() {
    let double = S3Double::start(Profile::Aws).await;
    let refused = |change: &[(&'static str, &str)]| {
        let mut settings: BTreeMap<&str, String> = double.settings("kept");
        settings.extend(change.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let named: Vec<(String, String)> = settings
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (format!("BYTESTACK_{name}"), value))
            .collect();
        let data = tempdir().unwrap();
        let environment: Vec<(&str, &str)> =
            named.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let run = || run_in(data.path(), &["serve"], &environment);
        let ended = tokio::task::block_in_place(run);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        ended.log
    };
    let message = refused(&[("S3_SECRET_ACCESS_KEY", "guess")]);
    let expected = "the bucket archive cannot be used for blobs: the store refuses the signature";
    assert!(message.contains(expected), "{message}");
    assert!(!message.contains("guess") && !message.contains("AKIA"), "{message}");
    let message = refused(&[("BLOBS", "s3://elsewhere")]);
    let expected = "the bucket elsewhere cannot be used for blobs: there is no such bucket";
    assert!(message.contains(expected), "{message}");
    let message = refused(&[("S3_ACCESS_KEY_ID", ""), ("S3_SECRET_ACCESS_KEY", "")]);
    assert!(message.contains("set BYTESTACK_S3_ACCESS_KEY_ID and"), "{message}");
}
