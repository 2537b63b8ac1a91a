//! All rows of a selection at once. SQLite hands every value of every row from its thread to ours by
//! itself, which costs more than finding it: there the rows come as one text, an array of arrays in JSON.

use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, QueryTrait,
    Select, Statement,
};
use serde::de::DeserializeOwned;

/// The rows of a selection of all columns of a table, in its order.
pub async fn all<E, C>(connection: &C, select: Select<E>) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: DeserializeOwned,
    C: ConnectionTrait,
{
    let statement = select.build(connection.get_database_backend());
    rows::<E, C>(connection, statement).await
}

/// The same of a statement, whose columns have the names of the table's.
pub async fn rows<E, C>(connection: &C, mut statement: Statement) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: DeserializeOwned,
    C: ConnectionTrait,
{
    if connection.get_database_backend() != DbBackend::Sqlite {
        return E::find().from_raw_sql(statement).all(connection).await;
    }
    let values: Vec<String> = E::Column::iter().map(in_json).collect();
    let values = values.join(", ");
    let selected = &statement.sql;
    statement.sql = format!("SELECT json_group_array(json_array({values})) FROM ({selected})");
    let row = connection.query_one_raw(statement).await?;
    let text: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| DbErr::Json(error.to_string()))
}

/// SQLite has no truth values, only 0 and 1.
fn in_json<C: ColumnTrait>(column: C) -> String {
    let name = format!("\"{}\"", column.as_str());
    match column.def().get_column_type() {
        ColumnType::Boolean => {
            format!("CASE {name} WHEN 0 THEN json('false') WHEN 1 THEN json('true') END")
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{
        ActiveModelTrait, ConnectionTrait, Database, DatabaseConnection, IntoActiveModel,
        QueryFilter, QueryOrder, Schema,
    };

    use super::*;
    use crate::store::entity::job;

    async fn table() -> DatabaseConnection {
        let database = Database::connect("sqlite::memory:").await.unwrap();
        let table = Schema::new(DbBackend::Sqlite).create_table_from_entity(job::Entity);
        database.execute(&table).await.unwrap();
        database
    }

    fn job(id: &str, message: Option<&str>, retryable: Option<bool>) -> job::Model {
        job::Model {
            id: id.to_owned(),
            workspace_id: "1".to_owned(),
            query_id: "[1]".to_owned(),
            status: String::new(),
            trigger: "null".to_owned(),
            scheduled_for: Some(i64::MAX),
            storage_key: "ä 😀\u{1}\u{2028}".to_owned(),
            created_at: i64::MIN,
            started_at: None,
            completed_at: Some(0),
            attempt: -1,
            max_attempts: i32::MAX,
            error_code: None,
            error_message: message.map(ToOwned::to_owned),
            error_retryable: retryable,
            sources: Some("{\"a\": \"\\\"\\n\"}".to_owned()),
        }
    }

    #[tokio::test]
    async fn rows_are_the_same_as_one_by_one_and_in_order() {
        let database = table().await;
        let jobs = [
            job("c", Some("quote \" back \\ line\nend"), Some(true)),
            job("a", None, None),
            job("b", Some("true"), Some(false)),
        ];
        for job in jobs.clone() {
            job.into_active_model().insert(&database).await.unwrap();
        }
        for select in [
            job::Entity::find().order_by_desc(job::Column::Id),
            job::Entity::find().order_by_asc(job::Column::Id),
            job::Entity::find().order_by_asc(job::Column::ErrorMessage),
        ] {
            let one_by_one = select.clone().all(&database).await.unwrap();
            assert_eq!(all(&database, select).await.unwrap(), one_by_one);
        }
        let none = job::Entity::find().filter(job::Column::Id.eq("x"));
        assert_eq!(all(&database, none).await.unwrap(), []);
    }
}
