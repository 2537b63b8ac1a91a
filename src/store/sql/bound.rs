//! Values as a file of this machine takes them, where no other thread stands between.

use rusqlite::types::{Null, ToSqlOutput};
use sea_orm::Value;

/// The values that our statements have; another kind is an error, which says which.
pub fn bound(value: &Value) -> rusqlite::Result<ToSqlOutput<'_>> {
    match value {
        Value::String(Some(text)) => Ok(text.as_str().into()),
        Value::BigInt(Some(number)) => Ok((*number).into()),
        Value::Int(Some(number)) => Ok((*number).into()),
        Value::Bool(Some(truth)) => Ok((*truth).into()),
        Value::Bytes(Some(bytes)) => Ok(bytes.as_slice().into()),
        Value::String(None)
        | Value::BigInt(None)
        | Value::Int(None)
        | Value::Bool(None)
        | Value::Bytes(None) => Ok(Null.into()),
        other => {
            Err(rusqlite::Error::ToSqlConversionFailure(format!("{other:?} is not bound").into()))
        }
    }
}
