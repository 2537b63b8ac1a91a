//! Keeps what one source was asked by one attempt of a job and answered: bodies behind each other in a blob as
//! they come, rows at the end. An answer rests on none of it: what cannot be kept is said in the service's log.

use std::io::{self, BufWriter, Write};
use std::sync::{Mutex, PoisonError};

use zstd::bulk::Compressor;

use crate::blobs::BlobWriter;
use crate::clock::random_bytes;
use crate::domain::Domain;
use crate::model::id::{JobId, WorkspaceId};
use crate::model::scrape_log::{Body, ScrapeLog};
use crate::sources::exchange::{Exchange, ExchangeLog};

const COMPRESSION_LEVEL: i32 = 3;

/// Whose exchanges they are.
pub(super) struct Of {
    pub workspace: WorkspaceId,
    pub job: JobId,
    pub attempt: u32,
    pub source: String,
}

pub(super) struct Scraping {
    domain: Domain,
    of: Of,
    /// Else the rows alone.
    keeps_bodies: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    logs: Vec<ScrapeLog>,
    /// The blob with its name, from the first body on, and how many bytes it has.
    blob: Option<(String, BufWriter<BlobWriter>)>,
    written: u64,
    /// Slow to make, so one for all bodies.
    compressor: Option<Compressor<'static>>,
    /// Why nothing more is kept.
    failed: Option<String>,
}

impl Scraping {
    pub(super) fn new(domain: Domain, of: Of, keeps_bodies: bool) -> Self {
        Self { domain, of, keeps_bodies, state: Mutex::default() }
    }

    fn keep(&self, state: &mut State, exchange: Exchange) -> io::Result<()> {
        let body = match &exchange.body {
            Some(body) => Some(self.write(state, body)?),
            None => None,
        };
        let of = &self.of;
        state.logs.push(ScrapeLog {
            id: self.domain.clock().new_id().map_err(io::Error::other)?,
            workspace_id: of.workspace,
            job_id: of.job,
            attempt: of.attempt,
            source: of.source.clone(),
            at: exchange.at,
            method: exchange.method.to_owned(),
            url: exchange.url,
            duration_ms: u64::try_from(exchange.duration.as_millis()).unwrap_or(u64::MAX),
            status_code: exchange.status,
            error: exchange.error,
            size_bytes: exchange.size,
            documents: exchange.documents,
            body,
        });
        Ok(())
    }

    fn write(&self, state: &mut State, body: &[u8]) -> io::Result<Body> {
        let Of { job, attempt, .. } = self.of;
        let compressor = match &mut state.compressor {
            Some(compressor) => compressor,
            empty => empty.insert(Compressor::new(COMPRESSION_LEVEL)?),
        };
        let (name, writer) = match &mut state.blob {
            Some(blob) => blob,
            empty => {
                let random = hex::encode(random_bytes::<6>().map_err(io::Error::other)?);
                let name = format!("logs/{job}/{attempt}-{random}");
                let writer = BufWriter::new(self.domain.blobs().create(&name)?);
                empty.insert((name, writer))
            }
        };
        // Each a whole of its own, so that one can be read without the others.
        let packed = compressor.compress(body)?;
        writer.write_all(&packed)?;
        let from = state.written;
        state.written += packed.len() as u64;
        Ok(Body { blob: name.clone(), range: from..state.written })
    }

    /// Keeps what was added: first the bodies, then the rows.
    pub(super) async fn finish(&self) {
        let state = std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner));
        let kept = match state.failed {
            Some(why) => Err(why),
            None => self.commit(state).await,
        };
        if let Err(error) = kept {
            let Of { job, source, .. } = &self.of;
            tracing::warn!(%job, source, error, "what a source was asked and answered is not kept");
        }
    }

    async fn commit(&self, state: State) -> Result<(), String> {
        if let Some((_, writer)) = state.blob {
            let writer = writer.into_inner().map_err(|error| error.to_string())?;
            writer.commit().await.map_err(|error| error.to_string())?;
        }
        if state.logs.is_empty() {
            return Ok(());
        }
        self.domain.keep_scrape_logs(state.logs).await.map_err(|error| error.to_string())
    }
}

impl ExchangeLog for Scraping {
    fn keeps_bodies(&self) -> bool {
        self.keeps_bodies
    }

    fn add(&self, exchange: Exchange) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failed.is_none()
            && let Err(error) = self.keep(&mut state, exchange)
        {
            state.failed = Some(error.to_string());
        }
    }
}
