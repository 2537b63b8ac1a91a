//! Whether the master key is the one that this database knows, and sealing everything anew when there is
//! another one.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryOrder};

use super::entity::{master_key, workspace};
use super::seal::Place;
use super::sealed::{SEALED, SealedColumn};
use super::sql::{Binder, first};
use super::workspace::secret_place;
use super::{Store, StoreError, Tx};

const CANARY: &str = "canary";
/// Values that are sealed anew in one transaction.
const BATCH: u64 = 100;

/// What one pass over everything that is sealed came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that are sealed with the new key now and were not before.
    pub changed: u64,
    /// Values that no key opens.
    pub unreadable: u64,
}

#[derive(FromQueryResult)]
struct Value {
    id: String,
    workspace: String,
    sealed: Vec<u8>,
}

impl Store {
    /// Refuses a master key that is not the one this database was written with, before anything is done
    /// with it. A database that knows none yet learns this one.
    pub(super) async fn check_master_key(&self) -> Result<(), StoreError> {
        if let Some(canary) = self.canary().await? {
            return self.is_ours(canary_place(), &canary);
        }
        // Of a version that had no canary.
        let oldest = workspace::Entity::find().order_by_asc(workspace::Column::Id);
        if let Some(row) = first(&self.reader, oldest, 1).await?.pop() {
            self.is_ours(secret_place(&row.id), &row.signing_secret)?;
        }
        let sealed = self.master_key.seal(canary_place(), CANARY.as_bytes())?;
        let row = master_key::Model { id: CANARY.to_owned(), sealed };
        let once = OnConflict::column(master_key::Column::Id).do_nothing().to_owned();
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    master_key::Entity::insert(row.into_active_model())
                        .on_conflict(once)
                        .try_insert()
                        .exec_without_returning(tx.connection())
                        .await?;
                    Ok(())
                })
            })
            .await?;
        // Another node may have been faster, with another key.
        let canary = self.canary().await?.ok_or_else(|| StoreError::setup("no canary"))?;
        self.is_ours(canary_place(), &canary)
    }

    async fn canary(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let select = master_key::Entity::find_by_id(CANARY);
        Ok(first(&self.reader, select, 1).await?.pop().map(|row| row.sealed))
    }

    fn is_ours(&self, place: Place<'_>, sealed: &[u8]) -> Result<(), StoreError> {
        self.master_key.open(place, sealed).map(drop).map_err(|_| {
            StoreError::setup(
                "the database was written with another master key; give the one it was made with in \
                 BYTESTACK_MASTER_KEY (nodes that share a database share it)",
            )
        })
    }

    /// Whether everything that is sealed can be opened with the key that is used now.
    pub async fn is_all_current(&self) -> Result<bool, StoreError> {
        for column in SEALED {
            let mut after = String::new();
            loop {
                let values = self.values(column, &after).await?;
                let Some(last) = values.last() else { break };
                after.clone_from(&last.id);
                let opens = |value: &Value| {
                    let place = column.place(&value.id, &value.workspace);
                    self.master_key.current_opens(place, &value.sealed)
                };
                if !values.iter().all(opens) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Seals everything that is not sealed with the key that is used now anew, while the service runs: a value
    /// that changes meanwhile is left as it has become.
    pub async fn reseal(&self) -> Result<Resealed, StoreError> {
        // The key that is used now may have been put there since the last look.
        self.master_key.read_again();
        let mut done = Resealed::default();
        for column in SEALED {
            let mut after = String::new();
            loop {
                let values = self.values(column, &after).await?;
                let Some(last) = values.last() else { break };
                after.clone_from(&last.id);
                let batch = self.reseal_batch(column, values).await?;
                done.changed += batch.changed;
                done.unreadable += batch.unreadable;
            }
        }
        Ok(done)
    }

    async fn values(&self, column: &SealedColumn, after: &str) -> Result<Vec<Value>, StoreError> {
        let mut binder = Binder::new(self.reader.get_database_backend());
        let after = binder.bind(after);
        let (select, id) = (column.select(), column.id);
        let sql = format!("{select} AND {id} > {after} ORDER BY {id} LIMIT {BATCH}");
        let rows = self.reader.query_all_raw(binder.statement(sql)).await?;
        Ok(rows.iter().map(|row| Value::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    async fn reseal_batch(
        &self,
        column: &'static SealedColumn,
        values: Vec<Value>,
    ) -> Result<Resealed, StoreError> {
        let (mut changes, mut unreadable) = (Vec::new(), 0);
        for value in values {
            if self.master_key.is_current(&value.sealed) {
                continue;
            }
            let place = column.place(&value.id, &value.workspace);
            let Ok(secret) = self.master_key.open(place, &value.sealed) else {
                let (table, id) = (column.table, &value.id);
                tracing::error!(table, id, "no master key opens what is sealed here");
                unreadable += 1;
                continue;
            };
            let sealed = self.master_key.seal(place, &secret)?;
            changes.push((value.id, value.sealed, sealed));
        }
        if changes.is_empty() {
            return Ok(Resealed { changed: 0, unreadable });
        }
        let changed = self
            .writer
            .write(move |tx: &Tx| Box::pin(async move { replace(tx, column, changes).await }))
            .await?;
        Ok(Resealed { changed, unreadable })
    }
}

async fn replace(
    tx: &Tx,
    column: &SealedColumn,
    changes: Vec<(String, Vec<u8>, Vec<u8>)>,
) -> Result<u64, StoreError> {
    let SealedColumn { table, column, id, .. } = column;
    let mut changed = 0;
    for (row, before, after) in changes {
        let mut binder = Binder::new(tx.backend());
        let (after, row) = (binder.bind(after), binder.bind(row));
        let before = binder.bind(before);
        let sql = format!(
            "UPDATE {table} SET {column} = {after} WHERE {id} = {row} AND {column} = {before}"
        );
        changed += tx.connection().execute_raw(binder.statement(sql)).await?.rows_affected();
    }
    Ok(changed)
}

fn canary_place() -> Place<'static> {
    Place { table: "master_key", column: "sealed", row: CANARY, workspace: "" }
}
