//! What mutations answer with: the object, and what is wrong with the input.

pub mod api_key;
pub mod bucket;
pub mod dataset;
pub mod download_link;
pub mod job;
pub mod pin;
pub mod query;
pub mod retention;
pub mod schedule;
pub mod storage_object;
pub mod webhook_endpoint;
pub mod workspace;

use async_graphql::Interface;

use api_key::{CreateApiKeyUserError, RevokeApiKeyUserError};
use bucket::ConnectBucketUserError;
use dataset::DeleteDatasetUserError;
use download_link::{CreateDownloadLinkUserError, RevokeDownloadLinkUserError};
use job::{CancelJobUserError, RetryJobUserError, RunQueryUserError};
use pin::{PinChartUserError, UnpinChartUserError};
use query::{CreateQueryUserError, DeleteQueryUserError, UpdateQueryUserError};
use retention::SetRetentionPolicyUserError;
use schedule::ScheduleUserError;
use storage_object::DeleteStorageObjectsUserError;
use webhook_endpoint::{RedeliverUserError, WebhookEndpointUserError};
use workspace::UpdateWorkspaceUserError;

/// The field of every input that can be repeated.
const KEY: &str = "idempotencyKey";

/// Something the caller can mend.
#[derive(Interface)]
#[graphql(
    field(name = "message", ty = "String", desc = "What is wrong and what to do, for people."),
    field(name = "path", ty = "Option<Vec<String>>", desc = "Where in the input.")
)]
pub enum UserError {
    CreateQuery(CreateQueryUserError),
    UpdateQuery(UpdateQueryUserError),
    DeleteQuery(DeleteQueryUserError),
    RunQuery(RunQueryUserError),
    RetryJob(RetryJobUserError),
    CancelJob(CancelJobUserError),
    Schedule(ScheduleUserError),
    CreateApiKey(CreateApiKeyUserError),
    RevokeApiKey(RevokeApiKeyUserError),
    ConnectBucket(ConnectBucketUserError),
    DeleteDataset(DeleteDatasetUserError),
    CreateDownloadLink(CreateDownloadLinkUserError),
    RevokeDownloadLink(RevokeDownloadLinkUserError),
    PinChart(PinChartUserError),
    UnpinChart(UnpinChartUserError),
    DeleteStorageObjects(DeleteStorageObjectsUserError),
    SetRetentionPolicy(SetRetentionPolicyUserError),
    UpdateWorkspace(UpdateWorkspaceUserError),
    WebhookEndpoint(WebhookEndpointUserError),
    Redeliver(RedeliverUserError),
}

/// One thing that is wrong with the input, as each mutation's own type has it.
pub struct Problem<C> {
    pub code: C,
    pub message: String,
    /// The field of the input.
    pub field: &'static str,
}

/// The type of a mutation's user errors: GraphQL wants one for each, with codes of its own.
macro_rules! user_error {
    ($name:ident, $code:ident, $of:literal) => {
        pub struct $name(pub $crate::graphql::payloads::Problem<$code>);

        #[doc = concat!("One thing that is wrong with the input of `", $of, "`.")]
        #[async_graphql::Object]
        impl $name {
            /// What is wrong and what to do, for people.
            pub async fn message(&self) -> String {
                self.0.message.clone()
            }

            /// Where in the input.
            pub async fn path(&self) -> Option<Vec<String>> {
                Some(vec![self.0.field.to_owned()])
            }

            /// What is wrong, for programs.
            async fn code(&self) -> $code {
                self.0.code
            }
        }
    };
}
pub(crate) use user_error;
