//! The query root. What the caller may not see looks the same as what does not exist.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, ID, Object};

use super::connection::{Counted, PageArguments};
use super::context::{loaders, reader};
use super::errors::{Nullable, failed, to_graphql};
use super::inputs::{PreviewQueryInput, ScheduleInput};
use super::limits::{OperationCost, list_cost};
use super::lists::{
    AuditFilter, DeliveryFilter, DownloadLinkFilter, JobFilter, JobOrder, QueryFilter, QueryOrder,
    StorageObjectFilter, StorageObjectOrder, checked,
};
use super::scalars::Instant;
use super::types::api_key::ApiKey;
use super::types::audit_entry::AuditEntry;
use super::types::bucket::BucketPreset;
use super::types::dataset::Dataset;
use super::types::delivery::Delivery;
use super::types::download_link::DownloadLink;
use super::types::event::Event;
use super::types::job::Job;
use super::types::node::{self, Node};
use super::types::pin::Pin;
use super::types::query::SavedQuery;
use super::types::query_preview::QueryPreview;
use super::types::rate_limit::RateLimit;
use super::types::source::{self, Source};
use super::types::storage_object::StorageObject;
use super::types::webhook_endpoint::WebhookEndpoint;
use super::types::workspace::Workspace;
use crate::domain::event::LogSlice;
use crate::error::{Code, Error};
use crate::model::bucket::PRESETS;
use crate::model::id::{JobId, QueryId};

pub struct Query;

/// Everything that can be read; needs a key with scope `read`, unless it says
/// otherwise.
#[Object]
impl Query {
    /// The object with this id, of any kind.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Node> {
        async { Ok(node::load(ctx, &[id]).await?.pop().flatten()) }.await.transpose()
    }

    /// The objects with these ids, at most 100, in the same order; null where there is none.
    #[graphql(complexity = "1 + ids.len() * child_complexity")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            let message = format!("{} ids were given; at most 100 are looked up", ids.len());
            return Err(to_graphql(ctx, Error::new(Code::BadUserInput, message)));
        }
        node::load(ctx, &ids).await
    }

    /// The workspace of the caller's key.
    async fn workspace(&self, ctx: &Context<'_>) -> Nullable<Workspace> {
        async {
            let (domain, who) = reader(ctx)?;
            Ok(domain.workspace(who).await.map_err(failed(ctx))?.map(Workspace))
        }
        .await
        .transpose()
    }

    /// A saved query.
    async fn query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `qry_…`.")] id: ID,
    ) -> Nullable<SavedQuery> {
        async {
            reader(ctx)?;
            let Ok(id) = id.parse::<QueryId>() else { return Ok(None) };
            let found = loaders(ctx)?.load(id).await.map_err(failed(ctx))?;
            Ok(found.map(SavedQuery))
        }
        .await
        .transpose()
    }

    /// The workspace's queries; without `orderBy` the newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn queries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only queries that fit.")] filter: Option<QueryFilter>,
        #[graphql(desc = "Newest first when not given.")] order_by: Option<QueryOrder>,
    ) -> Nullable<Counted<SavedQuery>> {
        async {
            let filter = filter.map(Into::into).unwrap_or_default();
            let order = order_by.map(Into::into).unwrap_or_default();
            SavedQuery::list(ctx, PageArguments { first, after, last, before }, filter, order).await
        }
        .await
        .transpose()
    }

    /// A job.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `job_…`.")] id: ID,
    ) -> Nullable<Job> {
        async {
            reader(ctx)?;
            let Ok(id) = id.parse::<JobId>() else { return Ok(None) };
            let found = loaders(ctx)?.load(id).await.map_err(failed(ctx))?;
            Ok(found.map(Job))
        }
        .await
        .transpose()
    }

    /// The workspace's jobs; without `orderBy` the newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only jobs that fit.")] filter: Option<JobFilter>,
        #[graphql(desc = "Newest first when not given.")] order_by: Option<JobOrder>,
    ) -> Nullable<Counted<Job>> {
        async {
            let filter = checked(filter).map_err(failed(ctx))?;
            let order = order_by.map(Into::into).unwrap_or_default();
            Job::list(ctx, PageArguments { first, after, last, before }, filter, order).await
        }
        .await
        .transpose()
    }

    /// A stored result, by storage key, by query id (its latest result) or by job id.
    async fn storage_object(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A storage key, `qry_…` or `job_…`.")] key: String,
    ) -> Nullable<StorageObject> {
        async {
            let (domain, who) = reader(ctx)?;
            match domain.locate_storage_object(who, &key).await {
                Ok(located) => Ok(Some(StorageObject(located.object))),
                Err(error) if error.code == Code::NotFound => Ok(None),
                Err(error) => Err(to_graphql(ctx, error)),
            }
        }
        .await
        .transpose()
    }

    /// The workspace's stored results; without `orderBy` in the order of their jobs, the newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn storage_objects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only results that fit.")] filter: Option<StorageObjectFilter>,
        #[graphql(desc = "That of their jobs when not given.")] order_by: Option<
            StorageObjectOrder,
        >,
    ) -> Nullable<Counted<StorageObject>> {
        async {
            let filter = checked(filter).map_err(failed(ctx))?;
            let order = order_by.map(Into::into).unwrap_or_default();
            let page = PageArguments { first, after, last, before };
            StorageObject::list(ctx, page, filter, order).await
        }
        .await
        .transpose()
    }

    /// Links to results, newest first, those that stopped working as well.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn download_links(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only links that fit.")] filter: Option<DownloadLinkFilter>,
    ) -> Nullable<Counted<DownloadLink>> {
        async {
            let filter = filter.map(Into::into).unwrap_or_default();
            DownloadLink::list(ctx, PageArguments { first, after, last, before }, filter).await
        }
        .await
        .transpose()
    }

    /// The charts that the workspace keeps on its overview, oldest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn pins(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
    ) -> Nullable<Counted<Pin>> {
        Pin::list(ctx, PageArguments { first, after, last, before }).await.transpose()
    }

    /// The workspace's log, oldest first. A cursor of an event, of a created query or of a
    /// subscription is a place in it.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only events after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only events before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only events of these types; all when not given.")] types: Option<
            Vec<String>,
        >,
    ) -> Nullable<Connection<String, Event>> {
        async {
            let (domain, who) = reader(ctx)?;
            let page = PageArguments { first, after, last, before };
            let (count, from_end) = page.count().map_err(failed(ctx))?;
            let types = types.unwrap_or_default();
            let slice = LogSlice { after: page.after, before: page.before, count, from_end, types };
            let (events, has_more) = domain.events(who, &slice).await.map_err(failed(ctx))?;
            let (has_previous, has_next) = if from_end {
                (has_more, slice.before.is_some())
            } else {
                (slice.begins_later(), has_more)
            };
            let mut connection = Connection::new(has_previous, has_next);
            let edge = |event: crate::model::event::Event| {
                Edge::new(event.cursor().to_string(), Event(event))
            };
            connection.edges.extend(events.into_iter().map(edge));
            Ok(Some(connection))
        }
        .await
        .transpose()
    }

    /// Events on their way to receivers, newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only deliveries that fit.")] filter: Option<DeliveryFilter>,
    ) -> Nullable<Counted<Delivery>> {
        async {
            let filter = checked(filter).map_err(failed(ctx))?;
            Delivery::list(ctx, PageArguments { first, after, last, before }, filter).await
        }
        .await
        .transpose()
    }

    /// The workspace's registered receivers of events, newest first; needs a key with scope `admin`.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn webhook_endpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
    ) -> Nullable<Counted<WebhookEndpoint>> {
        WebhookEndpoint::list(ctx, PageArguments { first, after, last, before }).await.transpose()
    }

    /// The workspace's keys, newest first, revoked ones as well; needs a key with scope `admin`.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
    ) -> Nullable<Counted<ApiKey>> {
        ApiKey::list(ctx, PageArguments { first, after, last, before }).await.transpose()
    }

    /// Who changed what in the workspace, newest first; needs a key with scope `admin`.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only entries that fit.")] filter: Option<AuditFilter>,
    ) -> Nullable<Counted<AuditEntry>> {
        async {
            let filter = checked(filter).map_err(failed(ctx))?;
            AuditEntry::list(ctx, PageArguments { first, after, last, before }, filter).await
        }
        .await
        .transpose()
    }

    /// What the caller's key may spend; null where there is no limit.
    async fn rate_limit(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<RateLimit>> {
        let (domain, who) = reader(ctx)?;
        let cost = ctx.data_opt::<OperationCost>().map_or(0, OperationCost::get);
        Ok(domain.budget(who).map(|budget| RateLimit::of(budget, cost)))
    }

    /// All sources a question may name, and whether they answer on this server.
    async fn sources(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Source>> {
        let (domain, _) = reader(ctx)?;
        Ok(source::all(domain))
    }

    /// Kinds of stores that a bucket can be in, and what to fill in for each; others that speak S3 work too.
    async fn bucket_presets(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<BucketPreset>> {
        reader(ctx)?;
        Ok(PRESETS.into_iter().map(BucketPreset::from).collect())
    }

    /// The workspace's datasets, each in its newest version, the last uploaded first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
    ) -> Nullable<Counted<Dataset>> {
        Dataset::list(ctx, PageArguments { first, after, last, before }).await.transpose()
    }

    /// How a question would be read and which sources would answer it; nothing is stored or run.
    async fn preview_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question.")] input: PreviewQueryInput,
    ) -> Nullable<QueryPreview> {
        async {
            let (domain, who) = reader(ctx)?;
            let preview = domain.preview_query(who, &input.into()).await;
            QueryPreview::of(preview).map(Some).map_err(failed(ctx))
        }
        .await
        .transpose()
    }

    /// The next fires of a schedule, were it given now.
    async fn preview_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schedule.")] schedule: ScheduleInput,
        #[graphql(desc = "How many, 1 to 100.", default = 10)] count: usize,
    ) -> async_graphql::Result<Vec<Instant>> {
        let (domain, who) = reader(ctx)?;
        let fires = domain.preview_schedule(who, &schedule.into(), count).map_err(|wrong| {
            let message = format!("{}: {}", wrong.field, wrong.message);
            to_graphql(ctx, Error::new(Code::BadUserInput, message))
        })?;
        Ok(fires.into_iter().map(Instant).collect())
    }
}
