//! What jobs asked of sources and were answered: kept beside the results, which rest on none of it.

use std::collections::HashMap;

use tokio::io::AsyncReadExt;

use super::Domain;
use crate::error::Error;
use crate::model::api_key::Principal;
use crate::model::id::{JobId, ScrapeLogId};
use crate::model::page::{First, Page, Slice};
use crate::model::scrape_log::{ScrapeLog, ScrapeLogFilter};

impl Domain {
    /// Keeps what one source was asked by one attempt of a job; its bodies are there.
    pub async fn keep_scrape_logs(&self, logs: Vec<ScrapeLog>) -> Result<(), Error> {
        Ok(self.store.insert_scrape_logs(logs).await?)
    }

    pub async fn scrape_logs_by_id(
        &self,
        who: &Principal,
        ids: &[ScrapeLogId],
    ) -> Result<Vec<ScrapeLog>, Error> {
        Ok(self.store.scrape_logs_by_id(who.workspace_id, ids).await?)
    }

    /// Exchanges, newest first.
    pub async fn scrape_logs(
        &self,
        who: &Principal,
        filter: &ScrapeLogFilter,
        slice: &Slice,
    ) -> Result<Page<ScrapeLog>, Error> {
        Ok(self.store.scrape_logs(who.workspace_id, filter, slice).await?)
    }

    /// The first page of the exchanges of each of these jobs that has any.
    pub async fn first_scrape_logs(
        &self,
        who: &Principal,
        jobs: &[JobId],
        page: First,
    ) -> Result<HashMap<JobId, Page<ScrapeLog>>, Error> {
        Ok(self.store.first_scrape_logs(who.workspace_id, jobs, page).await?)
    }

    pub async fn count_scrape_logs(
        &self,
        who: &Principal,
        filter: &ScrapeLogFilter,
    ) -> Result<u64, Error> {
        Ok(self.store.count_scrape_logs(who.workspace_id, filter).await?)
    }

    /// The beginning of what was answered, so many bytes at most; nothing where no body was kept. What is no
    /// text is shown as far as it is one.
    pub async fn scrape_body(&self, log: &ScrapeLog, most: u64) -> Result<Option<String>, Error> {
        let Some(body) = &log.body else { return Ok(None) };
        let opened = self.blobs.open(&body.blob, Some(body.range.clone())).await;
        let mut packed = Vec::new();
        let opened = opened.map_err(Error::internal)?.into_async();
        opened
            .take(body.range.end - body.range.start)
            .read_to_end(&mut packed)
            .await
            .map_err(Error::internal)?;
        let unpack = move || {
            use std::io::Read as _;
            let mut plain = Vec::new();
            zstd::Decoder::new(packed.as_slice())?.take(most).read_to_end(&mut plain)?;
            Ok::<_, std::io::Error>(plain)
        };
        let plain = tokio::task::spawn_blocking(unpack).await.map_err(Error::internal)?;
        let plain = plain.map_err(Error::internal)?;
        Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
    }
}
