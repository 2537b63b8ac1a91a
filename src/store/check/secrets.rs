//! Whether what is sealed can be opened.

use futures_util::StreamExt;
use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;
use crate::store::seal::MasterKey;
use crate::store::webhook_endpoint::{previous_place, secret_place};
use crate::store::webhook_secret::{key_place, previous_signing_place};
use crate::store::workspace::secret_place as signing_place;

/// What is sealed of one owner: a workspace, or a webhook endpoint.
#[derive(FromQueryResult)]
struct Sealed {
    id: String,
    workspace_id: String,
    secret: Vec<u8>,
    previous_secret: Option<Vec<u8>>,
    signing_key: Option<Vec<u8>>,
}

/// A workspace or an endpoint, and whether the master key opens its secrets, which stay inside.
#[derive(Clone, Debug)]
pub struct SealedSecrets {
    pub owner: String,
    pub opens: bool,
}

impl Sealed {
    fn opens(&self, key: &MasterKey) -> bool {
        let (id, of) = (&*self.id, &*self.workspace_id);
        let (secret, previous) = if id == of {
            (signing_place(id), previous_signing_place(id))
        } else {
            (secret_place(id, of), previous_place(id, of))
        };
        let opens = |place, sealed: &Option<Vec<u8>>| {
            sealed.as_ref().is_none_or(|sealed| key.open(place, sealed).is_ok())
        };
        key.open(secret, &self.secret).is_ok()
            && opens(previous, &self.previous_secret)
            && opens(key_place(of), &self.signing_key)
    }
}

impl Snapshot {
    /// # Errors
    /// When the database does not answer.
    pub async fn signing_secrets<'a>(
        &'a self,
        key: &'a MasterKey,
    ) -> Result<Rows<'a, SealedSecrets>, StoreError> {
        let sql = "SELECT id, id AS workspace_id, signing_secret AS secret, \
                   previous_signing_secret AS previous_secret, signing_key FROM workspace \
                   UNION ALL SELECT endpoint_id, workspace_id, secret, previous_secret, NULL \
                   FROM webhook_secret";
        let rows = self.rows::<Sealed>(sql).await?;
        let open = move |row: Result<Sealed, StoreError>| {
            row.map(|row| SealedSecrets { opens: row.opens(key), owner: row.id })
        };
        Ok(Box::pin(rows.map(open)))
    }
}
