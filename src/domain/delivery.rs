//! Deliveries: reading them, and what their sender needs and writes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::Domain;
use super::submission::{CreateQueryErrorCode, InputProblem};
use crate::error::Error;
use crate::model::api_key::Principal;
use crate::model::delivery::{Delivery, DeliveryAttempt, DeliveryFilter, MAX_WEBHOOK_URL};
use crate::model::id::{DeliveryId, JobId, WorkspaceId};
use crate::model::page::{First, Page, Slice};
use crate::net::{NetError, Schemes};
use crate::store::{Claimed, StoreError};
pub use crate::store::{EndAttempt, Next};

/// A delivery with what is sent: the stored bytes of its event, and the secret that signs them.
pub struct Outgoing {
    pub delivery: Delivery,
    pub payload: String,
    secret: SecretString,
}

impl Outgoing {
    /// `whsec_…`
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outgoing").field(&self.delivery.id).finish()
    }
}

impl Domain {
    pub async fn deliveries_by_id(
        &self,
        who: &Principal,
        ids: &[DeliveryId],
    ) -> Result<Vec<Delivery>, Error> {
        Ok(self.store.deliveries_by_id(who.workspace_id, ids).await?)
    }

    /// Deliveries, newest first.
    pub async fn deliveries(
        &self,
        who: &Principal,
        filter: &DeliveryFilter,
        slice: &Slice,
    ) -> Result<Page<Delivery>, Error> {
        Ok(self.store.deliveries(who.workspace_id, filter, slice).await?)
    }

    /// The first page of the deliveries of each of these jobs that has any.
    pub async fn first_deliveries(
        &self,
        who: &Principal,
        jobs: &[JobId],
        page: First,
    ) -> Result<HashMap<JobId, Page<Delivery>>, Error> {
        Ok(self.store.first_deliveries(who.workspace_id, jobs, page).await?)
    }

    pub async fn count_deliveries(
        &self,
        who: &Principal,
        filter: &DeliveryFilter,
    ) -> Result<u64, Error> {
        Ok(self.store.count_deliveries(who.workspace_id, filter).await?)
    }

    /// The attempts of each of these deliveries, in the order they were made.
    pub async fn delivery_attempts(
        &self,
        who: &Principal,
        ids: &[DeliveryId],
    ) -> Result<HashMap<DeliveryId, Vec<DeliveryAttempt>>, Error> {
        Ok(self.store.delivery_attempts(who.workspace_id, ids).await?)
    }

    /// What is to be sent for claimed tasks, of any workspaces.
    pub async fn outgoing(
        &self,
        tasks: &[Claimed],
    ) -> Result<HashMap<DeliveryId, Outgoing>, Error> {
        let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
        let mut secrets: HashMap<WorkspaceId, Option<SecretString>> = HashMap::new();
        let mut outgoing = HashMap::new();
        for (delivery, payload) in self.store.deliveries_with_payloads(&ids).await? {
            let workspace = delivery.workspace_id;
            let secret = match secrets.entry(workspace) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.secret_of(workspace).await?),
            };
            let Some(secret) = secret.clone() else { continue };
            outgoing.insert(delivery.id, Outgoing { delivery, payload, secret });
        }
        Ok(outgoing)
    }

    /// What a workspace signs with; nothing when it has none that can be read, as the deliveries of other
    /// workspaces are not to fail with it.
    async fn secret_of(&self, workspace: WorkspaceId) -> Result<Option<SecretString>, Error> {
        match self.store.signing_secret(workspace).await {
            Ok(Some(secret)) => return Ok(Some(secret.into())),
            Ok(None) => tracing::error!(%workspace, "a workspace has no signing secret"),
            Err(error @ StoreError::Sealed) => {
                tracing::error!(%workspace, %error, "a workspace's signing secret cannot be read");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(None)
    }

    /// Writes what an attempt came to. Answers `false` when the lease was lost: then nothing was written.
    pub async fn end_attempt(&self, end: EndAttempt) -> Result<bool, Error> {
        Ok(self.store.end_attempt(end).await?)
    }

    /// What is wrong with an address that events are to be sent to. It is checked again each time it is
    /// dialled, as a name may come to mean another address.
    pub(super) fn check_webhook_url(&self, url: &str) -> Option<InputProblem> {
        use CreateQueryErrorCode::{WebhookUrlForbidden, WebhookUrlInvalid};
        let (code, message) = if url.len() > MAX_WEBHOOK_URL {
            let message =
                format!("the address has {} bytes; at most {MAX_WEBHOOK_URL} are kept", url.len());
            (WebhookUrlInvalid, message)
        } else {
            match self.egress.check(url, Schemes::Https) {
                Ok(_) => return None,
                Err(error @ NetError::Forbidden(_)) => (WebhookUrlForbidden, error.to_string()),
                Err(error) => (WebhookUrlInvalid, error.to_string()),
            }
        };
        Some(InputProblem::new(code, &["webhookUrl"], message))
    }
}
