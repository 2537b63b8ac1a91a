//! What a transaction finds, whichever way it went to the database.

use std::sync::Arc;

use rusqlite::types::{FromSql, Value as Stored, ValueRef};
use sea_orm::{
    ColumnTrait, ColumnType, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    QueryResult, TryGetable,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A row of an answer.
pub enum Record {
    Handed(QueryResult),
    InPlace(Stores),
}

/// The values of a row of a file of this machine, by the names of their columns.
pub struct Stores {
    pub names: Arc<[String]>,
    pub values: Vec<Stored>,
}

impl Record {
    /// The value of a column; that there is none of this name, or that it is of another type, is an error.
    pub fn get<T: TryGetable + FromSql>(&self, column: &str) -> Result<T, DbErr> {
        match self {
            Self::Handed(row) => row.try_get("", column),
            Self::InPlace(row) => row.get(column),
        }
    }

    /// The row as that of a table, of which it has all columns.
    pub fn model<E>(&self) -> Result<E::Model, DbErr>
    where
        E: EntityTrait,
        E::Model: DeserializeOwned,
    {
        match self {
            Self::Handed(row) => E::Model::from_query_result(row, ""),
            Self::InPlace(row) => serde_json::from_value(row.typed::<E>()?)
                .map_err(|error| DbErr::Type(error.to_string())),
        }
    }
}

impl Stores {
    fn get<T: FromSql>(&self, column: &str) -> Result<T, DbErr> {
        let at = self.names.iter().position(|name| name == column);
        let value = at.and_then(|at| self.values.get(at));
        let value = value.ok_or_else(|| DbErr::Type(format!("no column {column} was read")))?;
        T::column_result(ValueRef::from(value))
            .map_err(|error| DbErr::Type(format!("column {column}: {error}")))
    }

    /// SQLite does not say of a number whether it is a truth value: the table does.
    fn typed<E: EntityTrait>(&self) -> Result<Value, DbErr> {
        let value = |column: E::Column| {
            let name = column.as_str();
            let value = match column.def().get_column_type() {
                ColumnType::Boolean => self.get::<Option<bool>>(name)?.into(),
                ColumnType::Integer | ColumnType::BigInteger => {
                    self.get::<Option<i64>>(name)?.into()
                }
                ColumnType::VarBinary(_) | ColumnType::Blob => {
                    self.get::<Option<Vec<u8>>>(name)?.into()
                }
                _ => self.get::<Option<String>>(name)?.into(),
            };
            Ok((name.to_owned(), value))
        };
        let values: Result<Map<String, Value>, DbErr> = E::Column::iter().map(value).collect();
        Ok(values?.into())
    }
}
