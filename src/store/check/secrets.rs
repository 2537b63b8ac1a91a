//! Whether what is sealed can be opened.

use futures_util::StreamExt;
use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;
use crate::store::seal::MasterKey;
use crate::store::workspace::secret_place;

#[derive(FromQueryResult)]
struct Sealed {
    id: String,
    signing_secret: Vec<u8>,
}

/// A workspace, and whether the master key opens its signing secret. The secret itself stays inside.
#[derive(Clone, Debug)]
pub struct WorkspaceSecret {
    pub workspace_id: String,
    pub opens: bool,
}

impl Snapshot {
    /// # Errors
    /// When the database does not answer.
    pub async fn signing_secrets<'a>(
        &'a self,
        key: &'a MasterKey,
    ) -> Result<Rows<'a, WorkspaceSecret>, StoreError> {
        let rows = self.rows::<Sealed>("SELECT id, signing_secret FROM workspace").await?;
        let open = move |row: Result<Sealed, StoreError>| {
            row.map(|row| WorkspaceSecret {
                opens: key.open(secret_place(&row.id), &row.signing_secret).is_ok(),
                workspace_id: row.id,
            })
        };
        Ok(Box::pin(rows.map(open)))
    }
}
