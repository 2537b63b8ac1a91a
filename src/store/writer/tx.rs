//! What is written on: a transaction in progress, or a connection on which one statement writes and is a
//! transaction by itself, which saves asking the database to begin and to commit.

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use crate::store::StoreError;

/// Opaque outside the store.
pub struct Tx(Within);

/// Where the statements of a [`Tx`] run.
pub(in crate::store) enum Within {
    Transaction(DatabaseTransaction),
    Statement(DatabaseConnection),
}

impl Tx {
    pub(super) async fn begin(database: &DatabaseConnection) -> Result<Self, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Self(Within::Transaction(database.begin_with_options(options).await?)))
    }

    /// For who writes with one statement alone: what it wrote is committed when it has answered.
    pub(super) const fn of_one_statement(database: DatabaseConnection) -> Self {
        Self(Within::Statement(database))
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Within::Transaction(transaction) => Ok(transaction.commit().await?),
            Within::Statement(_) => Ok(()),
        }
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
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_raw(statement).await,
            Self::Statement(connection) => connection.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_unprepared(sql).await,
            Self::Statement(connection) => connection.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_one_raw(statement).await,
            Self::Statement(connection) => connection.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_all_raw(statement).await,
            Self::Statement(connection) => connection.query_all_raw(statement).await,
        }
    }
}
