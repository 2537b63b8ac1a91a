//! How a store that speaks S3 is spoken to, the operator's and every user's alike: the strictest form
//! that all of them take.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation,
    ResponseChecksumValidation, StalledStreamProtectionConfig,
};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::connector::Through;
use crate::config::AllowPrivate;
use crate::model::bucket::{is_r2, must_be_in_path};
use crate::net::{Egress, NetError, Schemes};

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// A bucket and who is let in.
#[derive(Clone, Debug)]
pub struct S3Target {
    /// Not set: AWS.
    pub endpoint: Option<String>,
    pub region: String,
    pub bucket: String,
    /// What every key begins with, without slashes at its ends; may be empty.
    pub prefix: String,
    /// Whether the bucket is in the path of an address rather than in its host; not set: as it must be.
    pub path_style: Option<bool>,
    pub access_key_id: SecretString,
    pub secret: SecretString,
}

/// How long a store is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The first one and those after a failure that may pass, with growing and random pauses between.
    pub attempts: u32,
    /// From the first byte sent to the head of the answer, and between two pieces of its body.
    pub answer: Duration,
    /// One request with all its attempts; a body that is read as it comes is not part of it.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let (answer, whole) = (Duration::from_mins(1), Duration::from_mins(3));
        Self { attempts: 5, answer, whole }
    }
}

impl S3Target {
    /// The key of something in this bucket.
    pub fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }

    /// A client that sends through `egress`; clones share what it has learned.
    pub fn client(&self, egress: &Egress, schemes: Schemes, patience: Patience) -> Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_WITHIN)
            .read_timeout(patience.answer)
            .operation_attempt_timeout(patience.answer + CONNECT_WITHIN)
            .operation_timeout(patience.whole)
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(patience.attempts)
            .with_initial_backoff(FIRST_BACKOFF)
            .with_max_backoff(LONGEST_BACKOFF);
        // By default all buckets of a region share what may be retried, so that one would starve another.
        let partition =
            RetryPartition::custom("bucket").token_bucket(TokenBucket::default()).build();
        let key = Credentials::new(
            self.access_key_id.expose_secret(),
            self.secret.expose_secret(),
            None,
            None,
            "settings",
        );
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(Through::new(egress.clone(), schemes))
            .region(Region::new(self.signing_region().to_owned()))
            .credentials_provider(key)
            .force_path_style(self.is_path_style())
            // Checksums that nobody asked for are sent as trailers, which many stores do not take.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            // Who reads slowly is no stalled store; silence is bounded where a body is read.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(timeouts)
            .retry_config(retries)
            .retry_partition(partition);
        if let Some(endpoint) = &self.endpoint {
            config = config.endpoint_url(endpoint);
        }
        Client::from_conf(config.build())
    }

    /// A way out for a store that the operator names in the settings: its hosts may be private.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn operators_way(&self) -> Result<Egress, NetError> {
        let url = self.url();
        let host =
            url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
        let Some((host, port)) = host else { return Egress::new(&[]) };
        let host = host.trim_matches(['[', ']']);
        let hosts = [host.to_owned(), format!("{}.{host}", self.bucket)];
        Egress::new(&hosts.map(|host| AllowPrivate::Host { host, port }))
    }

    fn is_path_style(&self) -> bool {
        let must = || {
            let url = self.endpoint.as_ref().and_then(|_| self.url());
            let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
            let has_port = url.as_ref().is_some_and(|url| url.port().is_some());
            must_be_in_path(host, has_port, &self.bucket)
        };
        self.path_style.unwrap_or_else(must)
    }

    fn signing_region(&self) -> &str {
        let url = self.url();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        if is_r2(host) { "auto" } else { &self.region }
    }

    fn url(&self) -> Option<Url> {
        let aws = || format!("https://s3.{}.amazonaws.com", self.region);
        self.endpoint.clone().unwrap_or_else(aws).parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(endpoint: Option<&str>, bucket: &str) -> S3Target {
        S3Target {
            endpoint: endpoint.map(str::to_owned),
            region: "eu-1".to_owned(),
            bucket: bucket.to_owned(),
            prefix: String::new(),
            path_style: None,
            access_key_id: "AKIA".into(),
            secret: "hush".into(),
        }
    }

    #[test]
    fn the_bucket_is_in_the_path_where_it_must_be() {
        for (endpoint, bucket, expected) in [
            (None, "plain", false),
            (None, "with.dot", true),
            (Some("https://s3.example.com"), "plain", false),
            (Some("https://s3.example.com"), "with.dot", true),
            (Some("https://s3.example.com:9000"), "plain", true),
            (Some("http://10.0.0.7"), "plain", true),
            (Some("http://[fd00::7]"), "plain", true),
        ] {
            let mut target = target(endpoint, bucket);
            assert_eq!(target.is_path_style(), expected, "{endpoint:?} {bucket}");
            target.path_style = Some(!expected);
            assert_eq!(target.is_path_style(), !expected, "{endpoint:?} {bucket}");
        }
    }

    #[test]
    fn r2_has_one_region() {
        for (endpoint, expected) in [
            (None, "eu-1"),
            (Some("https://s3.example.com"), "eu-1"),
            (Some("https://0af1.r2.cloudflarestorage.com"), "auto"),
            (Some("https://0af1.eu.r2.cloudflarestorage.com"), "auto"),
            (Some("https://evilr2.cloudflarestorage.com"), "eu-1"),
        ] {
            assert_eq!(target(endpoint, "plain").signing_region(), expected, "{endpoint:?}");
        }
    }

    #[test]
    fn a_key_begins_with_the_prefix() {
        let mut target = target(None, "plain");
        assert_eq!(target.key("a/b/c"), "a/b/c");
        target.prefix = "deep/er".to_owned();
        assert_eq!(target.key("a/b/c"), "deep/er/a/b/c");
        let shown = format!("{target:?}");
        assert!(!shown.contains("AKIA") && !shown.contains("hush"), "{shown}");
    }
}
