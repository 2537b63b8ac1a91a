//! Whether what is sealed can be opened.

use futures_util::StreamExt;
use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;
use crate::store::seal::MasterKey;
use crate::store::sealed::SealedColumn;

pub use crate::store::sealed::SEALED;

#[derive(FromQueryResult)]
struct Kept {
    id: String,
    workspace: String,
    sealed: Vec<u8>,
}

/// Something that is sealed, and whether the master key opens it. The secret itself stays inside.
#[derive(Clone, Debug)]
pub struct SealedValue {
    pub id: String,
    pub opens: bool,
}

impl Snapshot {
    /// All values of a column.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sealed<'a>(
        &'a self,
        column: &'a SealedColumn,
        key: &'a MasterKey,
    ) -> Result<Rows<'a, SealedValue>, StoreError> {
        let rows = self.rows::<Kept>(&column.select()).await?;
        let open = move |row: Result<Kept, StoreError>| {
            row.map(|row| SealedValue {
                opens: key.open(column.place(&row.id, &row.workspace), &row.sealed).is_ok(),
                id: row.id,
            })
        };
        Ok(Box::pin(rows.map(open)))
    }
}
