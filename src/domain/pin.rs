//! What a workspace keeps on its overview: charts of its queries.

use serde_json::json;

use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::{AuditEntry, Operation};
use crate::model::id::{PinId, QueryId};
use crate::model::page::{Page, Slice};
use crate::model::pin::{MAX_PINS, Pin, PinChart};
use crate::store::Pinned;

/// Why nothing was pinned.
#[derive(Debug, thiserror::Error)]
pub enum PinFailure {
    #[error("there is no such query, or it was deleted")]
    QueryNotFound,
    #[error("a workspace has at most {MAX_PINS} pins; unpin one first")]
    TooMany,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Domain {
    /// Pins a chart of a query; what is pinned already stays as it is, and its pin is answered.
    pub async fn pin_chart(
        &self,
        who: &Principal,
        query_id: QueryId,
        chart: PinChart,
    ) -> Result<Pin, PinFailure> {
        require(who, Scope::Write)?;
        let id = self.clock.new_id().map_err(Error::from)?;
        let (workspace_id, created_at) = (who.workspace_id, self.clock.now());
        let pin = Pin { id, workspace_id, query_id, chart, created_at };
        let audit = self.pin_entry(who, Operation::PinChart, &pin)?;
        match self.store.insert_pin(pin.clone(), audit).await.map_err(Error::from)? {
            Pinned::New => Ok(pin),
            Pinned::Before(known) => Ok(known),
            Pinned::NoQuery => Err(PinFailure::QueryNotFound),
            Pinned::TooMany => Err(PinFailure::TooMany),
        }
    }

    /// Takes a pin of the caller's workspace away; answers what it was, if there was one.
    pub async fn unpin_chart(&self, who: &Principal, id: PinId) -> Result<Option<Pin>, Error> {
        require(who, Scope::Write)?;
        let Some(pin) = self.pins_by_id(who, &[id]).await?.pop() else { return Ok(None) };
        let audit = self.pin_entry(who, Operation::UnpinChart, &pin)?;
        let is_gone = self.store.delete_pin(who.workspace_id, id, audit).await?;
        Ok(is_gone.then_some(pin))
    }

    pub async fn pins_by_id(&self, who: &Principal, ids: &[PinId]) -> Result<Vec<Pin>, Error> {
        Ok(self.store.pins_by_id(who.workspace_id, ids).await?)
    }

    /// The caller's workspace's pins.
    pub async fn pins(&self, who: &Principal, slice: &Slice) -> Result<Page<Pin>, Error> {
        Ok(self.store.pins(who.workspace_id, slice).await?)
    }

    pub async fn count_pins(&self, who: &Principal) -> Result<u64, Error> {
        Ok(self.store.count_pins(who.workspace_id).await?)
    }

    fn pin_entry(
        &self,
        who: &Principal,
        operation: Operation,
        pin: &Pin,
    ) -> Result<AuditEntry, Error> {
        let detail = json!({ "queryId": pin.query_id, "chart": pin.chart.as_str() });
        self.entry(who, operation, &pin.id, detail)
    }
}
