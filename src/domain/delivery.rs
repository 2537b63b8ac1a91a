//! Deliveries: reading them, and what their sender needs and writes.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::signing_key::SigningKey;
use super::submission::{CreateQueryErrorCode, InputProblem};
use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::delivery::{Delivery, DeliveryAttempt, DeliveryFilter, MAX_WEBHOOK_URL};
use crate::model::id::{DeliveryId, EventId, JobId, WebhookEndpointId, WorkspaceId};
use crate::model::page::{First, Page, Slice};
use crate::model::webhook_endpoint::{EndpointState, WebhookEndpoint};
use crate::net::{NetError, Schemes};
use crate::store::{Claimed, Redelivered, StoreError};
pub use crate::store::{EndAttempt, Next};

/// How soon it is looked again whether the one before has ended, at least and at most; its end makes the next
/// one due by itself.
const SOON: Duration = Duration::from_millis(200);
const NOT_SOON: Duration = Duration::from_mins(1);

type Secrets = HashMap<WebhookEndpointId, Vec<SecretString>>;

/// A delivery with what is sent: the stored bytes of its event, and what signs them.
pub struct Outgoing {
    pub delivery: Delivery,
    pub event_id: EventId,
    pub payload: String,
    /// The registered receiver; none for a query's own address.
    pub endpoint: Option<WebhookEndpoint>,
    /// The newest first.
    secrets: Vec<SecretString>,
    pub key: Option<Arc<SigningKey>>,
}

impl Outgoing {
    /// `whsec_…`, the newest first; there is at least one.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(ExposeSecret::expose_secret)
    }

    /// Whether nobody is to get it: its endpoint was disabled or deleted.
    pub fn is_unwanted(&self) -> bool {
        let is_registered = self.delivery.endpoint_id.is_some();
        let state = self.endpoint.as_ref().map(|endpoint| endpoint.state);
        is_registered
            && (state.is_none()
                || (state == Some(EndpointState::Disabled) && !self.delivery.is_test))
    }

    /// Where it goes: an endpoint's address may have changed since.
    pub fn url(&self) -> &str {
        self.endpoint.as_ref().map_or(&self.delivery.target, |endpoint| &endpoint.url)
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outgoing").field(&self.delivery.id).finish()
    }
}

/// What a workspace signs with.
#[derive(Clone, Default)]
struct Signing {
    secrets: Vec<SecretString>,
    key: Option<Arc<SigningKey>>,
}

/// Why a delivery was not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RedeliverFailure {
    #[error("there is no such delivery")]
    NotFound,
    #[error("there is no such webhook endpoint")]
    NoEndpoint,
    #[error("the delivery has not ended: it is on its way")]
    Pending,
    #[error("its webhook endpoint is disabled or deleted; enable it first")]
    NotEnabled,
    #[error(transparent)]
    Failed(#[from] Error),
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
        let found = self.store.deliveries_with_payloads(&ids).await?;
        let endpoints = found.iter().filter_map(|(delivery, _)| delivery.endpoint_id);
        let endpoints: BTreeSet<WebhookEndpointId> = endpoints.collect();
        let (endpoints, secrets) = self.registered(endpoints).await?;
        let mut known: HashMap<WorkspaceId, Signing> = HashMap::new();
        let mut outgoing = HashMap::new();
        for (delivery, payload) in found {
            let workspace = delivery.workspace_id;
            let signing = match known.entry(workspace) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.signing_of(workspace).await?),
            };
            let endpoint = delivery.endpoint_id.and_then(|id| endpoints.get(&id)).cloned();
            let secrets = match delivery.endpoint_id {
                Some(endpoint) => secrets.get(&endpoint).cloned().unwrap_or_default(),
                None => signing.secrets.clone(),
            };
            let Some(event_id) = delivery.event_id else { continue };
            let sent = Outgoing {
                event_id,
                endpoint,
                payload,
                secrets,
                key: signing.key.clone(),
                delivery,
            };
            if !sent.secrets.is_empty() || sent.is_unwanted() {
                outgoing.insert(sent.delivery.id, sent);
            }
        }
        Ok(outgoing)
    }

    async fn registered(
        &self,
        ids: BTreeSet<WebhookEndpointId>,
    ) -> Result<(HashMap<WebhookEndpointId, WebhookEndpoint>, Secrets), Error> {
        if ids.is_empty() {
            return Ok((HashMap::new(), HashMap::new()));
        }
        let endpoints = self.store.endpoints_to_send_to(ids).await?;
        let secrets = self.store.endpoint_secrets(&endpoints, self.clock.now()).await?;
        let secrets = secrets.into_iter().map(|(id, secrets)| {
            (id, secrets.into_iter().map(SecretString::from).collect::<Vec<_>>())
        });
        let endpoints = endpoints.into_iter().map(|endpoint| (endpoint.id, endpoint));
        Ok((endpoints.collect(), secrets.collect()))
    }

    /// What a workspace signs with; nothing when it has none that can be read, as the deliveries of other
    /// workspaces are not to fail with it.
    async fn signing_of(&self, workspace: WorkspaceId) -> Result<Signing, Error> {
        match self.store.workspace_signers(workspace, self.clock.now()).await {
            Ok(Some(signers)) => {
                let key = self.signing_key(workspace, signers.key).await?.map(Arc::new);
                let secrets = signers.secrets.into_iter().map(SecretString::from).collect();
                return Ok(Signing { secrets, key });
            }
            Ok(None) => tracing::error!(%workspace, "a workspace has no signing secret"),
            Err(error @ StoreError::Sealed) => {
                tracing::error!(%workspace, %error, "a workspace's signing secret cannot be read");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Signing::default())
    }

    /// How long a delivery to an endpoint that keeps the order waits for those before it; nothing when it is
    /// its turn.
    pub async fn turn(&self, outgoing: &Outgoing) -> Result<Option<Duration>, Error> {
        let delivery = &outgoing.delivery;
        let ordered = outgoing.endpoint.as_ref().filter(|endpoint| endpoint.ordered);
        let (Some(endpoint), Some(seq)) = (ordered, delivery.seq) else { return Ok(None) };
        let Some((first, before)) = self.store.waiting_before(endpoint.id, seq).await? else {
            return Ok(None);
        };
        if before > 1 {
            return Ok(Some(Duration::from_secs(before)));
        }
        let left = first.map(|at| at - self.clock.now()).and_then(|left| left.to_std().ok());
        Ok(Some(left.unwrap_or_default().clamp(SOON, NOT_SOON)))
    }

    /// Begins a new round of attempts of a delivery that has ended, with the same bytes under the same id.
    pub async fn redeliver(
        &self,
        who: &Principal,
        id: DeliveryId,
    ) -> Result<Delivery, RedeliverFailure> {
        require(who, Scope::Admin)?;
        let audit = self.entry(who, Operation::Redeliver, &id, json!({}))?;
        match self.store.redeliver(id, audit).await.map_err(Error::from)? {
            Redelivered::Done(delivery) => Ok(*delivery),
            Redelivered::NotFound => Err(RedeliverFailure::NotFound),
            Redelivered::Pending => Err(RedeliverFailure::Pending),
            Redelivered::NoEndpoint => Err(RedeliverFailure::NotEnabled),
        }
    }

    /// The same for all that failed or was skipped for an endpoint of events since an instant, the oldest
    /// first, 1,000 at most. Answers how many, and whether there are more.
    pub async fn recover_deliveries(
        &self,
        who: &Principal,
        endpoint: WebhookEndpointId,
        since: DateTime<Utc>,
    ) -> Result<(u64, bool), RedeliverFailure> {
        require(who, Scope::Admin)?;
        let found = self.store.webhook_endpoints_by_id(who.workspace_id, &[endpoint]).await;
        if found.map_err(Error::from)?.is_empty() {
            return Err(RedeliverFailure::NoEndpoint);
        }
        let detail = json!({ "since": since });
        let audit = self.entry(who, Operation::RecoverDeliveries, &endpoint, detail)?;
        let recovered = self.store.recover_deliveries(endpoint, since, audit).await;
        recovered.map_err(Error::from)?.ok_or(RedeliverFailure::NotEnabled)
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
