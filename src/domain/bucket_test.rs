//! Trying a bucket, step by step: a small object is written, read and deleted again where that is allowed.
//! A key that may put objects and nothing else is right, so only writing must work.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncReadExt;

use super::Domain;
use super::bucket_fault::{Fault, explain, is_denied};
use crate::blobs::s3::{Cause, Patience, S3Fault, S3Target};
use crate::model::bucket::{
    BucketPlace, BucketTest, BucketTestStep, TestStep, VERIFICATION_OBJECT,
};
use crate::net::{NetError, Schemes};

/// Somebody waits for the answer, and all of it must fit into the time a request has.
const PATIENCE: Patience =
    Patience { attempts: 2, answer: Duration::from_secs(5), whole: Duration::from_secs(6) };

const TEXT: &str = "ByteStack wrote this to see whether it may. It can be deleted.";

/// One bucket while it is tried.
struct Probe<'a> {
    client: Client,
    place: &'a BucketPlace,
    key: String,
    body: Vec<u8>,
}

impl Domain {
    /// Tries to write to a bucket; nothing else is changed.
    pub(super) async fn test_bucket(
        &self,
        place: &BucketPlace,
        access_key_id: &str,
        secret: &SecretString,
    ) -> BucketTest {
        let at = self.clock.now();
        let target = target(place, access_key_id, secret.expose_secret());
        let probe = Probe {
            client: target.client(&self.egress, Schemes::Https, PATIENCE),
            place,
            key: format!("{}{VERIFICATION_OBJECT}", place.prefix),
            // Differs each time, so that what is read is what was just written.
            body: format!("{TEXT}\n{}\n", at.timestamp_millis()).into_bytes(),
        };
        BucketTest { at, steps: probe.steps(at).await }
    }
}

/// What leads the client to a bucket.
pub(super) fn target(place: &BucketPlace, access_key_id: &str, secret: &str) -> S3Target {
    S3Target {
        endpoint: Some(place.endpoint.clone()),
        region: place.region.clone(),
        bucket: place.name.clone(),
        prefix: String::new(),
        path_style: Some(place.path_style),
        access_key_id: access_key_id.into(),
        secret: secret.into(),
    }
}

impl Probe<'_> {
    async fn steps(&self, at: DateTime<Utc>) -> Vec<BucketTestStep> {
        let explain = |step, fault: &S3Fault| explain(fault, step, self.place, at);
        if let Err(refusal) = self.write().await {
            let fault = explain(TestStep::Write, &refusal);
            if refusal.status.is_none() || fault.code == "NOT_A_STORE" {
                return vec![failed(TestStep::Connect, fault)];
            }
            return vec![passed(TestStep::Connect, None), failed(TestStep::Write, fault)];
        }
        let mut steps = vec![passed(TestStep::Connect, None), passed(TestStep::Write, None)];
        match self.read().await {
            Ok(body) if body == self.body => steps.push(passed(TestStep::Read, None)),
            Ok(_) => {
                steps.push(failed(TestStep::Read, other_bytes()));
                return steps;
            }
            Err(refusal) if is_denied(&refusal) => {
                let message = "the key may not read, which is right: it need not";
                steps.push(passed(TestStep::Read, Some(message.to_owned())));
            }
            Err(refusal) => {
                steps.push(failed(TestStep::Read, explain(TestStep::Read, &refusal)));
                return steps;
            }
        }
        let left = self.delete().await.err().map(|refusal| {
            let why = if is_denied(&refusal) {
                "the key may not delete, which is right".to_owned()
            } else {
                explain(TestStep::Delete, &refusal).message
            };
            format!("`{}` is left in the bucket: {why}", self.key)
        });
        steps.push(passed(TestStep::Delete, left));
        steps
    }

    async fn write(&self) -> Result<(), S3Fault> {
        let put = self.client.put_object().bucket(&self.place.name).key(&self.key);
        let put = put.content_type("text/plain").body(ByteStream::from(self.body.clone()));
        let put = put.send().await.map(drop);
        put.map_err(|error| S3Fault::of("PutObject", &error))
    }

    /// As much as was written, and a byte more if there is one.
    async fn read(&self) -> Result<Vec<u8>, S3Fault> {
        let get = self.client.get_object().bucket(&self.place.name).key(&self.key);
        let answer = get.send().await.map_err(|error| S3Fault::of("GetObject", &error))?;
        let mut body = Vec::new();
        let most = self.body.len() as u64 + 1;
        let reading = async {
            answer.body.into_async_read().take(most).read_to_end(&mut body).await.map(drop)
        };
        let broken = |what: &str| {
            let error = NetError::Broken(format!("the answer was not whole: {what}"));
            S3Fault::own("GetObject", Cause::Net(error), what)
        };
        match tokio::time::timeout(PATIENCE.answer, reading).await {
            Ok(Ok(())) => Ok(body),
            Ok(Err(_)) => Err(broken("it broke off")),
            Err(_) => Err(broken("it did not end in time")),
        }
    }

    async fn delete(&self) -> Result<(), S3Fault> {
        let delete = self.client.delete_object().bucket(&self.place.name).key(&self.key);
        let deleted = delete.send().await.map(drop);
        deleted.map_err(|error| S3Fault::of("DeleteObject", &error))
    }
}

fn passed(step: TestStep, message: Option<String>) -> BucketTestStep {
    BucketTestStep { step, ok: true, code: None, message }
}

fn failed(step: TestStep, fault: Fault) -> BucketTestStep {
    let Fault { code, message } = fault;
    BucketTestStep { step, ok: false, code: Some(code.to_owned()), message: Some(message) }
}

fn other_bytes() -> Fault {
    let message = "what is read is not what was written: something between changes it, or somebody else \
                   writes there too";
    Fault { code: "BYTES_DIFFER", message: message.to_owned() }
}
