//! An event's deliveries, made in its own transaction: one to each registered endpoint that wants its type, and
//! one to the query's own address unless an endpoint has the same, whose secret then signs.

use super::convert::{millis, number};
use super::entity::{delivery, task};
use super::task::of_delivery;
use crate::model::delivery::{DeliveryKind, DeliveryStatus, NewDelivery, delivery_id};
use crate::model::id::{EventId, JobId, QueryId, WorkspaceId};
use crate::model::webhook_endpoint::{EndpointState, WebhookEndpoint};

/// What deliveries have to know of an event that the log has numbered.
pub(super) struct Told<'a> {
    pub workspace: WorkspaceId,
    pub id: EventId,
    pub kind: &'a str,
    pub seq: u64,
    pub query_id: Option<QueryId>,
    pub job_id: Option<JobId>,
    pub at: i64,
}

/// Rows of deliveries, and the tasks of those that are to be sent.
#[derive(Default)]
pub(super) struct Deliveries {
    pub rows: Vec<delivery::Model>,
    pub tasks: Vec<task::Model>,
}

impl Deliveries {
    /// Adds those of an event; `endpoints` may be of any workspaces, and `own` is the query's own address.
    pub fn add(&mut self, told: &Told<'_>, endpoints: &[WebhookEndpoint], own: &[NewDelivery]) {
        let wanted = |endpoint: &&WebhookEndpoint| {
            endpoint.workspace_id == told.workspace
                && (endpoint.events.iter().any(|kind| kind == told.kind)
                    || own.iter().any(|new| new.target == endpoint.url))
        };
        for endpoint in endpoints.iter().filter(wanted) {
            let id = delivery_id(told.id, endpoint.id);
            let mut new = row(told, id.to_string(), &endpoint.url);
            new.endpoint_id = Some(endpoint.id.to_string());
            if endpoint.state == EndpointState::Disabled {
                new = delivery::Model {
                    status: DeliveryStatus::Skipped.as_str().to_owned(),
                    next_attempt_at: None,
                    completed_at: Some(told.at),
                    ..new
                };
            } else {
                self.tasks.push(of_delivery(id, told.workspace));
            }
            self.rows.push(new);
        }
        let is_registered = |url: &str| {
            let own = endpoints.iter().filter(|one| one.workspace_id == told.workspace);
            own.into_iter().any(|endpoint| endpoint.url == url)
        };
        for new in own.iter().filter(|new| !is_registered(&new.target)) {
            self.rows.push(row(told, new.id.to_string(), &new.target));
            self.tasks.push(of_delivery(new.id, told.workspace));
        }
    }
}

/// The row of a delivery that was not tried yet.
fn row(told: &Told<'_>, id: String, target: &str) -> delivery::Model {
    delivery::Model {
        id,
        workspace_id: told.workspace.to_string(),
        kind: DeliveryKind::Webhook.as_str().to_owned(),
        target: target.to_owned(),
        endpoint_id: None,
        event_id: told.id.to_string(),
        object_id: None,
        bucket_id: None,
        seq: Some(number(told.seq)),
        query_id: told.query_id.map(|id| id.to_string()),
        job_id: told.job_id.map(|id| id.to_string()),
        payload: None,
        status: DeliveryStatus::Pending.as_str().to_owned(),
        created_at: told.at,
        next_attempt_at: Some(told.at),
        completed_at: None,
    }
}

/// A test of an endpoint; what it brings is not in the log.
pub(super) fn test_row(
    endpoint: &WebhookEndpoint,
    (id, event): (crate::model::id::DeliveryId, EventId),
    payload: String,
    at: chrono::DateTime<chrono::Utc>,
) -> delivery::Model {
    let told = Told {
        workspace: endpoint.workspace_id,
        id: event,
        kind: "",
        seq: 0,
        query_id: None,
        job_id: None,
        at: millis(at),
    };
    let endpoint_id = Some(endpoint.id.to_string());
    let row = row(&told, id.to_string(), &endpoint.url);
    delivery::Model { endpoint_id, seq: None, payload: Some(payload), ..row }
}
