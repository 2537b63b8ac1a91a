//! Which results are meant: of lists and exports alike.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::http::paging::Shared;
use crate::model::id::{JobId, QueryId};
use crate::model::storage_object::StorageObjectFilter;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only results of this query.
    #[param(nullable = false)]
    query_id: Option<QueryId>,
    /// Only the result of this job.
    #[param(nullable = false)]
    job_id: Option<JobId>,
    /// Only results with this in their key; A to Z fit in either case.
    #[param(nullable = false)]
    search: Option<String>,
    /// Only results stored after this instant.
    #[param(nullable = false)]
    created_after: Option<DateTime<Utc>>,
    /// Only results stored before this instant.
    #[param(nullable = false)]
    created_before: Option<DateTime<Utc>>,
}

impl Shared for Filter {
    const NAMES: &'static [&'static str] =
        &["query_id", "job_id", "search", "created_after", "created_before"];
}

impl From<Filter> for StorageObjectFilter {
    fn from(filter: Filter) -> Self {
        Self {
            query_id: filter.query_id,
            job_id: filter.job_id,
            search: filter.search,
            created_after: filter.created_after,
            created_before: filter.created_before,
        }
    }
}
