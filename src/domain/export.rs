//! Many results at once: their bytes one after the other, in the order of their ids, each as it is taken.
//!
//! What is damaged, or cannot be read, ends the whole with an error: a client sees that it has not all, and goes on
//! behind the last result that it has. What is deleted meanwhile is left out.

mod archive;

use std::io;

use bytes::Bytes;
use chrono::SecondsFormat;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::Domain;
use super::download::{Opened, Pieces};
use crate::error::{Code, Error};
use crate::model::api_key::Principal;
use crate::model::id::StorageObjectId;
use crate::model::page::{Page, Place, Slice};
use crate::model::storage_object::{
    ObjectName, StorageObject, StorageObjectField, StorageObjectFilter, object_id, possible_key,
};
use archive::Archive;

/// Results that are listed at once.
const PAGE: u64 = 100;
/// Most results of one archive: the list at its end is in memory until then.
const MOST_ARCHIVED: u64 = 100_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Ndjson,
    Zip,
}

/// What happens to the archive, or to the lines, next.
pub(super) enum Step {
    Begin(StorageObject),
    Piece(Bytes),
    End,
}

impl Domain {
    /// The results that fit, behind the one with this name.
    ///
    /// # Errors
    /// When there is no result of this name, or there are too many for an archive.
    pub async fn export(
        &self,
        who: &Principal,
        filter: StorageObjectFilter,
        after: Option<&str>,
        format: ExportFormat,
    ) -> Result<Pieces, Error> {
        let after = match after {
            Some(name) => Some(self.place_of(who, name).await?),
            None => None,
        };
        if format == ExportFormat::Zip {
            let count = self.count_storage_objects(who, &filter).await?;
            if count > MOST_ARCHIVED {
                let message = format!(
                    "{count} results fit, and an archive has at most {MOST_ARCHIVED}: narrow what is asked \
                     for, or take `format=ndjson`"
                );
                return Err(Error::new(Code::BadUserInput, message).with_reason("EXPORT_TOO_LARGE"));
            }
        }
        let steps = self.steps(*who, filter, after);
        let pieces: Pieces = match format {
            ExportFormat::Ndjson => Box::pin(steps.map_ok(line)),
            ExportFormat::Zip => Box::pin(Archive::of(steps)),
        };
        let logged = |error: &io::Error| tracing::error!(%error, "an export was broken off");
        Ok(Box::pin(pieces.inspect_err(logged)))
    }

    /// Where a result is, or was: by its id or its key.
    async fn place_of(&self, who: &Principal, name: &str) -> Result<StorageObjectId, Error> {
        if let Ok(id) = name.parse() {
            return Ok(id);
        }
        let job = self.store.job_by_storage_key(who.workspace_id, possible_key(name)).await?;
        job.map(|job| object_id(job.id)).ok_or_else(|| {
            let message = "`after` is the key or the id of a result, the last that you have";
            Error::new(Code::BadUserInput, message).with_reason("CURSOR_INVALID")
        })
    }

    fn steps(
        &self,
        who: Principal,
        filter: StorageObjectFilter,
        after: Option<StorageObjectId>,
    ) -> impl Stream<Item = io::Result<Step>> + Send + use<> {
        let (lister, opener) = (self.clone(), self.clone());
        let pages = stream::try_unfold((after, true), move |(after, goes_on)| {
            let (domain, filter) = (lister.clone(), filter.clone());
            async move {
                if !goes_on {
                    return Ok::<_, io::Error>(None);
                }
                let page = domain.page_behind(&who, &filter, after).await?;
                let last = page.items.last().map(|object| object.id);
                Ok(Some((page.items, (last, page.has_more))))
            }
        });
        let objects = pages.map_ok(|page| stream::iter(page.into_iter().map(io::Result::Ok)));
        let opened = objects.try_flatten().and_then(move |object| {
            let domain = opener.clone();
            async move {
                let name = ObjectName::Id(object.id);
                domain.open_object(object.workspace_id, &name).await.map_err(io::Error::other)
            }
        });
        let steps = opened.try_filter_map(async |opened| match opened {
            Some(opened) => steps_of(opened).await.map(Some),
            None => Ok(None),
        });
        steps.try_flatten()
    }

    async fn page_behind(
        &self,
        who: &Principal,
        filter: &StorageObjectFilter,
        after: Option<StorageObjectId>,
    ) -> io::Result<Page<StorageObject>> {
        let after = after.as_ref().map(Place::of_id);
        let slice = Slice { after, ascending: true, ..Slice::first(PAGE) };
        let page = self.storage_objects(who, filter, StorageObjectField::Id, &slice).await;
        page.map_err(io::Error::other)
    }
}

async fn steps_of(opened: Opened) -> io::Result<impl Stream<Item = io::Result<Step>> + Send> {
    let begin = Step::Begin(opened.object().clone());
    let pieces = opened.plain().await.map_err(io::Error::other)?.pieces();
    let steps = stream::once(async { Ok(begin) }).chain(pieces.map_ok(Step::Piece));
    Ok(steps.chain(stream::once(async { Ok(Step::End) })))
}

/// Results are rendered without line ends, so that each is one line as it is.
fn line(step: Step) -> Bytes {
    match step {
        Step::Begin(object) => {
            let created_at = object.created_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let known = json!({ "id": object.id, "key": object.key, "sha256": object.sha256,
                "created_at": created_at })
            .to_string();
            let open = known.trim_end_matches('}');
            format!("{open},\"result\":").into()
        }
        Step::Piece(bytes) => bytes,
        Step::End => Bytes::from_static(b"}\n"),
    }
}
