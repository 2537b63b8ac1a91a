//! The workspace's own bucket.

use async_graphql::{Context, Enum, Object, SimpleObject};

use crate::graphql::context::admin;
use crate::graphql::errors::failed;
use crate::graphql::scalars::{Instant, Long, Url};
use crate::model::bucket;

pub struct Bucket(pub bucket::Bucket);

/// The workspace's own bucket: every result is written to it besides being kept here.
#[Object]
impl Bucket {
    /// The address of the store.
    async fn endpoint(&self) -> Url {
        Url(self.0.place.endpoint.clone())
    }

    /// What the store calls the bucket.
    async fn name(&self) -> &str {
        &self.0.place.name
    }

    /// The region that requests are signed for; `auto` where the store has none.
    async fn region(&self) -> &str {
        &self.0.place.region
    }

    /// What the name of every object begins with: a result is `{prefix}{query id}/{time}.json`.
    async fn prefix(&self) -> &str {
        &self.0.place.prefix
    }

    /// Whether the bucket's name is in the path of requests rather than in their host.
    async fn path_style(&self) -> bool {
        self.0.place.path_style
    }

    /// The end of the access key id; the secret is never shown.
    async fn access_key_id_last4(&self) -> String {
        let id = &self.0.access_key_id;
        id.chars().skip(id.chars().count().saturating_sub(4)).collect()
    }

    /// Whether results are sent.
    async fn state(&self) -> BucketState {
        self.0.state.into()
    }

    /// Since when it has kept failing with nothing written in between; null while all is well.
    async fn failing_since(&self) -> Option<Instant> {
        self.0.failing_since.map(Instant)
    }

    /// When it was connected.
    async fn connected_at(&self) -> Instant {
        Instant(self.0.connected_at)
    }

    /// How many results wait to be written to it.
    async fn backlog(&self, ctx: &Context<'_>) -> async_graphql::Result<Long> {
        let (domain, who) = admin(ctx)?;
        Ok(Long(domain.bucket_backlog(who, &self.0).await.map_err(failed(ctx))?))
    }

    /// What the newest test that was kept said.
    async fn last_test(&self) -> Option<BucketTest> {
        self.0.last_test.clone().map(BucketTest::from)
    }
}

/// Whether results are sent to a bucket.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "bucket::BucketState")]
pub enum BucketState {
    /// Results are sent as they come.
    Active,
    /// It failed for a day: results wait until `resumeBucket` finds it well.
    Paused,
}

/// A try to use a bucket.
#[derive(SimpleObject)]
pub struct BucketTest {
    /// When it was tried.
    at: Instant,
    /// Whether results can be sent.
    ok: bool,
    /// What was done, in order; after a step that failed there is no other.
    steps: Vec<BucketTestStep>,
}

/// One step of a test.
#[derive(SimpleObject)]
pub struct BucketTestStep {
    /// What was done.
    name: BucketTestStepName,
    /// Whether it worked, or need not.
    ok: bool,
    /// Why it failed, for programs, such as `REGION_WRONG`; null when it did not.
    code: Option<String>,
    /// What is wrong and what to do, or what is to be known although it is right.
    message: Option<String>,
}

/// What is done in a test of a bucket.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "bucket::TestStep")]
pub enum BucketTestStepName {
    /// The address may be reached, and a store answers there.
    Connect,
    /// A small object is written.
    Write,
    /// It is read again; not being allowed to is right.
    Read,
    /// It is deleted; not being allowed to is right, and it is left there.
    Delete,
}

impl From<bucket::BucketTest> for BucketTest {
    fn from(test: bucket::BucketTest) -> Self {
        let (at, ok) = (Instant(test.at), test.ok());
        let steps = test.steps.into_iter().map(|step| BucketTestStep {
            name: step.step.into(),
            ok: step.ok,
            code: step.code,
            message: step.message,
        });
        Self { at, ok, steps: steps.collect() }
    }
}

/// A kind of store, and what is to be filled in to reach it.
#[derive(SimpleObject)]
pub struct BucketPreset {
    /// `aws`, `r2`…
    name: &'static str,
    /// What people call it.
    title: &'static str,
    /// The endpoint, with what differs from user to user in angle brackets.
    endpoint: &'static str,
    /// The region, likewise.
    region: &'static str,
    /// Whether the bucket's name goes into the path.
    path_style: bool,
    /// What to know when making the key.
    hint: &'static str,
}

impl From<bucket::Preset> for BucketPreset {
    fn from(preset: bucket::Preset) -> Self {
        let bucket::Preset { name, title, endpoint, region, path_style, hint } = preset;
        Self { name, title, endpoint, region, path_style, hint }
    }
}
