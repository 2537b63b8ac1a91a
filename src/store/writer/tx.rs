//! What is written on: a transaction in progress, a connection on which one statement writes and is a
//! transaction by itself, which saves asking the database to begin and to commit, or a file that is written on the
//! thread of whoever writes.

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    ExecResult, QueryResult, QueryTrait, Select, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use serde::de::DeserializeOwned;

use crate::store::StoreError;
use crate::store::in_place::{InPlace, Transaction};
use crate::store::sql::Record;

/// Opaque outside the store.
pub struct Tx(Within);

/// Where the statements of a [`Tx`] run.
pub(in crate::store) enum Within {
    Transaction(DatabaseTransaction),
    Statement(DatabaseConnection),
    InPlace(Transaction),
}

impl Tx {
    pub(super) async fn begin(database: &DatabaseConnection) -> Result<Self, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Self(Within::Transaction(database.begin_with_options(options).await?)))
    }

    /// On the thread of whoever writes, for the frequent commands.
    pub(super) fn begin_in_place(file: &InPlace) -> Result<Self, StoreError> {
        Ok(Self(Within::InPlace(file.begin()?)))
    }

    /// For who writes with one statement alone: what it wrote is committed when it has answered.
    pub(super) const fn of_one_statement(database: DatabaseConnection) -> Self {
        Self(Within::Statement(database))
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Within::Transaction(transaction) => Ok(transaction.commit().await?),
            Within::Statement(_) => Ok(()),
            Within::InPlace(transaction) => Ok(transaction.commit()?),
        }
    }

    /// How many rows a statement has changed. Frequent commands write and read by this, [`Self::records`] and
    /// [`Self::models`] alone, which all of [`Within`] know.
    pub(in crate::store) async fn execute(&self, statement: Statement) -> Result<u64, DbErr> {
        match &self.0 {
            Within::InPlace(transaction) => {
                let values = statement.values.map(|values| values.0).unwrap_or_default();
                transaction.execute(&statement.sql, &values)
            }
            within => Ok(within.execute_raw(statement).await?.rows_affected()),
        }
    }

    /// What a statement finds, or says of what it has changed.
    pub(in crate::store) async fn records(
        &self,
        statement: Statement,
    ) -> Result<Vec<Record>, DbErr> {
        match &self.0 {
            Within::InPlace(transaction) => transaction.records(&statement),
            within => {
                let rows = within.query_all_raw(statement).await?;
                Ok(rows.into_iter().map(Record::Handed).collect())
            }
        }
    }

    /// The rows of a selection of all columns of a table.
    pub(in crate::store) async fn models<E>(
        &self,
        select: Select<E>,
    ) -> Result<Vec<E::Model>, DbErr>
    where
        E: EntityTrait,
        E::Model: DeserializeOwned,
    {
        let records = self.records(select.build(self.backend())).await?;
        records.iter().map(Record::model::<E>).collect()
    }

    pub(in crate::store) fn connection(&self) -> &Within {
        &self.0
    }

    pub(in crate::store) fn backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }
}

#[async_trait]
impl ConnectionTrait for Within {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Transaction(transaction) => transaction.get_database_backend(),
            Self::Statement(connection) => connection.get_database_backend(),
            Self::InPlace(_) => DbBackend::Sqlite,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_raw(statement).await,
            Self::Statement(connection) => connection.execute_raw(statement).await,
            Self::InPlace(_) => Err(other_way()),
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_unprepared(sql).await,
            Self::Statement(connection) => connection.execute_unprepared(sql).await,
            Self::InPlace(_) => Err(other_way()),
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_one_raw(statement).await,
            Self::Statement(connection) => connection.query_one_raw(statement).await,
            Self::InPlace(_) => Err(other_way()),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_all_raw(statement).await,
            Self::Statement(connection) => connection.query_all_raw(statement).await,
            Self::InPlace(_) => Err(other_way()),
        }
    }
}

/// The library's rows and counts cannot be made by others than its own connections.
fn other_way() -> DbErr {
    DbErr::Custom("frequent commands use `Tx::records`, `Tx::models` and `Tx::execute`".to_owned())
}
