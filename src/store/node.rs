//! Nodes: each start of one is a boot, and takes back the leases of its own earlier boots.

use sea_orm::ConnectionTrait;

use super::sql::Binder;
use super::writer::queue_jobs;
use super::{Store, StoreError, Tx};
use crate::failpoint;

impl Store {
    /// Counts a boot of this node and releases what its earlier boots had claimed, at once rather than
    /// when their leases run out. Answers the boot's number.
    pub async fn boot_node(&self, node: &str, now_ms: i64) -> Result<i64, StoreError> {
        let node = node.to_owned();
        self.writer.write(move |tx: &Tx| Box::pin(boot(tx, node, now_ms))).await
    }
}

async fn boot(tx: &Tx, node: String, now_ms: i64) -> Result<i64, StoreError> {
    let connection = tx.connection();
    let backend = connection.get_database_backend();
    let mut binder = Binder::new(backend);
    let (id, at) = (binder.bind(node.as_str()), binder.bind(now_ms));
    let sql = format!(
        "INSERT INTO node (id, boot, started_at) VALUES ({id}, 1, {at}) \
         ON CONFLICT (id) DO UPDATE SET boot = node.boot + 1, started_at = excluded.started_at \
         RETURNING boot"
    );
    let row = connection.query_one_raw(binder.statement(sql)).await?;
    let row = row.ok_or_else(|| StoreError::corrupt("node", &node, &"no row after an upsert"))?;
    let boot: i64 = row.try_get("", "boot")?;

    failpoint::reach("node.before_release").await?;
    let mut binder = Binder::new(backend);
    let earlier = binder.bind(format!("{node}/%"));
    let sql = format!(
        "UPDATE task SET due_at = 0, lease_token = NULL, leased_by = NULL \
         WHERE leased_by LIKE {earlier} RETURNING id"
    );
    let rows = connection.query_all_raw(binder.statement(sql)).await?;
    let released =
        rows.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<String>, _>>()?;
    queue_jobs(tx, &released).await?;
    failpoint::reach("node.after_release").await?;
    Ok(boot)
}
