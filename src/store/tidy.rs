//! Keeping the queue's table small on PostgreSQL: rows come and go there many times a second, and every
//! look for work steps over what is gone until it is vacuumed. The server's own vacuum comes once a
//! minute at most, which is too late for a table that is new every few seconds.

use std::convert::Infallible;
use std::time::Duration;

use sea_orm::ConnectionTrait;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::StoreError;
use super::link::Link;
use super::sql::constant;

const EVERY: Duration = Duration::from_secs(5);
/// Rows that are gone but there, beyond which they are cleared away.
const MANY: i64 = 5_000;

/// Clears the table now and then until `stop`. Nodes that come at the same time leave it to the first.
pub(super) fn start(tasks: &mut JoinSet<()>, link: Link, stop: &CancellationToken) {
    let stop = stop.clone();
    tasks.spawn(async move {
        stop.run_until_cancelled(tidy(link)).await;
    });
}

async fn tidy(link: Link) -> Infallible {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = look(&link).await {
            tracing::debug!(%error, "the queue's table was not cleared");
        }
    }
}

async fn look(link: &Link) -> Result<(), StoreError> {
    let gone = "SELECT n_dead_tup FROM pg_stat_user_tables \
                WHERE relname = 'task' AND schemaname = current_schema()";
    let row = link.query_one_raw(constant(link, gone)).await?;
    let gone: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    if gone.unwrap_or_default() > MANY {
        link.execute_unprepared("VACUUM (SKIP_LOCKED, TRUNCATE FALSE) task").await?;
    }
    Ok(())
}
