//! The workspace's own bucket, and what a test of one says.

use std::net::IpAddr;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::id::{BucketId, QueryId, WorkspaceId};

/// Where results go in a bucket unless another prefix is given.
pub const DEFAULT_PREFIX: &str = "bytestack/";
/// What a test writes, behind the prefix.
pub const VERIFICATION_OBJECT: &str = ".bytestack-verification";

/// Whether results are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketState {
    Active,
    /// It failed for a day: results wait until a test passes.
    Paused,
}

impl BucketState {
    pub const ALL: [Self; 2] = [Self::Active, Self::Paused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }
}

impl FromStr for BucketState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a bucket's state"))
    }
}

/// A connected bucket; its secret is read apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub id: BucketId,
    pub workspace_id: WorkspaceId,
    pub place: BucketPlace,
    pub access_key_id: String,
    pub state: BucketState,
    /// Since when it has kept failing, with nothing written in between.
    pub failing_since: Option<DateTime<Utc>>,
    pub connected_at: DateTime<Utc>,
    pub last_test: Option<BucketTest>,
}

/// What leads to a bucket, and where in it results go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPlace {
    /// Of the store, without the bucket.
    pub endpoint: String,
    pub name: String,
    /// As requests are signed for; `auto` where the store has none.
    pub region: String,
    /// What the name of every object begins with.
    pub prefix: String,
    /// Whether the bucket's name is in the path rather than in the host.
    pub path_style: bool,
}

impl BucketPlace {
    /// The name that a result has in the bucket: `{prefix}{query id}/{time}.json`.
    pub fn object_key(&self, query: QueryId, storage_key: &str) -> String {
        let query = query.to_string();
        let after = storage_key.strip_prefix(&query).and_then(|rest| rest.strip_prefix('_'));
        format!("{}{query}/{}", self.prefix, after.unwrap_or(storage_key))
    }
}

/// What is done in a test, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestStep {
    /// The address may be reached and somebody answers there.
    Connect,
    /// A small object is written.
    Write,
    /// It is read again.
    Read,
    /// It is deleted.
    Delete,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketTestStep {
    pub step: TestStep,
    pub ok: bool,
    /// Stable and in capitals, where it failed.
    pub code: Option<String>,
    /// What is wrong and what to do, or what is to be known although it is right.
    pub message: Option<String>,
}

/// A try to use a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketTest {
    pub at: DateTime<Utc>,
    /// Those that were reached: after one that failed there is no other.
    pub steps: Vec<BucketTestStep>,
}

impl BucketTest {
    /// Whether results can be sent.
    pub fn ok(&self) -> bool {
        self.steps.iter().all(|step| step.ok)
    }

    /// The step that failed.
    pub fn failed(&self) -> Option<&BucketTestStep> {
        self.steps.iter().find(|step| !step.ok)
    }
}

/// A kind of store, and what is to be filled in to reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    pub name: &'static str,
    pub title: &'static str,
    /// With what differs from user to user in angle brackets.
    pub endpoint: &'static str,
    pub region: &'static str,
    pub path_style: bool,
    pub hint: &'static str,
}

/// The stores that people use most; any other that speaks S3 works too.
pub const PRESETS: [Preset; 6] = [
    Preset {
        name: "aws",
        title: "Amazon S3",
        endpoint: "https://s3.<region>.amazonaws.com",
        region: "<region>",
        path_style: false,
        hint: "A key that may s3:PutObject below the prefix is enough.",
    },
    Preset {
        name: "r2",
        title: "Cloudflare R2",
        endpoint: "https://<account_id>.r2.cloudflarestorage.com",
        region: "auto",
        path_style: true,
        hint: "Make an R2 API token with Object Read & Write for the bucket.",
    },
    Preset {
        name: "b2",
        title: "Backblaze B2",
        endpoint: "https://s3.<region>.backblazeb2.com",
        region: "<region>",
        path_style: false,
        hint: "The endpoint is shown beside the bucket; the keyID is the access key id.",
    },
    Preset {
        name: "minio",
        title: "MinIO",
        endpoint: "https://<host>:9000",
        region: "us-east-1",
        path_style: true,
        hint: "A MinIO in a private network must be allowed by the operator with \
               BYTESTACK_ALLOW_PRIVATE.",
    },
    Preset {
        name: "wasabi",
        title: "Wasabi",
        endpoint: "https://s3.<region>.wasabisys.com",
        region: "<region>",
        path_style: false,
        hint: "The region is the one the bucket was made in.",
    },
    Preset {
        name: "gcs",
        title: "Google Cloud Storage",
        endpoint: "https://storage.googleapis.com",
        region: "auto",
        path_style: true,
        hint: "Make an HMAC key for a service account under Settings → Interoperability.",
    },
];

/// Ends of the hosts of stores that have their region, and buckets, in front.
const WITH_REGIONS: [&str; 4] =
    [".amazonaws.com", ".amazonaws.com.cn", ".backblazeb2.com", ".wasabisys.com"];
const R2: &str = ".r2.cloudflarestorage.com";

/// The region that an endpoint's host names, for those that leave it out; `us-east-1` is what stores of
/// one's own take, and `auto` what those without regions do.
pub fn region_of(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    let between = |suffix: &str| {
        let rest = host.strip_suffix(suffix)?;
        let region = rest.strip_prefix("s3.").or_else(|| rest.strip_prefix("s3-"))?;
        let region = region.strip_prefix("dualstack.").unwrap_or(region);
        (!region.is_empty() && !region.contains('.')).then(|| region.to_owned())
    };
    match WITH_REGIONS.into_iter().find_map(between) {
        Some(region) => region,
        None if is_r2(&host) || host.ends_with("storage.googleapis.com") => "auto".to_owned(),
        None => "us-east-1".to_owned(),
    }
}

/// Whether the bucket's name goes into the path because it cannot be a part of the host: none is below an
/// address, none with a port is usually set up, and no certificate is for a name with another dot.
pub fn must_be_in_path(host: &str, has_port: bool, bucket: &str) -> bool {
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    is_address || has_port || bucket.contains('.')
}

/// Whether it goes there unless somebody says otherwise: of a store that is not known to take it in the host,
/// too.
pub fn needs_path_style(host: &str, has_port: bool, bucket: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let has_hosts = WITH_REGIONS.iter().any(|end| host.ends_with(end));
    must_be_in_path(&host, has_port, bucket) || !has_hosts
}

/// Whether the host is of R2, which has one region and calls it `auto`.
pub fn is_r2(host: &str) -> bool {
    host.to_ascii_lowercase().ends_with(R2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TypedId;

    #[test]
    fn results_lie_below_their_query() {
        let query = QueryId::from_ulid(ulid::Ulid::from_parts(5, 7));
        let place = BucketPlace {
            endpoint: "https://s3.eu-central-1.amazonaws.com".to_owned(),
            name: "acme".to_owned(),
            region: "eu-central-1".to_owned(),
            prefix: DEFAULT_PREFIX.to_owned(),
            path_style: false,
        };
        let key = format!("{query}_2026-04-30T08-00-00Z-2.json");
        let expected = format!("bytestack/{query}/2026-04-30T08-00-00Z-2.json");
        assert_eq!(place.object_key(query, &key), expected);
    }

    #[test]
    fn the_region_is_read_from_the_endpoint() {
        for (host, region) in [
            ("s3.eu-central-1.amazonaws.com", "eu-central-1"),
            ("s3-us-west-2.amazonaws.com", "us-west-2"),
            ("s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1"),
            ("s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("s3.amazonaws.com", "us-east-1"),
            ("s3.us-west-004.backblazeb2.com", "us-west-004"),
            ("s3.eu-central-1.wasabisys.com", "eu-central-1"),
            ("abc.r2.cloudflarestorage.com", "auto"),
            ("storage.googleapis.com", "auto"),
            ("minio.example.com", "us-east-1"),
            ("10.0.0.7", "us-east-1"),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }

    #[test]
    fn the_bucket_is_in_the_host_only_where_stores_are_known_to_take_it_there() {
        assert!(!needs_path_style("s3.eu-central-1.amazonaws.com", false, "acme"));
        assert!(!needs_path_style("s3.us-west-004.backblazeb2.com", false, "acme"));
        assert!(needs_path_style("s3.eu-central-1.amazonaws.com", false, "my.bucket"));
        assert!(needs_path_style("127.0.0.1", true, "acme"));
        assert!(needs_path_style("minio.example.com", false, "acme"));
        assert!(needs_path_style("abc.r2.cloudflarestorage.com", false, "acme"));
    }
}
