//! Keeping PostgreSQL at ease between the visits of its own autovacuum, which come once a minute at most.
//!
//! Rows come and go in the queue's table many times a second, and every look for work steps over what is
//! gone until it is vacuumed. And plans that were made while a table was small stay in use until its
//! statistics say that it has grown.

use std::convert::Infallible;
use std::time::Duration;

use sea_orm::ConnectionTrait;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::StoreError;
use super::reader::Reader;
use super::sql::constant;

const EVERY: Duration = Duration::from_secs(5);
/// Rows that are gone but there, beyond which they are cleared away.
const MANY: i64 = 5_000;
/// Rows that are read through as soon as looked up.
const FEW: i64 = 500;

/// Tidies up now and then until `stop`. Nodes that come at the same time leave it to the first.
pub(super) fn start(tasks: &mut JoinSet<()>, link: Reader, stop: &CancellationToken) {
    let stop = stop.clone();
    tasks.spawn(async move {
        stop.run_until_cancelled(tidy(link)).await;
    });
}

async fn tidy(link: Reader) -> Infallible {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = look(&link).await {
            tracing::debug!(%error, "the tables were not tidied");
        }
    }
}

async fn look(link: &Reader) -> Result<(), StoreError> {
    vacuum(link).await?;
    analyze(link).await
}

async fn vacuum(link: &Reader) -> Result<(), StoreError> {
    let gone = "SELECT n_dead_tup FROM pg_stat_user_tables \
                WHERE relname = 'task' AND schemaname = current_schema()";
    let row = link.query_one_raw(constant(link, gone)).await?;
    let gone: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    if gone.unwrap_or_default() > MANY {
        link.execute_unprepared("VACUUM (SKIP_LOCKED, TRUNCATE FALSE) task").await?;
    }
    Ok(())
}

/// Tables that are more than twice as large as the statistics say.
async fn analyze(link: &Reader) -> Result<(), StoreError> {
    let grown = format!(
        "SELECT stat.relname::text FROM pg_stat_user_tables AS stat \
         JOIN pg_class ON pg_class.oid = stat.relid \
         WHERE stat.schemaname = current_schema() AND stat.n_live_tup > {FEW} \
         AND stat.n_live_tup > 2 * pg_class.reltuples"
    );
    for row in link.query_all_raw(constant(link, &grown)).await? {
        let table: String = row.try_get_by_index(0)?;
        link.execute_unprepared(&format!("ANALYZE (SKIP_LOCKED) \"{table}\"")).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;
    use crate::store::connect::{Schema, postgres};
    use crate::store::test_database::TestDatabase;

    async fn number(link: &Reader, sql: &str) -> i64 {
        let row = link.query_one_raw(constant(link, sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    #[tokio::test]
    async fn what_is_gone_is_cleared_and_what_has_grown_is_counted_anew() {
        let database = TestDatabase::fresh().await;
        let metrics = Metrics::new("0").unwrap();
        let links = postgres(&database.url, Schema::MigrateEmpty, &metrics.database).await.unwrap();
        // It has one connection, whose own changes it can have counted at once.
        let link = Reader::Server(links.writing.ends);
        let gone = MANY + 1;
        let changes = [
            &format!(
                "INSERT INTO task (id, workspace_id, kind, due_at, attempt, max_attempts, lane, \
                 cancel_requested, held) SELECT 'dlv_' || n, 'w', 'webhook', 0, 0, 3, 'w/1', FALSE, \
                 FALSE FROM generate_series(1, {gone}) AS n"
            ),
            "DELETE FROM task",
            "INSERT INTO node (id, boot, started_at) SELECT 'n' || n, 1, 0 \
             FROM generate_series(1, 2000) AS n",
            "SELECT pg_stat_force_next_flush()",
        ];
        for sql in changes {
            link.execute_unprepared(sql).await.unwrap();
        }
        let dead = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'task'";
        let known = "SELECT reltuples::bigint FROM pg_class WHERE relname = 'node'";
        assert_eq!(number(&link, dead).await, gone);
        assert!(number(&link, known).await < 2_000);
        look(&link).await.unwrap();
        assert_eq!(number(&link, dead).await, 0);
        assert_eq!(number(&link, known).await, 2_000);
        link.close().await.unwrap();
    }
}
