//! How far what platforms allow is used up.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};

use super::convert::{Row, millis};
use super::entity::pace;
use super::{Store, StoreError, Tx};

impl Store {
    /// Changes when a bucket is full, alone among all nodes: `change` is told when that was to be, and answers
    /// when it is now, or nothing to leave it, and what to answer here.
    pub async fn change_pace<T: Send + 'static>(
        &self,
        bucket: String,
        change: impl FnOnce(Option<DateTime<Utc>>) -> (Option<DateTime<Utc>>, T) + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    // Something to lock: two nodes may meet it for the first time at once.
                    let new = pace::Model { bucket: bucket.clone(), full_at: 0 };
                    pace::Entity::insert(new.into_active_model())
                        .on_conflict(OnConflict::new().do_nothing().to_owned())
                        .exec_without_returning(tx.connection())
                        .await?;
                    let row = pace::Entity::find_by_id(bucket.clone()).lock_exclusive();
                    let known = row.one(tx.connection()).await?.map_or(0, |row| row.full_at);
                    let at = Row { table: "pace", id: &bucket };
                    let known = (known > 0).then(|| at.instant(known)).transpose()?;
                    let (full_at, answer) = change(known);
                    if let Some(full_at) = full_at {
                        let row = pace::Model { bucket: bucket.clone(), full_at: 0 };
                        let mut row = row.into_active_model();
                        row.full_at = Set(millis(full_at));
                        row.update(tx.connection()).await?;
                    }
                    Ok(answer)
                })
            })
            .await
    }
}
