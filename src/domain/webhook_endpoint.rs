//! Registered receivers: made, changed, tested, and disabled for what they do.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, json};

use super::api_key::last4;
use super::query_change::Change;
use super::submission::idempotency;
use super::workspace::new_signing_secret;
use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::delivery::{Delivery, MAX_WEBHOOK_URL};
use crate::model::event::{ENDPOINT_DISABLED, EVENT_TYPES, NewEvent};
use crate::model::id::WebhookEndpointId;
use crate::model::page::{Page, Slice};
use crate::model::webhook_endpoint::{
    DISABLED_AFTER, EndpointState, Failing, LONGEST_OVERLAP, MAX_ENDPOINTS, MAX_RATE, OVERLAP,
    WebhookEndpoint, failing,
};
use crate::net::{NetError, Schemes};
use crate::store::{Changed, Disable, EndpointChange, NewEndpoint, NewSecret, NewTest, Registered};

/// The type of what is sent as a test; it is never in the log.
const TEST: &str = "endpoint.test";

/// An endpoint that is asked for.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AskedEndpoint {
    pub url: String,
    pub events: Vec<String>,
    pub ordered: bool,
    pub rate_limit: Option<i64>,
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What of an endpoint is to become different; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AskedChange {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    pub ordered: Option<bool>,
    pub rate_limit: Option<Change<i64>>,
    pub state: Option<EndpointState>,
    /// Enables it although no test has passed.
    pub force: bool,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum EndpointFailure {
    #[error("there is no such webhook endpoint")]
    NotFound,
    #[error("{0}")]
    UrlInvalid(String),
    #[error("{0}")]
    UrlForbidden(String),
    #[error("this address is registered already; change that endpoint instead")]
    UrlTaken,
    #[error("name at least one type of event; those are {}", EVENT_TYPES.join(", "))]
    NoEvents,
    #[error("`{kind}` is not a type of event; those are {known}", kind = .0, known = EVENT_TYPES.join(", "))]
    EventUnknown(String),
    #[error("a rate limit is 1 to {MAX_RATE} deliveries a second")]
    RateInvalid,
    #[error("a workspace has at most {MAX_ENDPOINTS} webhook endpoints; delete one first")]
    TooMany,
    #[error("both secrets can sign for 0 to {} hours", LONGEST_OVERLAP.num_hours())]
    OverlapInvalid,
    #[error(
        "no test was acknowledged since it was disabled: send one with testWebhookEndpoint first, or \
         use `force`"
    )]
    TestRequired,
    #[error("{0}")]
    KeyInvalid(String),
    #[error("this idempotency key was used for another request within 24 hours; use a new one")]
    KeyReused,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<crate::store::StoreError> for EndpointFailure {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<crate::clock::RandomError> for EndpointFailure {
    fn from(error: crate::clock::RandomError) -> Self {
        Self::Failed(error.into())
    }
}

impl Domain {
    /// Those of these endpoints that the caller may see.
    pub async fn webhook_endpoints_by_id(
        &self,
        who: &Principal,
        ids: &[WebhookEndpointId],
    ) -> Result<Vec<WebhookEndpoint>, Error> {
        if !who.allows(Scope::Admin) || ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.store.webhook_endpoints_by_id(who.workspace_id, ids).await?)
    }

    /// A part of the workspace's endpoints, newest first.
    ///
    /// # Errors
    /// `FORBIDDEN` without scope `admin`.
    pub async fn webhook_endpoints(
        &self,
        who: &Principal,
        slice: &Slice,
    ) -> Result<Page<WebhookEndpoint>, Error> {
        require(who, Scope::Admin)?;
        Ok(self.store.webhook_endpoints(who.workspace_id, slice).await?)
    }

    pub async fn count_webhook_endpoints(&self, who: &Principal) -> Result<u64, Error> {
        require(who, Scope::Admin)?;
        Ok(self.store.count_webhook_endpoints(who.workspace_id).await?)
    }

    /// Registers an endpoint; it gets every event that the log has from now on. The secret is in the answer and
    /// nowhere else; a repeated request is answered without it.
    pub async fn create_webhook_endpoint(
        &self,
        who: &Principal,
        asked: AskedEndpoint,
    ) -> Result<(WebhookEndpoint, Option<String>), EndpointFailure> {
        require(who, Scope::Admin)?;
        let operation = Operation::CreateWebhookEndpoint;
        let key = idempotency(operation.as_str(), &asked, asked.idempotency_key.clone());
        let key = key.map_err(EndpointFailure::KeyInvalid)?;
        let url = self.checked_url(&asked.url)?;
        let events = checked_events(asked.events)?;
        let rate_limit = asked.rate_limit.map(checked_rate).transpose()?;
        let secret = new_signing_secret()?;
        let endpoint = WebhookEndpoint {
            id: self.clock.new_id()?,
            workspace_id: who.workspace_id,
            url,
            events,
            state: EndpointState::Enabled,
            disabled_reason: None,
            disabled_at: None,
            ordered: asked.ordered,
            rate_limit,
            failing_since: None,
            secret_last4: last4(&secret),
            previous_until: None,
            created_at: self.clock.now(),
        };
        let detail = json!({ "url": endpoint.url, "events": endpoint.events });
        let audit = self.entry(who, operation, &endpoint.id, detail)?;
        let (made, new) = (endpoint.clone(), secret.clone());
        let new = NewEndpoint { endpoint, secret: new, idempotency: key, audit };
        match self.store.insert_webhook_endpoint(new).await? {
            Registered::New => Ok((made, Some(secret))),
            Registered::Replayed(id) => Ok((self.own_endpoint(who, id).await?, None)),
            Registered::KeyReused => Err(EndpointFailure::KeyReused),
            Registered::UrlTaken => Err(EndpointFailure::UrlTaken),
            Registered::TooMany => Err(EndpointFailure::TooMany),
        }
    }

    /// Changes an endpoint. One that was disabled is enabled again once it has acknowledged a test.
    pub async fn update_webhook_endpoint(
        &self,
        who: &Principal,
        id: WebhookEndpointId,
        asked: AskedChange,
    ) -> Result<WebhookEndpoint, EndpointFailure> {
        let endpoint = self.own_endpoint(who, id).await?;
        let url = asked.url.as_deref().map(|url| self.checked_url(url)).transpose()?;
        let events = asked.events.map(checked_events).transpose()?;
        let rate_limit = match asked.rate_limit {
            Some(Change::Set(limit)) => Some(checked_rate(limit)?),
            Some(Change::Clear) => Some(0),
            None => None,
        };
        let enables = asked.state == Some(EndpointState::Enabled);
        if let (true, false, Some(since)) = (enables, asked.force, endpoint.disabled_at)
            && !self.store.passed_test_since(id, since).await?
        {
            return Err(EndpointFailure::TestRequired);
        }
        let detail = json!({
            "url": url, "events": events, "ordered": asked.ordered, "rateLimitPerSecond": rate_limit,
            "state": asked.state.map(EndpointState::as_str),
        });
        let change =
            EndpointChange { url, events, rate_limit, ordered: asked.ordered, state: asked.state };
        let audit = self.entry(who, Operation::UpdateWebhookEndpoint, &id, detail)?;
        match self.store.update_webhook_endpoint(id, change, audit).await? {
            Changed::Done(endpoint) => Ok(*endpoint),
            Changed::NotFound => Err(EndpointFailure::NotFound),
            Changed::UrlTaken => Err(EndpointFailure::UrlTaken),
        }
    }

    /// Deletes an endpoint; what waits for it is not sent any more.
    pub async fn delete_webhook_endpoint(
        &self,
        who: &Principal,
        id: WebhookEndpointId,
    ) -> Result<WebhookEndpoint, EndpointFailure> {
        require(who, Scope::Admin)?;
        let audit = self.entry(who, Operation::DeleteWebhookEndpoint, &id, json!({}))?;
        let deleted = self.store.delete_webhook_endpoint(who.workspace_id, id, audit).await?;
        deleted.ok_or(EndpointFailure::NotFound)
    }

    /// Gives an endpoint another secret, which is in the answer and nowhere else. The one before signs as well
    /// for so many hours.
    pub async fn rotate_webhook_secret(
        &self,
        who: &Principal,
        id: WebhookEndpointId,
        overlap_hours: Option<i64>,
    ) -> Result<(WebhookEndpoint, String), EndpointFailure> {
        require(who, Scope::Admin)?;
        let (new, secret) =
            self.new_secret(who, Operation::RotateWebhookSecret, &id, overlap_hours)?;
        let endpoint = self.store.rotate_webhook_secret(id, new).await?;
        Ok((endpoint.ok_or(EndpointFailure::NotFound)?, secret))
    }

    /// The same for the secret that signs what goes to the addresses of the workspace's queries.
    pub async fn rotate_signing_secret(
        &self,
        who: &Principal,
        overlap_hours: Option<i64>,
    ) -> Result<String, EndpointFailure> {
        require(who, Scope::Admin)?;
        let (operation, workspace) = (Operation::RotateSigningSecret, who.workspace_id);
        let (new, secret) = self.new_secret(who, operation, &workspace, overlap_hours)?;
        let done = self.store.rotate_signing_secret(new).await?;
        done.then_some(secret).ok_or(EndpointFailure::NotFound)
    }

    /// Sends a test to an endpoint, once: a delivery like any other, of an event that is not in the log.
    pub async fn test_webhook_endpoint(
        &self,
        who: &Principal,
        id: WebhookEndpointId,
    ) -> Result<Delivery, EndpointFailure> {
        require(who, Scope::Admin)?;
        let (delivery, event) = (self.clock.new_id()?, self.clock.new_id()?);
        let now = self.clock.now();
        let facts = Map::from_iter([("endpoint_id".to_owned(), id.to_string().into())]);
        let told = NewEvent { id: event, kind: TEST, occurred_at: now, query_id: None, facts };
        let detail = json!({ "deliveryId": delivery });
        let audit = self.entry(who, Operation::TestWebhookEndpoint, &id, detail)?;
        let payload = told.payload(0).to_string();
        let test = NewTest { endpoint: id, id: delivery, event, payload, audit };
        self.store.insert_test(test).await?.ok_or(EndpointFailure::NotFound)
    }

    /// Disables an endpoint whose receiver says it is gone for good.
    pub async fn disable_gone_endpoint(&self, endpoint: &WebhookEndpoint) -> Result<(), Error> {
        let reason = "the receiver answered 410: it is gone for good";
        self.disable(endpoint, reason.to_owned(), None).await
    }

    /// Draws the consequence of a failure: nothing, a warning in the log of the service, or the end.
    pub async fn judge_failure(
        &self,
        endpoint: &WebhookEndpoint,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        match failing(endpoint.failing_since, at) {
            Failing::Lately => Ok(()),
            Failing::Warned(warnings) => {
                if self.store.note_warnings(endpoint.id, warnings).await? {
                    tracing::warn!(
                        endpoint = %endpoint.id, since = ?endpoint.failing_since,
                        "a webhook endpoint acknowledges nothing; it will be disabled"
                    );
                }
                Ok(())
            }
            Failing::ForTooLong => {
                let days = DISABLED_AFTER.num_days();
                let reason = format!("nothing was acknowledged for {days} days");
                self.disable(endpoint, reason, Some(at - DISABLED_AFTER)).await
            }
        }
    }

    async fn disable(
        &self,
        endpoint: &WebhookEndpoint,
        reason: String,
        failing_since: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        let facts = Map::from_iter([
            ("endpoint_id".to_owned(), endpoint.id.to_string().into()),
            ("url".to_owned(), endpoint.url.as_str().into()),
            ("reason".to_owned(), reason.as_str().into()),
        ]);
        let event = NewEvent {
            id: self.clock.new_id()?,
            kind: ENDPOINT_DISABLED,
            occurred_at: self.clock.now(),
            query_id: None,
            facts,
        };
        let (workspace, id) = (endpoint.workspace_id, endpoint.id);
        let text = reason.clone();
        let disable = Disable { workspace, id, reason, failing_since, event };
        if self.store.disable_webhook_endpoint(disable).await? {
            tracing::warn!(endpoint = %id, reason = text, "a webhook endpoint was disabled");
        }
        Ok(())
    }

    /// One of the caller's endpoints.
    async fn own_endpoint(
        &self,
        who: &Principal,
        id: WebhookEndpointId,
    ) -> Result<WebhookEndpoint, EndpointFailure> {
        require(who, Scope::Admin)?;
        let found = self.store.webhook_endpoints_by_id(who.workspace_id, &[id]).await?.pop();
        found.ok_or(EndpointFailure::NotFound)
    }

    fn new_secret(
        &self,
        who: &Principal,
        operation: Operation,
        object: &impl ToString,
        overlap_hours: Option<i64>,
    ) -> Result<(NewSecret, String), EndpointFailure> {
        let overlap = overlap_hours.map_or(Some(OVERLAP), TimeDelta::try_hours);
        let overlap =
            overlap.filter(|overlap| (TimeDelta::zero()..=LONGEST_OVERLAP).contains(overlap));
        let overlap = overlap.ok_or(EndpointFailure::OverlapInvalid)?;
        let detail = json!({ "overlapHours": overlap.num_hours() });
        let audit = self.entry(who, operation, object, detail)?;
        let secret = new_signing_secret()?;
        let previous_until = self.clock.now() + overlap;
        let new =
            NewSecret { secret: secret.clone(), last4: last4(&secret), previous_until, audit };
        Ok((new, secret))
    }

    fn checked_url(&self, url: &str) -> Result<String, EndpointFailure> {
        if url.len() > MAX_WEBHOOK_URL {
            let message =
                format!("the address has {} bytes; at most {MAX_WEBHOOK_URL} are kept", url.len());
            return Err(EndpointFailure::UrlInvalid(message));
        }
        match self.egress.check(url, Schemes::Https) {
            Ok(_) => Ok(url.to_owned()),
            Err(error @ NetError::Forbidden(_)) => {
                Err(EndpointFailure::UrlForbidden(error.to_string()))
            }
            Err(error) => Err(EndpointFailure::UrlInvalid(error.to_string())),
        }
    }
}

fn checked_events(mut events: Vec<String>) -> Result<Vec<String>, EndpointFailure> {
    if let Some(unknown) = events.iter().find(|kind| !EVENT_TYPES.contains(&kind.as_str())) {
        let shown = unknown.chars().take(64).collect();
        return Err(EndpointFailure::EventUnknown(shown));
    }
    events.sort();
    events.dedup();
    if events.is_empty() { Err(EndpointFailure::NoEvents) } else { Ok(events) }
}

fn checked_rate(limit: i64) -> Result<u32, EndpointFailure> {
    let limit = u32::try_from(limit).map_err(|_| EndpointFailure::RateInvalid)?;
    let fits = (1..=MAX_RATE).contains(&limit);
    fits.then_some(limit).ok_or(EndpointFailure::RateInvalid)
}
