//! Deleting results: by name, many at once, or all that fit. What is asked for is written down before
//! anything is deleted, so that it goes on after a crash, on whichever node. The row goes first, then its
//! blob: a crash in between leaves a file for the sweeper, never a row without its bytes.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, json};

use super::submission::idempotency;
use super::{Domain, require};
use crate::error::{Code, Error};
use crate::failpoint;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::deletion::{Deletion, Extent, Selection};
use crate::model::event::{NewEvent, STORAGE_DELETED};
use crate::model::id::{DeletionId, JobId, QueryId, StorageObjectId, WorkspaceId};
use crate::model::storage_object::{StorageObject, StorageObjectFilter, object_id};
use crate::store::{Begun, Doomed, NewDeletion, Removed};

/// Names that one request may give.
pub const MOST_KEYS: usize = 100;
/// Results that are deleted in one transaction.
const BATCH: u64 = 200;
/// Transactions before a request is answered; what is left then is deleted behind it.
const BEFORE_ANSWER: usize = 5;
/// How long a deletion that is done is remembered: longer than the key of its request.
const REMEMBERED: TimeDelta = TimeDelta::hours(48);

/// Results that are to be deleted: either `keys` or `filter`.
#[derive(Clone, Debug, Default)]
pub struct DeleteResults {
    pub keys: Option<Vec<String>>,
    pub filter: Option<StorageObjectFilter>,
    /// Only count.
    pub dry_run: bool,
    pub idempotency_key: Option<String>,
}

/// What a deletion came to by the time it was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletedResults {
    pub matched: u64,
    pub bytes: u64,
    pub deleted: u64,
    /// Those that this request deleted.
    pub ids: Vec<StorageObjectId>,
}

/// Why nothing was deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeletionFailure {
    #[error("give either `keys` or `filter`")]
    Selection,
    #[error("give 1 to {MOST_KEYS} keys")]
    KeyCount,
    #[error(
        "`{0}` is a query's id, which means another result each time; give the storage key, or filter \
         by queryId to delete all results of the query"
    )]
    KeyIsQuery(String),
    #[error(
        "the filter is empty; give at least one thing that results must fit, such as createdBefore"
    )]
    FilterEmpty,
    #[error("{0}")]
    KeyInvalid(String),
    #[error("this idempotency key was used for another request within 24 hours; use a new one")]
    KeyReused,
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Why results go, as their events say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Request,
    Retention,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Retention => "retention",
        }
    }
}

impl Domain {
    /// Deletes the result of this storage key or job.
    ///
    /// # Errors
    /// `STORAGE_KEY_IS_QUERY` for a query's id; `NOT_FOUND`, which says why there is no result.
    pub async fn delete_result(&self, who: &Principal, name: &str) -> Result<(), Error> {
        require(who, Scope::Write)?;
        if name.parse::<QueryId>().is_ok() {
            let message = DeletionFailure::KeyIsQuery(name.to_owned()).to_string();
            let error = Error::new(Code::BadUserInput, message);
            return Err(error.with_reason("STORAGE_KEY_IS_QUERY"));
        }
        let object = self.locate_storage_object(who, name).await?.object;
        let deletion = DeleteResults { keys: Some(vec![object.key]), ..DeleteResults::default() };
        match self.delete_results(who, deletion).await {
            Ok(_) => Ok(()),
            Err(DeletionFailure::Failed(error)) => Err(error),
            Err(error) => Err(Error::internal(error.to_string())),
        }
    }

    /// Deletes results, or counts them. Of many, some are deleted after this has answered.
    ///
    /// # Errors
    /// What is wrong with the input; then nothing was deleted.
    pub async fn delete_results(
        &self,
        who: &Principal,
        asked: DeleteResults,
    ) -> Result<DeletedResults, DeletionFailure> {
        require(who, Scope::Write)?;
        let DeleteResults { keys, filter, dry_run, idempotency_key } = asked;
        let selection = match (keys, filter) {
            (Some(keys), None) => self.named(who, &keys).await?,
            (None, Some(filter)) if filter == StorageObjectFilter::default() => {
                return Err(DeletionFailure::FilterEmpty);
            }
            (None, Some(filter)) => Selection::Fitting(filter),
            _ => return Err(DeletionFailure::Selection),
        };
        let operation = Operation::DeleteStorageObjects;
        let key = idempotency(operation.as_str(), &selection, idempotency_key);
        let idempotency = key.map_err(DeletionFailure::KeyInvalid)?;
        let (workspace, at) = (who.workspace_id, self.clock.now());
        if dry_run {
            let found = self.store.selected_extent(workspace, &selection, at).await;
            let Extent { count: matched, bytes, .. } = found.map_err(Error::from)?;
            return Ok(DeletedResults { matched, bytes, ..DeletedResults::default() });
        }
        let id: DeletionId = self.clock.new_id().map_err(Error::from)?;
        let object = match &selection {
            Selection::Objects(ids) if ids.len() == 1 => ids[0].to_string(),
            _ => id.to_string(),
        };
        let detail = json!({ "selection": selection });
        let audit = self.entry(who, operation, &object, detail)?;
        let new = NewDeletion { id, selection, at, idempotency, audit };
        match self.store.begin_deletion(new).await.map_err(Error::from)? {
            Begun::New(deletion) => Ok(self.begin_to_delete(deletion).await?),
            Begun::Replayed(Deletion { matched, bytes, deleted, .. }) => {
                Ok(DeletedResults { matched, bytes, deleted, ids: Vec::new() })
            }
            Begun::Nothing => Ok(DeletedResults::default()),
            Begun::KeyReused => Err(DeletionFailure::KeyReused),
        }
    }

    /// Goes on with what was asked for and is not done, of all workspaces; answers how many results are
    /// gone.
    ///
    /// # Errors
    /// When the database does not answer; what was deleted stays so, and the rest is still to be done.
    pub async fn continue_deletions(&self) -> Result<u64, Error> {
        let mut gone = 0;
        for deletion in self.store.open_deletions().await? {
            loop {
                let (removed, is_done) = self.delete_some(&deletion).await?;
                gone += removed.len() as u64;
                if is_done {
                    break;
                }
            }
        }
        Ok(gone)
    }

    /// Forgets deletions that were done long ago.
    pub async fn forget_deletions(&self) -> Result<u64, Error> {
        Ok(self.store.forget_deletions(self.clock.now() - REMEMBERED).await?)
    }

    /// The results that these names mean: storage keys, jobs, or ids of results. What is not there is
    /// left out.
    async fn named(&self, who: &Principal, keys: &[String]) -> Result<Selection, DeletionFailure> {
        if !(1..=MOST_KEYS).contains(&keys.len()) {
            return Err(DeletionFailure::KeyCount);
        }
        if let Some(query) = keys.iter().find(|key| key.parse::<QueryId>().is_ok()) {
            return Err(DeletionFailure::KeyIsQuery(query.clone()));
        }
        let (mut ids, mut names) = (Vec::new(), Vec::new());
        for key in keys {
            if let Ok(id) = key.parse::<StorageObjectId>() {
                ids.push(id);
            } else if let Ok(job) = key.parse::<JobId>() {
                ids.push(object_id(job));
            } else {
                names.push(key.clone());
            }
        }
        if !names.is_empty() {
            let jobs = self.store.jobs_of_keys(who.workspace_id, &names).await;
            ids.extend(jobs.map_err(Error::from)?.into_iter().map(object_id));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(Selection::Objects(ids))
    }

    async fn begin_to_delete(&self, deletion: Deletion) -> Result<DeletedResults, Error> {
        let mut ids = Vec::new();
        for _ in 0..BEFORE_ANSWER {
            let (removed, is_done) = self.delete_some(&deletion).await?;
            ids.extend(removed.into_iter().map(|one| one.id));
            if is_done {
                break;
            }
        }
        let (matched, bytes, deleted) = (deletion.matched, deletion.bytes, ids.len() as u64);
        Ok(DeletedResults { matched, bytes, deleted, ids })
    }

    /// The next of what a deletion means; also whether there is nothing left of it.
    async fn delete_some(&self, deletion: &Deletion) -> Result<(Vec<Removed>, bool), Error> {
        let Deletion { id, workspace_id, selection, created_at, .. } = deletion;
        let next = self.store.selected_objects(*workspace_id, selection, *created_at, BATCH);
        let objects = next.await?;
        let is_last = (objects.len() as u64) < BATCH;
        let of = Some((*id, is_last));
        let removed = self.delete_objects(*workspace_id, &objects, Reason::Request, of).await?;
        Ok((removed, is_last))
    }

    /// Deletes these results: rows, then blobs.
    pub(super) async fn delete_objects(
        &self,
        workspace: WorkspaceId,
        objects: &[StorageObject],
        reason: Reason,
        of: Option<(DeletionId, bool)>,
    ) -> Result<Vec<Removed>, Error> {
        let at = self.clock.now();
        let mut doomed = Vec::with_capacity(objects.len());
        for object in objects {
            let event = self.deleted(object, reason, at)?;
            doomed.push(Doomed { id: object.id, event });
        }
        let (of, last) = (of.map(|(id, _)| id), of.is_some_and(|(_, last)| last));
        let removed = self.store.delete_storage_objects(workspace, doomed, of, last, at).await?;
        let blobs: Vec<String> = removed.iter().flat_map(|one| one.blobs.clone()).collect();
        if !blobs.is_empty() {
            failpoint::reach("deletion.before_blobs").await?;
            self.remove_blobs(blobs).await;
        }
        Ok(removed)
    }

    fn deleted(
        &self,
        object: &StorageObject,
        reason: Reason,
        at: DateTime<Utc>,
    ) -> Result<NewEvent, Error> {
        let facts = [
            ("query_id", object.query_id.to_string()),
            ("job_id", object.job_id.to_string()),
            ("storage_key", object.key.clone()),
            ("reason", reason.as_str().to_owned()),
        ];
        let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        Ok(NewEvent {
            id: self.clock.new_id()?,
            kind: STORAGE_DELETED,
            occurred_at: at,
            query_id: Some(object.query_id),
            facts: facts.collect::<Map<_, _>>(),
        })
    }

    /// Removes blobs that no row points at. One that stays is left to the sweeper, which finds it by that.
    pub(super) async fn remove_blobs(&self, names: Vec<String>) {
        for name in names {
            if let Err(error) = self.blobs.remove(&name).await {
                tracing::warn!(%error, name, "a blob that nothing needs any more is left to the sweeper");
            }
        }
    }
}
