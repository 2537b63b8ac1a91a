//! What a job asked of a source and was answered.

use async_graphql::{Context, ID, Object};

use crate::error::{Code, Error};
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{domain, loaders, reader};
use crate::graphql::errors::{Nullable, failed, to_graphql};
use crate::graphql::loaders::ScrapeLogsOf;
use crate::graphql::scalars::{Instant, Long};
use crate::model::id::ScrapeLogId;
use crate::model::scrape_log;

/// Most bytes of a body that are shown, and how many without being asked for.
const MOST_BYTES: u64 = 1024 * 1024;
const DEFAULT_BYTES: i32 = 64 * 1024;

pub struct ScrapeLog(pub scrape_log::ScrapeLog);

/// One exchange of a job with a source, without credentials. It is deleted after `scrapeLogDays`; results rest on
/// none of it.
#[Object]
impl ScrapeLog {
    /// `log_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The source that was asked.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Which attempt of the job asked, from 1.
    async fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// When it was asked.
    async fn at(&self) -> Instant {
        Instant(self.0.at)
    }

    /// `GET` or `POST`.
    async fn method(&self) -> &str {
        &self.0.method
    }

    /// What was asked for.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// How long it took until the answer was there, in milliseconds.
    async fn duration_ms(&self) -> Long {
        Long(self.0.duration_ms)
    }

    /// What was answered; null when there was no answer.
    async fn status_code(&self) -> Option<u16> {
        self.0.status_code
    }

    /// Why the answer was of no use.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// How many bytes the body had, after decompression.
    async fn size_bytes(&self) -> Long {
        Long(self.0.size_bytes)
    }

    /// How many posts it held; null where the answer was of another kind, as a token.
    async fn documents(&self) -> Option<Long> {
        self.0.documents.map(Long)
    }

    /// The raw body from its beginning; null where none was kept, as of an answer that was a credential itself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn body(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many bytes at most, 1 to 1,048,576; 65,536 unless said.")]
        max_bytes: Option<i32>,
    ) -> Nullable<String> {
        async {
            let most = max_bytes.unwrap_or(DEFAULT_BYTES);
            let most = u64::try_from(most).ok().filter(|most| (1..=MOST_BYTES).contains(most));
            let Some(most) = most else {
                let message = format!("maxBytes is 1 to {MOST_BYTES}");
                return Err(to_graphql(ctx, Error::new(Code::BadUserInput, message)));
            };
            domain(ctx)?.scrape_body(&self.0, most).await.map_err(failed(ctx))
        }
        .await
        .transpose()
    }
}

impl ScrapeLog {
    /// A page of exchanges.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
        filter: scrape_log::ScrapeLogFilter,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice::<ScrapeLogId>().map_err(failed(ctx))?;
        let page = match (filter.of_job_alone(), slice.first_page()) {
            (Some(job), Some(first)) => {
                let page = loaders(ctx)?.load(ScrapeLogsOf(job, first)).await;
                page.map_err(failed(ctx))?.unwrap_or_default()
            }
            _ => domain.scrape_logs(who, &filter, &slice).await.map_err(failed(ctx))?,
        };
        let node = |log: scrape_log::ScrapeLog| (log.id.to_string(), Self(log));
        Ok(Some(connection(page, &slice, Counter::ScrapeLogs(filter), node)))
    }
}
