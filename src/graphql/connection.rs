//! Relay connections: the four arguments are checked here, and the total is counted only when it is
//! selected.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, Object, OutputType};

use super::context::reader;
use super::errors::{Nullable, to_graphql};
use crate::error::{Code, Error};
use crate::model::audit_entry::AuditFilter;
use crate::model::delivery::DeliveryFilter;
use crate::model::download_link::DownloadLinkFilter;
use crate::model::job::JobFilter;
use crate::model::page::{Order, Page, Place, Slice, SortField};
use crate::model::query::QueryFilter;
use crate::model::scrape_log::ScrapeLogFilter;
use crate::model::storage_object::StorageObjectFilter;

const MOST: i32 = 100;

/// The arguments every connection has.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl PageArguments {
    /// How many items, and whether from the end.
    pub fn count(&self) -> Result<(u64, bool), Error> {
        let (count, from_end) = match (self.first, self.last) {
            (Some(first), None) => (first, false),
            (None, Some(last)) => (last, true),
            (None, None) => return Err(bad("say how many with `first` or `last`, 1 to 100")),
            (Some(_), Some(_)) => return Err(bad("use `first` or `last`, not both")),
        };
        match u64::try_from(count) {
            Ok(wanted) if (1..=MOST).contains(&count) => Ok((wanted, from_end)),
            _ => Err(bad(&format!("{count} items were asked for; 1 to {MOST} are given"))),
        }
    }

    /// The part of a list ordered by ids of one kind.
    pub fn slice<Id: std::str::FromStr>(self) -> Result<Slice, Error> {
        self.slice_by::<Id, _>(Order::<ById>::default())
    }

    /// The part of a list ordered by something, then by ids of one kind.
    pub fn slice_by<Id: std::str::FromStr, F: SortField>(
        self,
        order: Order<F>,
    ) -> Result<Slice, Error> {
        let (count, from_end) = self.count()?;
        let place = |cursor: Option<String>| {
            let Some(cursor) = cursor else { return Ok(None) };
            let place = Place::parse(&cursor, order.field);
            let place = place.filter(|place| place.id.parse::<Id>().is_ok());
            let message = "this cursor is not one of this list in this order";
            place.map(Some).ok_or_else(|| bad(message))
        };
        let (after, before) = (place(self.after)?, place(self.before)?);
        Ok(Slice { count, after, before, from_end, ascending: order.ascending })
    }
}

/// The order of lists that have but one.
#[derive(Clone, Copy, Default)]
struct ById;

impl SortField for ById {
    type Item = ();

    fn name(self) -> Option<&'static str> {
        None
    }

    fn place(self, (): &()) -> Place {
        Place::of_id(&"")
    }
}

fn bad(message: &str) -> Error {
    Error::new(Code::BadUserInput, message)
}

/// A connection whose `totalCount` is counted on demand.
pub type Counted<T> = Connection<String, T, TotalCount>;

/// Builds a connection from a page; the cursor of an edge is its node's id.
pub fn connection<M, T: OutputType>(
    page: Page<M>,
    slice: &Slice,
    counter: Counter,
    node: impl Fn(M) -> (String, T),
) -> Counted<T> {
    let (has_previous, has_next) = if slice.from_end {
        (page.has_more, slice.before.is_some())
    } else {
        (slice.after.is_some(), page.has_more)
    };
    let mut connection =
        Connection::with_additional_fields(has_previous, has_next, TotalCount(counter));
    connection.edges.extend(page.items.into_iter().map(|model| {
        let (cursor, node) = node(model);
        Edge::new(cursor, node)
    }));
    connection
}

/// What the total of a list counts.
pub enum Counter {
    Queries(QueryFilter),
    Jobs(JobFilter),
    StorageObjects(StorageObjectFilter),
    Deliveries(DeliveryFilter),
    ScrapeLogs(ScrapeLogFilter),
    ApiKeys,
    WebhookEndpoints,
    Datasets,
    DownloadLinks(DownloadLinkFilter),
    Pins,
    AuditEntries(AuditFilter),
}

pub struct TotalCount(Counter);

#[Object]
impl TotalCount {
    /// How many items the whole list has; counted only when selected.
    async fn total_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        async {
            let (domain, who) = reader(ctx)?;
            let count = match &self.0 {
                Counter::Queries(filter) => domain.count_queries(who, filter).await,
                Counter::Jobs(filter) => domain.count_jobs(who, filter).await,
                Counter::StorageObjects(filter) => domain.count_storage_objects(who, filter).await,
                Counter::Deliveries(filter) => domain.count_deliveries(who, filter).await,
                Counter::ScrapeLogs(filter) => domain.count_scrape_logs(who, filter).await,
                Counter::DownloadLinks(filter) => domain.count_download_links(who, filter).await,
                Counter::Pins => domain.count_pins(who).await,
                Counter::Datasets => domain.count_datasets(who).await,
                Counter::WebhookEndpoints => domain.count_webhook_endpoints(who).await,
                Counter::ApiKeys => domain.count_api_keys(who).await,
                Counter::AuditEntries(filter) => domain.count_audit_entries(who, filter).await,
            };
            let count = count.map_err(|error| to_graphql(ctx, error))?;
            Ok(i32::try_from(count).ok())
        }
        .await
        .transpose()
    }
}
