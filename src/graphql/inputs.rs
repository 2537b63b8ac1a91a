//! Inputs of queries and mutations.

mod bucket;
mod webhook_endpoint;

use async_graphql::{ID, InputObject, Json, MaybeUndefined};
use serde_json::Value;

use super::lists::StorageObjectFilter;
use super::scalars::{Instant, Url};
use super::types::api_key::Scope;
use super::types::pin::PinChart;
use super::types::schedule::{
    CatchUpPolicy, DstFold, DstGap, FailurePolicy, OverlapPolicy, ScheduleInterval,
};
use crate::domain::api_key::NewKey;
use crate::domain::deletion::DeleteResults;
use crate::domain::download_link::AskedLink;
use crate::domain::query_change::{Change, QueryChange};
use crate::domain::retention::RetentionChange;
use crate::domain::schedule::NewSchedule;
use crate::domain::submission::NewQuery;
use crate::domain::workspace::WorkspaceChange;
use crate::error::Error;
use crate::model::schedule;
use crate::model::window::DateRange;

pub use bucket::{BackfillBucketInput, BucketNameInput, ConnectBucketInput};
pub use webhook_endpoint::{
    CreateWebhookEndpointInput, RecoverDeliveriesInput, RedeliverInput, RotateSigningSecretInput,
    RotateWebhookSecretInput, UpdateWebhookEndpointInput, WebhookEndpointIdInput,
};

/// A key to make.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// What people call it, 1 to 100 characters.
    name: String,
    /// What it allows.
    scope: Scope,
    /// When it stops working by itself; never when not given.
    expires_at: Option<Instant>,
}

impl From<CreateApiKeyInput> for NewKey {
    fn from(input: CreateApiKeyInput) -> Self {
        let expires_at = input.expires_at.map(|instant| instant.0);
        Self { name: input.name, scope: input.scope.into(), expires_at }
    }
}

/// A link to make.
#[derive(InputObject)]
pub struct CreateDownloadLinkInput {
    /// The result: a storage key, `job_…`, or `qry_…` for the newest that the query has now.
    storage_key: String,
    /// How long it works, 1 to 7,776,000 seconds, which are 90 days.
    #[graphql(default_with = "Some(86_400)")]
    expires_in_seconds: Option<i32>,
    /// Makes a repeated request harmless for 24 hours: it is answered with the link of the first one.
    idempotency_key: Option<String>,
}

impl From<CreateDownloadLinkInput> for AskedLink {
    fn from(input: CreateDownloadLinkInput) -> Self {
        Self {
            name: input.storage_key,
            expires_in_seconds: input.expires_in_seconds.map(Into::into),
            idempotency_key: input.idempotency_key,
        }
    }
}

/// A link to revoke.
#[derive(InputObject)]
pub struct RevokeDownloadLinkInput {
    /// Its id, `lnk_…`.
    pub download_link_id: ID,
}

/// A chart to pin.
#[derive(InputObject)]
pub struct PinChartInput {
    /// The query, `qry_…`.
    pub query_id: ID,
    /// What of its results is to be shown.
    pub chart: PinChart,
}

/// A chart to unpin.
#[derive(InputObject)]
pub struct UnpinChartInput {
    /// The pin, `pin_…`.
    pub pin_id: ID,
}

/// A key to revoke.
#[derive(InputObject)]
pub struct RevokeApiKeyInput {
    /// Its id, `key_…`.
    pub api_key_id: ID,
}

/// A span of time: from `start` up to `end`.
#[derive(InputObject)]
pub struct DateRangeInput {
    /// The first instant inside.
    start: Instant,
    /// The first instant outside; an end whose seconds are 59 includes that second.
    end: Instant,
}

/// A question to save and, unless said otherwise, to run at once.
#[derive(InputObject)]
pub struct CreateQueryInput {
    /// The question in plain language, at most 4,000 characters.
    prompt: String,
    /// Names of sources, such as `dataset:posts`; all that are ready when not given.
    sources: Option<Vec<String>>,
    /// The time asked about; it beats a time named in the prompt.
    date_range: Option<DateRangeInput>,
    /// How many posts the result lists, 1 to 1,000; it never caps what is counted.
    #[graphql(default_with = "Some(100)")]
    limit: Option<i32>,
    /// A name to find the query by.
    name: Option<String>,
    /// The IANA time zone that days and weeks are meant in; the workspace's when not given.
    timezone: Option<String>,
    /// How the prompt is meant, as `previewQuery` shows it; edited where that is not right. The grammar reads the
    /// prompt when not given.
    reading: Option<Json<Value>>,
    /// The form that answers are given in as well, as JSON Schema: `output` of a result is shaped by it and valid.
    output_schema: Option<Json<Value>>,
    /// Where the end of each of its jobs is announced: an https address that answers 2xx within 10
    /// seconds. It is signed with the workspace's secret.
    webhook_url: Option<Url>,
    /// When it runs by itself.
    schedule: Option<ScheduleInput>,
    /// Whether to run at once; when not given, yes unless there is a schedule.
    run: Option<bool>,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    idempotency_key: Option<String>,
}

impl From<CreateQueryInput> for NewQuery {
    fn from(input: CreateQueryInput) -> Self {
        Self {
            prompt: input.prompt,
            sources: input.sources,
            date_range: input.date_range.map(Into::into),
            limit: input.limit.map(Into::into),
            name: input.name,
            timezone: input.timezone,
            reading: input.reading.map(|reading| reading.0),
            output_schema: input.output_schema.map(|schema| schema.0),
            webhook_url: input.webhook_url.map(|url| url.0),
            schedule: input.schedule.map(Into::into),
            run: input.run,
            idempotency_key: input.idempotency_key,
        }
    }
}

/// A question to look at before it is asked.
#[derive(InputObject)]
pub struct PreviewQueryInput {
    /// The question in plain language, at most 4,000 characters.
    prompt: String,
    /// Names of sources, such as `dataset:posts`; all that are ready when not given.
    sources: Option<Vec<String>>,
    /// The time asked about; it beats a time named in the prompt.
    date_range: Option<DateRangeInput>,
    /// How many posts the result would list, 1 to 1,000.
    limit: Option<i32>,
    /// The IANA time zone that days and weeks are meant in; the workspace's when not given.
    timezone: Option<String>,
    /// How the prompt is meant, as `previewQuery` shows it; edited where that is not right. The grammar reads the
    /// prompt when not given.
    reading: Option<Json<Value>>,
    /// The form that answers would be given in as well, as JSON Schema.
    output_schema: Option<Json<Value>>,
}

impl From<PreviewQueryInput> for NewQuery {
    fn from(input: PreviewQueryInput) -> Self {
        Self {
            prompt: input.prompt,
            sources: input.sources,
            date_range: input.date_range.map(Into::into),
            limit: input.limit.map(Into::into),
            timezone: input.timezone,
            reading: input.reading.map(|reading| reading.0),
            output_schema: input.output_schema.map(|schema| schema.0),
            ..Self::default()
        }
    }
}

/// What of a saved question is to become different; what is not given stays as it is.
#[derive(InputObject)]
pub struct UpdateQueryInput {
    /// The query, `qry_…`.
    pub query_id: ID,
    /// The question in plain language, at most 4,000 characters.
    prompt: Option<String>,
    /// Names of sources; with an empty list all that are ready.
    sources: Option<Vec<String>>,
    /// The time asked about; null leaves it to the prompt.
    date_range: MaybeUndefined<DateRangeInput>,
    /// How many posts the result lists, 1 to 1,000.
    limit: Option<i32>,
    /// A name to find the query by; null takes it away.
    name: MaybeUndefined<String>,
    /// The IANA time zone that days and weeks are meant in.
    timezone: Option<String>,
    /// How the prompt is meant; when not given, it is read anew once what the reading depends on is changed.
    reading: Option<Json<Value>>,
    /// The form that answers are given in as well, as JSON Schema; null takes it away.
    output_schema: MaybeUndefined<Json<Value>>,
    /// Where the end of each of its jobs is announced; null announces it to nobody.
    webhook_url: MaybeUndefined<Url>,
}

impl From<UpdateQueryInput> for QueryChange {
    fn from(input: UpdateQueryInput) -> Self {
        Self {
            prompt: input.prompt,
            sources: input.sources,
            date_range: change(input.date_range, Into::into),
            limit: input.limit.map(Into::into),
            name: change(input.name, |name| name),
            timezone: input.timezone,
            reading: input.reading.map(|reading| reading.0),
            output_schema: change(input.output_schema, |schema| schema.0),
            webhook_url: change(input.webhook_url, |url| url.0),
        }
    }
}

fn change<T, U>(given: MaybeUndefined<T>, convert: impl FnOnce(T) -> U) -> Option<Change<U>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Change::Clear),
        MaybeUndefined::Value(value) => Some(Change::Set(convert(value))),
    }
}

impl From<DateRangeInput> for DateRange {
    fn from(range: DateRangeInput) -> Self {
        Self { start: range.start.0, end: range.end.0 }
    }
}

/// When a query is to run by itself: either `cron` or `interval`.
#[derive(InputObject)]
pub struct ScheduleInput {
    /// Five fields: minute, hour, day of month, month, day of week, such as `0 8 * * MON-FRI`.
    cron: Option<String>,
    /// An interval that has a name.
    interval: Option<ScheduleInterval>,
    /// The IANA time zone that the fields are meant in; the query's own when not given.
    timezone: Option<String>,
    /// What becomes of a fire while a run has not ended.
    #[graphql(default_with = "OverlapPolicy::Skip")]
    overlap: OverlapPolicy,
    /// What becomes of fires that were missed.
    #[graphql(default_with = "CatchUpPolicy::Last")]
    catch_up: CatchUpPolicy,
    /// How old a missed fire may be to be made up for; a year when not given.
    catch_up_window_seconds: Option<i32>,
    /// What becomes of it when a run fails.
    #[graphql(default_with = "FailurePolicy::Stop")]
    on_failure: FailurePolicy,
    /// What becomes of times that the clock leaves out.
    #[graphql(default_with = "DstGap::Shift")]
    dst_gap: DstGap,
    /// What becomes of times that the clock shows twice.
    #[graphql(default_with = "DstFold::First")]
    dst_fold: DstFold,
    /// Runs begin up to so much later than their fire, at most 3,600.
    #[graphql(default = 0)]
    jitter_seconds: i32,
    /// The first instant that may fire.
    starts_at: Option<Instant>,
    /// The last instant that may fire.
    ends_at: Option<Instant>,
}

impl From<ScheduleInput> for NewSchedule {
    fn from(input: ScheduleInput) -> Self {
        let interval = input.interval.map(schedule::ScheduleInterval::from);
        let text = |text: &str| Some(text.to_owned());
        Self {
            cron: input.cron,
            interval: interval.and_then(|interval| text(interval.as_str())),
            timezone: input.timezone,
            overlap: text(schedule::OverlapPolicy::from(input.overlap).as_str()),
            catch_up: text(schedule::CatchUpPolicy::from(input.catch_up).as_str()),
            catch_up_window_seconds: input.catch_up_window_seconds.map(Into::into),
            on_failure: text(schedule::FailurePolicy::from(input.on_failure).as_str()),
            dst_gap: text(schedule::DstGap::from(input.dst_gap).as_str()),
            dst_fold: text(schedule::DstFold::from(input.dst_fold).as_str()),
            jitter_seconds: Some(input.jitter_seconds.into()),
            starts_at: input.starts_at.map(|instant| instant.0),
            ends_at: input.ends_at.map(|instant| instant.0),
        }
    }
}

/// A query that is to run by itself.
#[derive(InputObject)]
pub struct ScheduleQueryInput {
    /// The query, `qry_…`.
    pub query_id: ID,
    /// When; it takes the place of the schedule it had.
    pub schedule: ScheduleInput,
    /// Makes a repeated request harmless for 24 hours: it changes nothing.
    pub idempotency_key: Option<String>,
}

/// A dataset that is meant.
#[derive(InputObject)]
pub struct DeleteDatasetInput {
    /// Its name, without `dataset:`.
    pub name: String,
}

/// Results to delete: either `keys` or `filter`.
#[derive(InputObject)]
pub struct DeleteStorageObjectsInput {
    /// Storage keys, or ids of results or of their jobs; at most 100. What is not there is left out.
    keys: Option<Vec<String>>,
    /// All results that fit and were stored by now; something must be given in it.
    filter: Option<StorageObjectFilter>,
    /// Only count them.
    #[graphql(default = false)]
    dry_run: bool,
    /// Makes a repeated request harmless for 24 hours: it deletes nothing more.
    idempotency_key: Option<String>,
}

impl TryFrom<DeleteStorageObjectsInput> for DeleteResults {
    type Error = Error;

    fn try_from(input: DeleteStorageObjectsInput) -> Result<Self, Error> {
        Ok(Self {
            keys: input.keys,
            filter: input.filter.map(TryInto::try_into).transpose()?,
            dry_run: input.dry_run,
            idempotency_key: input.idempotency_key,
        })
    }
}

/// How long things are kept from now on; what is not given stays as it is.
#[derive(InputObject)]
pub struct SetRetentionPolicyInput {
    /// How many days results are kept, 1 to 36,500; null keeps them until somebody deletes them.
    result_days: MaybeUndefined<i32>,
    /// How many days deliveries are kept after they have ended; null keeps them as long as their events.
    delivery_days: MaybeUndefined<i32>,
    /// How many days events are kept; null keeps them as long as the operator has set.
    event_days: MaybeUndefined<i32>,
    /// How many days raw exchanges with sources are kept.
    scrape_log_days: Option<i32>,
    /// Only look at what would be deleted.
    #[graphql(default = false)]
    pub dry_run: bool,
}

impl From<SetRetentionPolicyInput> for RetentionChange {
    fn from(input: SetRetentionPolicyInput) -> Self {
        Self {
            result_days: change(input.result_days, i64::from),
            delivery_days: change(input.delivery_days, i64::from),
            event_days: change(input.event_days, i64::from),
            scrape_log_days: input.scrape_log_days.map(i64::from),
        }
    }
}

/// What of the workspace becomes different; what is not given stays.
#[derive(InputObject)]
pub struct UpdateWorkspaceInput {
    /// What people call it, 1 to 100 characters.
    name: Option<String>,
    /// The IANA time zone that days and weeks are meant in unless a query says otherwise.
    timezone: Option<String>,
    /// Whether what jobs collect from now on is kept with their results.
    keep_documents: Option<bool>,
}

impl From<UpdateWorkspaceInput> for WorkspaceChange {
    fn from(input: UpdateWorkspaceInput) -> Self {
        Self { name: input.name, timezone: input.timezone, keeps_documents: input.keep_documents }
    }
}

/// A query that is meant.
#[derive(InputObject)]
pub struct QueryIdInput {
    /// The query, `qry_…`.
    pub query_id: ID,
}

/// A past range that a query is to run over.
#[derive(InputObject)]
pub struct BackfillQueryInput {
    /// The query, `qry_…`; it must have a schedule.
    pub query_id: ID,
    /// Fires after this instant.
    pub from: Instant,
    /// Up to this one.
    pub to: Instant,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    pub idempotency_key: Option<String>,
}

/// A saved query to run now.
#[derive(InputObject)]
pub struct RunQueryInput {
    /// The query, `qry_…`.
    pub query_id: ID,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    pub idempotency_key: Option<String>,
}

/// A job to run once more.
#[derive(InputObject)]
pub struct RetryJobInput {
    /// A job that has ended, `job_…`.
    pub job_id: ID,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    pub idempotency_key: Option<String>,
}

/// A job to call off.
#[derive(InputObject)]
pub struct CancelJobInput {
    /// The job, `job_…`.
    pub job_id: ID,
}
