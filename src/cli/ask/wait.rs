//! Waiting for the end of a job, whoever does the work.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_stream::{Stream, StreamExt};

use super::watch::Watch;
use crate::app::{Opened, WorkOptions, Worker};
use crate::cli::{Failure, StopSignals};
use crate::config::Settings;
use crate::domain::event::Progress;
use crate::model::api_key::Principal;
use crate::model::event::Event;
use crate::model::id::QueryId;
use crate::queue::QueueOptions;
use crate::runner::Observer;
use crate::store::StoreError;

/// How soon the work is taken over when the process that did it is gone.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After so many looks it is worth saying that another process has the directory and has not ended it.
const PATIENCE: u32 = 20;

/// A question that was committed.
pub struct Asked<'a> {
    pub opened: &'a Opened,
    pub settings: &'a Settings,
    pub who: &'a Principal,
    pub query: QueryId,
    /// The log before the job.
    pub cursor: String,
}

/// Why the waiting is over.
pub enum Ended {
    /// The job is in a final state.
    Job,
    /// The user wants no more of it.
    Stopped { code: u8, by_other: bool },
}

impl Asked<'_> {
    /// Waits until the job has ended or a stop is asked for; whatever this process works on by then is
    /// given back.
    pub async fn end(self, watch: &Arc<Watch>, stop: &mut StopSignals) -> Result<Ended, Failure> {
        let events = self
            .opened
            .domain
            .follow_jobs(self.who, Some(self.query), Some(&self.cursor), Progress::default())
            .await?;
        let mut worker = self.work(watch).await?;
        watch.waiting(worker.is_some());
        let ended = tokio::select! {
            ended = self.follow(events, &mut worker, watch) => ended.map(|()| Ended::Job),
            code = stop.wait() => Ok(Ended::Stopped { code, by_other: worker.is_none() }),
        };
        if let Some(worker) = worker {
            worker.stop().await;
        }
        watch.over();
        ended
    }

    async fn follow(
        &self,
        events: impl Stream<Item = Result<Arc<Event>, StoreError>>,
        worker: &mut Option<Worker>,
        watch: &Arc<Watch>,
    ) -> Result<(), Failure> {
        let mut events = pin!(events);
        let mut looks = 0_u32;
        loop {
            tokio::select! {
                event = events.next() => {
                    event.ok_or("the event log ended")??;
                    return Ok(());
                }
                () = tokio::time::sleep(LOOK_EVERY), if worker.is_none() => {
                    *worker = self.work(watch).await?;
                    looks += 1;
                    if worker.is_some() {
                        watch.waiting(true);
                    } else if looks == PATIENCE {
                        watch.still_waiting();
                    }
                }
            }
        }
    }

    /// Works in this process, if no other one has the directory.
    async fn work(&self, watch: &Arc<Watch>) -> Result<Option<Worker>, Failure> {
        let observer = Arc::clone(watch) as Arc<dyn Observer>;
        // Once this question is answered or given up, nothing else that was begun is worth a wait.
        let queue = QueueOptions { grace: Duration::ZERO, ..QueueOptions::default() };
        let observer = Some(observer);
        let options = WorkOptions { queue, observer, ..WorkOptions::default() };
        Ok(self.opened.work(self.settings, options).await?)
    }
}
