//! What mutations of webhook endpoints and of their deliveries answer with.

use async_graphql::{Enum, SimpleObject};

use super::{KEY, Problem, user_error};
use crate::domain::delivery::RedeliverFailure;
use crate::domain::webhook_endpoint::EndpointFailure;
use crate::error::Error;
use crate::graphql::types::delivery::Delivery;
use crate::graphql::types::webhook_endpoint::WebhookEndpoint;
use crate::model::{delivery, webhook_endpoint};

/// What can be wrong with the input of a mutation of webhook endpoints.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum WebhookEndpointErrorCode {
    /// There is no such endpoint.
    WebhookEndpointNotFound,
    /// It is not an address that can be sent to.
    UrlInvalid,
    /// The address is not https, or private.
    UrlForbidden,
    /// Another endpoint of the workspace has this address.
    UrlTaken,
    /// A type of event is not known, or none is given.
    EventsInvalid,
    /// The rate limit is out of range.
    RateLimitInvalid,
    /// The workspace has as many endpoints as it may.
    TooManyWebhookEndpoints,
    /// The time for which both secrets sign is out of range.
    OverlapInvalid,
    /// It was disabled, and has acknowledged no test since.
    TestRequired,
    /// The idempotency key is empty, too long or has other than printable ASCII characters.
    IdempotencyKeyInvalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
}

user_error!(WebhookEndpointUserError, WebhookEndpointErrorCode, "updateWebhookEndpoint");

fn problem(failure: EndpointFailure) -> Result<Vec<WebhookEndpointUserError>, Error> {
    use WebhookEndpointErrorCode as Code;
    let message = failure.to_string();
    let (code, field) = match failure {
        EndpointFailure::NotFound => (Code::WebhookEndpointNotFound, "webhookEndpointId"),
        EndpointFailure::UrlInvalid(_) => (Code::UrlInvalid, "url"),
        EndpointFailure::UrlForbidden(_) => (Code::UrlForbidden, "url"),
        EndpointFailure::UrlTaken => (Code::UrlTaken, "url"),
        EndpointFailure::NoEvents | EndpointFailure::EventUnknown(_) => {
            (Code::EventsInvalid, "events")
        }
        EndpointFailure::RateInvalid => (Code::RateLimitInvalid, "rateLimitPerSecond"),
        EndpointFailure::TooMany => (Code::TooManyWebhookEndpoints, "url"),
        EndpointFailure::OverlapInvalid => (Code::OverlapInvalid, "overlapHours"),
        EndpointFailure::TestRequired => (Code::TestRequired, "state"),
        EndpointFailure::KeyInvalid(_) => (Code::IdempotencyKeyInvalid, KEY),
        EndpointFailure::KeyReused => (Code::IdempotencyKeyReused, KEY),
        EndpointFailure::Failed(error) => return Err(error),
    };
    Ok(vec![WebhookEndpointUserError(Problem { code, message, field })])
}

/// What a mutation came to: what it answers with, or what is wrong with the input.
fn split<T>(
    done: Result<T, EndpointFailure>,
) -> Result<(Option<T>, Vec<WebhookEndpointUserError>), Error> {
    match done {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(failure) => Ok((None, problem(failure)?)),
    }
}

/// The answer to `createWebhookEndpoint` and `rotateWebhookSecret`.
#[derive(SimpleObject)]
pub struct WebhookSecretPayload {
    /// The endpoint; null when there are user errors.
    webhook_endpoint: Option<WebhookEndpoint>,
    /// What its deliveries are signed with, `whsec_…`: it is shown here and never again. Null when a repeated
    /// request is answered.
    secret: Option<String>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<WebhookEndpointUserError>,
}

impl WebhookSecretPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(
        done: Result<(webhook_endpoint::WebhookEndpoint, Option<String>), EndpointFailure>,
    ) -> Result<Self, Error> {
        let (done, user_errors) = split(done)?;
        let (endpoint, secret) = done.unzip();
        let webhook_endpoint = endpoint.map(WebhookEndpoint);
        Ok(Self { webhook_endpoint, secret: secret.flatten(), user_errors })
    }
}

/// The answer to `updateWebhookEndpoint` and `deleteWebhookEndpoint`.
#[derive(SimpleObject)]
pub struct WebhookEndpointPayload {
    /// The endpoint, or what it was; null when there are user errors.
    webhook_endpoint: Option<WebhookEndpoint>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<WebhookEndpointUserError>,
}

impl WebhookEndpointPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(
        done: Result<webhook_endpoint::WebhookEndpoint, EndpointFailure>,
    ) -> Result<Self, Error> {
        let (endpoint, user_errors) = split(done)?;
        Ok(Self { webhook_endpoint: endpoint.map(WebhookEndpoint), user_errors })
    }
}

/// The answer to `testWebhookEndpoint`.
#[derive(SimpleObject)]
pub struct TestWebhookEndpointPayload {
    /// The test on its way; null when there are user errors.
    delivery: Option<Delivery>,
    /// What is wrong with the input; when not empty, nothing is sent.
    user_errors: Vec<WebhookEndpointUserError>,
}

impl TestWebhookEndpointPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(done: Result<delivery::Delivery, EndpointFailure>) -> Result<Self, Error> {
        let (delivery, user_errors) = split(done)?;
        Ok(Self { delivery: delivery.map(Delivery), user_errors })
    }
}

/// The answer to `rotateSigningSecret`.
#[derive(SimpleObject)]
pub struct RotateSigningSecretPayload {
    /// What deliveries to the addresses of queries are signed with, `whsec_…`: it is shown here and never again.
    secret: Option<String>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<WebhookEndpointUserError>,
}

impl RotateSigningSecretPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(done: Result<String, EndpointFailure>) -> Result<Self, Error> {
        let (secret, user_errors) = split(done)?;
        Ok(Self { secret, user_errors })
    }
}

/// What can be wrong with the input of `redeliver` and `recoverDeliveries`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum RedeliverErrorCode {
    /// There is no such delivery.
    DeliveryNotFound,
    /// There is no such endpoint.
    WebhookEndpointNotFound,
    /// The delivery has not ended.
    DeliveryPending,
    /// Its endpoint is disabled or deleted.
    WebhookEndpointDisabled,
}

user_error!(RedeliverUserError, RedeliverErrorCode, "redeliver");

fn redeliver_problem(
    failure: RedeliverFailure,
    field: &'static str,
) -> Result<Vec<RedeliverUserError>, Error> {
    use RedeliverErrorCode as Code;
    let message = failure.to_string();
    let code = match failure {
        RedeliverFailure::NotFound => Code::DeliveryNotFound,
        RedeliverFailure::NoEndpoint => Code::WebhookEndpointNotFound,
        RedeliverFailure::Pending => Code::DeliveryPending,
        RedeliverFailure::NotEnabled => Code::WebhookEndpointDisabled,
        RedeliverFailure::Failed(error) => return Err(error),
    };
    Ok(vec![RedeliverUserError(Problem { code, message, field })])
}

/// The answer to `redeliver`.
#[derive(SimpleObject)]
pub struct RedeliverPayload {
    /// The delivery, on its way again; null when there are user errors.
    delivery: Option<Delivery>,
    /// What is wrong with the input; when not empty, nothing is sent.
    user_errors: Vec<RedeliverUserError>,
}

impl RedeliverPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(done: Result<delivery::Delivery, RedeliverFailure>) -> Result<Self, Error> {
        match done {
            Ok(done) => Ok(Self { delivery: Some(Delivery(done)), user_errors: Vec::new() }),
            Err(failure) => {
                let user_errors = redeliver_problem(failure, "deliveryId")?;
                Ok(Self { delivery: None, user_errors })
            }
        }
    }
}

/// The answer to `recoverDeliveries`.
#[derive(SimpleObject)]
pub struct RecoverDeliveriesPayload {
    /// How many are on their way again, the oldest first.
    recovered: u32,
    /// Whether there are more than one request recovers: ask again.
    has_more: bool,
    /// What is wrong with the input; when not empty, nothing is sent.
    user_errors: Vec<RedeliverUserError>,
}

impl RecoverDeliveriesPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(done: Result<(u64, bool), RedeliverFailure>) -> Result<Self, Error> {
        match done {
            Ok((recovered, has_more)) => {
                let recovered = u32::try_from(recovered).unwrap_or(u32::MAX);
                Ok(Self { recovered, has_more, user_errors: Vec::new() })
            }
            Err(failure) => {
                let user_errors = redeliver_problem(failure, "webhookEndpointId")?;
                Ok(Self { recovered: 0, has_more: false, user_errors })
            }
        }
    }
}
