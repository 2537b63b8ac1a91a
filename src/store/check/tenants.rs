//! Rows that belong together, and the workspaces that each is in.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;

/// Two tables whose rows belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub of: &'static str,
    pub to: &'static str,
    on: &'static str,
}

/// All that belongs together. A new table that has a workspace gets a line here.
pub const LINKS: &[Link] = &[
    Link { of: "job", to: "query", on: "other.id = own.query_id" },
    Link { of: "storage_object", to: "job", on: "other.id = own.job_id" },
    Link { of: "storage_object", to: "query", on: "other.id = own.query_id" },
    Link { of: "download_link", to: "storage_object", on: "other.id = own.object_id" },
    Link { of: "pin", to: "query", on: "other.id = own.query_id" },
    Link { of: "event", to: "query", on: "other.id = own.query_id" },
    Link { of: "scrape_log", to: "job", on: "other.id = own.job_id" },
    Link { of: "task", to: "job", on: "other.id = own.id" },
    Link { of: "task", to: "delivery", on: "other.id = own.id" },
    Link { of: "delivery", to: "job", on: "other.id = own.job_id" },
    Link { of: "delivery", to: "event", on: "other.id = own.event_id" },
    Link { of: "delivery", to: "storage_object", on: "other.id = own.object_id" },
    Link { of: "delivery", to: "webhook_endpoint", on: "other.id = own.endpoint_id" },
];

/// A row that is in another workspace than the one it belongs to.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Straddler {
    pub id: String,
    pub workspace_id: String,
    pub other_id: String,
    pub other_workspace_id: String,
}

impl Snapshot {
    /// # Errors
    /// When the database does not answer.
    pub async fn straddlers(&self, link: Link) -> Result<Rows<'_, Straddler>, StoreError> {
        let Link { of, to, on } = link;
        self.rows(&format!(
            "SELECT own.id, own.workspace_id, other.id AS other_id, \
             other.workspace_id AS other_workspace_id FROM {of} AS own JOIN {to} AS other ON {on} \
             WHERE own.workspace_id <> other.workspace_id"
        ))
        .await
    }

    /// How many rows belong to another one in this way.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn linked(&self, link: Link) -> Result<u64, StoreError> {
        let Link { of, to, on } = link;
        self.count(&format!("SELECT count(*) FROM {of} AS own JOIN {to} AS other ON {on}")).await
    }
}
