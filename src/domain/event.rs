//! The event log: cursors are checked here, whichever transport they came by.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;
use tokio_stream::Stream;

use super::Domain;
use crate::error::{Code, Error};
use crate::events;
pub use crate::events::Progress;
use crate::model::api_key::Principal;
use crate::model::event::{Cursor, Event, JOB_COMPLETED};
use crate::model::id::{EventId, QueryId};
use crate::model::retention::days;
use crate::store::{LogBounds, StoreError};

/// Events that are removed in one transaction.
const TRIMMED_AT_ONCE: u64 = 500;

/// Which part of the log is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSlice {
    /// Only events after this cursor.
    pub after: Option<String>,
    /// Only events before this cursor's event.
    pub before: Option<String>,
    pub count: u64,
    /// Take the newest of the part rather than the oldest.
    pub from_end: bool,
    /// Empty means all types.
    pub types: Vec<String>,
}

/// What of the log is wanted next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextEvents {
    /// Only events after this cursor; not given, from the oldest.
    pub after: Option<String>,
    /// Only events of this query.
    pub query: Option<QueryId>,
    /// Empty means all types.
    pub types: Vec<String>,
    pub count: usize,
    /// How long to wait for the first.
    pub wait: Duration,
}

impl LogSlice {
    /// Whether there is something before it: every cursor but that of the empty log is behind an event.
    pub fn begins_later(&self) -> bool {
        let after = self.after.as_ref().and_then(|text| text.parse::<Cursor>().ok());
        after.is_some_and(|cursor| cursor.seq > 0)
    }
}

impl Domain {
    /// The workspace's log as it ends now.
    pub async fn log_cursor(&self, who: &Principal) -> Result<Cursor, Error> {
        let LogBounds { head, .. } = self.log_bounds(who).await?;
        Ok(Cursor { workspace_id: who.workspace_id, epoch: head.epoch, seq: head.seq })
    }

    async fn log_bounds(&self, who: &Principal) -> Result<LogBounds, Error> {
        let bounds = self.store.log_bounds(who.workspace_id).await?;
        bounds.ok_or_else(|| Error::not_found("this workspace has no event log"))
    }

    /// Removes the events that are older than this, or than their workspace wants, of all workspaces; answers
    /// how many.
    ///
    /// # Errors
    /// When the database does not answer; what was removed stays removed.
    pub async fn trim_logs(&self, kept: TimeDelta) -> Result<u64, Error> {
        let mut gone = 0;
        for workspace in self.store.all_workspaces().await? {
            let own = self.store.retention(workspace.id).await?.event_days.map(days);
            let before = self.clock.now() - own.unwrap_or(kept);
            loop {
                let trimmed = self.store.trim_log(workspace.id, before, TRIMMED_AT_ONCE).await?;
                gone += trimmed;
                if trimmed < TRIMMED_AT_ONCE {
                    break;
                }
            }
        }
        Ok(gone)
    }

    /// The place a cursor means, if it is one of this workspace's log as it is now.
    ///
    /// # Errors
    /// `CURSOR_INVALID` for another text, workspace or epoch, and beyond the end; `CURSOR_EXPIRED` when events
    /// behind it are no longer kept.
    pub async fn check_cursor(&self, who: &Principal, text: &str) -> Result<Cursor, Error> {
        let invalid = |why: &str| {
            let message = format!("this cursor cannot be used: {why}; begin again without one");
            Error::new(Code::BadUserInput, message).with_reason("CURSOR_INVALID")
        };
        let cursor: Cursor =
            text.parse().map_err(|_| invalid("it is not a cursor of the event log"))?;
        let LogBounds { head, trimmed } = self.log_bounds(who).await?;
        if cursor.workspace_id != who.workspace_id {
            return Err(invalid("it is not a cursor of the event log"));
        }
        if cursor.epoch != head.epoch {
            return Err(invalid("the log was replaced since"));
        }
        if cursor.seq > head.seq {
            return Err(invalid("it is beyond the end of the log"));
        }
        if cursor.seq < trimmed {
            let oldest = Cursor { seq: trimmed, ..cursor };
            let message = format!(
                "the events just behind this cursor are no longer kept; the oldest that are kept come \
                 behind `{oldest}`"
            );
            return Err(Error::new(Code::BadUserInput, message).with_reason("CURSOR_EXPIRED"));
        }
        Ok(cursor)
    }

    /// A part of the log, in log order, and whether it goes on in the direction that was read.
    pub async fn events(
        &self,
        who: &Principal,
        slice: &LogSlice,
    ) -> Result<(Vec<Event>, bool), Error> {
        let after = match &slice.after {
            Some(text) => self.check_cursor(who, text).await?.seq,
            None => 0,
        };
        let before = match &slice.before {
            Some(text) => Some(self.check_cursor(who, text).await?.seq),
            None => None,
        };
        let (workspace, types, count) = (who.workspace_id, &slice.types, slice.count);
        let mut events = if slice.from_end {
            self.store.events_before(workspace, before, types, count + 1).await?
        } else {
            self.store.events_after(workspace, after, types, count + 1).await?
        };
        events.retain(|event| event.seq > after && before.is_none_or(|before| event.seq < before));
        let has_more = events.len() as u64 > count;
        events.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        if slice.from_end {
            events.reverse();
        }
        Ok((events, has_more))
    }

    pub async fn events_by_id(
        &self,
        who: &Principal,
        ids: &[EventId],
    ) -> Result<Vec<Event>, Error> {
        Ok(self.store.events_by_id(who.workspace_id, ids).await?)
    }

    /// Jobs as they end: first everything after the cursor, then live; without a cursor, from now.
    ///
    /// # Errors
    /// When the cursor cannot be used.
    pub async fn follow_jobs(
        &self,
        who: &Principal,
        query: Option<QueryId>,
        after: Option<&str>,
        progress: Progress,
    ) -> Result<impl Stream<Item = Result<Arc<Event>, StoreError>> + Send + use<>, Error> {
        let after = match after {
            Some(text) => self.check_cursor(who, text).await?,
            None => self.log_cursor(who).await?,
        };
        let is_wanted = move |event: &Event| {
            event.kind == JOB_COMPLETED && query.is_none_or(|query| event.query_id == Some(query))
        };
        Ok(events::follow(&self.feeds, &self.store, after, progress, is_wanted))
    }

    /// The next events of the log, waiting for one if there is none yet; and the cursor to go on with,
    /// also when there is none.
    ///
    /// # Errors
    /// When the cursor cannot be used.
    pub async fn next_events(
        &self,
        who: &Principal,
        wanted: &NextEvents,
    ) -> Result<(Vec<Arc<Event>>, Cursor), Error> {
        let until = Instant::now() + wanted.wait;
        let after = if let Some(text) = &wanted.after {
            self.check_cursor(who, text).await?
        } else {
            let LogBounds { head, trimmed } = self.log_bounds(who).await?;
            Cursor { workspace_id: who.workspace_id, epoch: head.epoch, seq: trimmed }
        };
        let is_wanted = |event: &Event| {
            let is_of_query = wanted.query.is_none_or(|query| event.query_id == Some(query));
            is_of_query && (wanted.types.is_empty() || wanted.types.contains(&event.kind))
        };
        let limit = (wanted.count, until);
        Ok(events::next(&self.feeds, &self.store, after, limit, is_wanted).await?)
    }
}
