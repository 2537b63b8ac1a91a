//! The audit log: every change says who asked for it. Entries are made here and written by the store
//! together with what they tell of, so there is neither a change without its entry nor the reverse.

use chrono::TimeDelta;
use serde_json::Value;

use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::{AuditEntry, AuditFilter, Operation};
use crate::model::id::AuditEntryId;
use crate::model::page::{Page, Slice};

/// Entries removed in one transaction.
const BATCH: u32 = 1_000;

impl Domain {
    /// The entry of a change that the caller is about to make. `detail` is an object that names what the
    /// change is given; an empty one is left out.
    pub(super) fn entry(
        &self,
        who: &Principal,
        operation: Operation,
        object: &impl ToString,
        detail: Value,
    ) -> Result<AuditEntry, Error> {
        let says_nothing = detail.as_object().is_none_or(serde_json::Map::is_empty);
        Ok(AuditEntry {
            id: self.clock.new_id()?,
            workspace_id: who.workspace_id,
            at: self.clock.now(),
            key_id: who.key(),
            operation: operation.as_str().to_owned(),
            object_id: Some(object.to_string()),
            detail: (!says_nothing).then_some(detail),
        })
    }

    /// A part of the workspace's audit log, newest first.
    ///
    /// # Errors
    /// `FORBIDDEN` without scope `admin`.
    pub async fn audit_entries(
        &self,
        who: &Principal,
        filter: &AuditFilter,
        slice: &Slice,
    ) -> Result<Page<AuditEntry>, Error> {
        require(who, Scope::Admin)?;
        Ok(self.store.audit_entries(who.workspace_id, filter, slice).await?)
    }

    pub async fn count_audit_entries(
        &self,
        who: &Principal,
        filter: &AuditFilter,
    ) -> Result<u64, Error> {
        require(who, Scope::Admin)?;
        Ok(self.store.count_audit_entries(who.workspace_id, filter).await?)
    }

    /// Those of these entries that the caller may see.
    pub async fn audit_entries_by_id(
        &self,
        who: &Principal,
        ids: &[AuditEntryId],
    ) -> Result<Vec<AuditEntry>, Error> {
        if !who.allows(Scope::Admin) {
            return Ok(Vec::new());
        }
        Ok(self.store.audit_entries_by_id(who.workspace_id, ids).await?)
    }

    /// Removes what was kept of all audit logs for longer than this; answers how many entries it was.
    pub async fn trim_audit_logs(&self, kept: TimeDelta) -> Result<u64, Error> {
        let (before, mut removed) = (self.clock.now() - kept, 0);
        loop {
            let batch = self.store.trim_audit_entries(before, BATCH).await?;
            removed += batch;
            if batch < u64::from(BATCH) {
                return Ok(removed);
            }
        }
    }
}
