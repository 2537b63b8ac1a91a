//! What is filled in to connect a bucket.

use async_graphql::{ID, InputObject};

use crate::domain::bucket::BucketInput;
use crate::graphql::scalars::{Instant, Url};

/// A bucket to write every result to.
#[derive(InputObject)]
pub struct ConnectBucketInput {
    /// The address of the store alone, such as `https://s3.eu-central-1.amazonaws.com`.
    endpoint: Url,
    /// What the store calls the bucket.
    name: String,
    /// The region that requests are signed for; with `auto`, what the endpoint says.
    #[graphql(default = "auto")]
    region: String,
    /// What the name of every object begins with; a slash is put behind it.
    #[graphql(default = "bytestack/")]
    prefix: String,
    /// The id of a key that may put objects there; it need not be allowed anything else.
    access_key_id: String,
    /// The key's secret; it is never shown again. Not given: the one that is kept for the same endpoint and
    /// key.
    secret_access_key: Option<String>,
    /// Whether the bucket's name goes into the path; not given: as the endpoint needs it.
    path_style: Option<bool>,
    /// Only try it, and save nothing.
    #[graphql(default)]
    dry_run: bool,
    /// Save it although the test fails.
    #[graphql(default)]
    save_untested: bool,
}

impl From<ConnectBucketInput> for BucketInput {
    fn from(input: ConnectBucketInput) -> Self {
        Self {
            endpoint: input.endpoint.0,
            name: input.name,
            region: Some(input.region),
            prefix: Some(input.prefix),
            access_key_id: input.access_key_id,
            secret_access_key: input.secret_access_key.map(Into::into),
            path_style: input.path_style,
            dry_run: input.dry_run,
            save_untested: input.save_untested,
        }
    }
}

/// The bucket that is meant: saying its name, nobody takes another for it.
#[derive(InputObject)]
pub struct BucketNameInput {
    /// What the store calls the bucket that is connected.
    pub name: String,
}

/// Which results are to be sent that were not: those that are older than the bucket's connection.
#[derive(InputObject)]
pub struct BackfillBucketInput {
    /// What the store calls the bucket that is connected.
    pub name: String,
    /// Only those of this query, `qry_…`.
    pub query_id: Option<ID>,
    /// Only those that were stored at this instant or later.
    pub created_after: Option<Instant>,
    /// Only those that were stored before this instant.
    pub created_before: Option<Instant>,
}
