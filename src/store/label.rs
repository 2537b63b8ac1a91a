//! What models said that texts feel. The first label of a text stays.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use super::convert::{Row, millis};
use super::entity::label;
use super::sql::Binder;
use super::{Store, StoreError, Tx};
use crate::model::id::WorkspaceId;
use crate::model::sentiment::{Method, Sentiment};

/// Rows of one statement.
const ROWS: usize = 1_000;

impl Store {
    /// The labels that these texts, told by their hashes, have from a model.
    pub async fn labels(
        &self,
        workspace: WorkspaceId,
        method: &Method,
        texts: &[String],
    ) -> Result<HashMap<String, Sentiment>, StoreError> {
        let mut found = HashMap::with_capacity(texts.len());
        for texts in texts.chunks(ROWS) {
            let mut binder = Binder::new(self.reader.get_database_backend());
            let workspace = binder.bind(workspace.to_string());
            let model = binder.bind(method.model.clone().unwrap_or_default());
            let version = binder.bind(method.version.clone());
            let texts = binder.one_of(texts.iter().map(String::as_str));
            let statement = binder.statement(format!(
                "SELECT text_sha256, sentiment FROM label WHERE workspace_id = {workspace} \
                 AND labelled_by = {model} AND version = {version} AND text_sha256 {texts}"
            ));
            for row in self.reader.query_all_raw(statement).await? {
                let (text, sentiment): (String, String) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let at = Row { table: "label", id: &text };
                let sentiment = at.parse(&sentiment)?;
                found.insert(text, sentiment);
            }
        }
        Ok(found)
    }

    /// Notes what a model said; texts that have a label by now keep it.
    pub async fn insert_labels(
        &self,
        workspace: WorkspaceId,
        method: &Method,
        labels: Vec<(String, Sentiment)>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = |(text_sha256, sentiment): (String, Sentiment)| label::Model {
            workspace_id: workspace.to_string(),
            labelled_by: method.model.clone().unwrap_or_default(),
            version: method.version.clone(),
            text_sha256,
            sentiment: sentiment.as_str().to_owned(),
            labelled_at: millis(at),
        };
        let mut rows: Vec<label::Model> = labels.into_iter().map(row).collect();
        // In one order, so that two who write the same texts never wait for each other in a circle.
        rows.sort_by(|a, b| a.text_sha256.cmp(&b.text_sha256));
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    for rows in rows.chunks(ROWS) {
                        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
                        label::Entity::insert_many(rows)
                            .on_conflict(OnConflict::new().do_nothing().to_owned())
                            .exec_without_returning(tx.connection())
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}
