//! What was changed, by whom and when.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::id::{ApiKeyId, AuditEntryId, WorkspaceId};

macro_rules! operations {
    ($($operation:ident => $name:literal,)*) => {
        /// What can be done that leaves an entry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation {
            $($operation,)*
        }

        impl Operation {
            pub const ALL: &[Self] = &[$(Self::$operation,)*];

            /// Named as the mutation that does it, where there is one.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$operation => $name,)*
                }
            }
        }
    };
}

operations! {
    CreateQuery => "createQuery",
    UpdateQuery => "updateQuery",
    DeleteQuery => "deleteQuery",
    RunQuery => "runQuery",
    RetryJob => "retryJob",
    CancelJob => "cancelJob",
    ScheduleQuery => "scheduleQuery",
    PauseQuery => "pauseQuery",
    ResumeQuery => "resumeQuery",
    BackfillQuery => "backfillQuery",
    UnscheduleQuery => "unscheduleQuery",
    UploadDataset => "uploadDataset",
    DeleteDataset => "deleteDataset",
    DeleteStorageObjects => "deleteStorageObjects",
    CreateWorkspace => "createWorkspace",
    SetRetentionPolicy => "setRetentionPolicy",
    UpdateWorkspace => "updateWorkspace",
    SetWorkspaceShare => "setWorkspaceShare",
    CreateApiKey => "createApiKey",
    RevokeApiKey => "revokeApiKey",
    CreateDownloadLink => "createDownloadLink",
    RevokeDownloadLink => "revokeDownloadLink",
    PinChart => "pinChart",
    UnpinChart => "unpinChart",
    ConnectBucket => "connectBucket",
    ResumeBucket => "resumeBucket",
    DisconnectBucket => "disconnectBucket",
    BackfillBucket => "backfillBucket",
    CreateWebhookEndpoint => "createWebhookEndpoint",
    UpdateWebhookEndpoint => "updateWebhookEndpoint",
    DeleteWebhookEndpoint => "deleteWebhookEndpoint",
    RotateWebhookSecret => "rotateWebhookSecret",
    RotateSigningSecret => "rotateSigningSecret",
    TestWebhookEndpoint => "testWebhookEndpoint",
    Redeliver => "redeliver",
    RecoverDeliveries => "recoverDeliveries",
    SignIn => "signIn",
    SignOut => "signOut",
}

impl FromStr for Operation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|operation| operation.as_str() == text);
        found.copied().ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|operation| operation.as_str()).collect();
            format!("`{text}` is not an operation of the audit log; those are {}", known.join(", "))
        })
    }
}

/// One change in a workspace, whichever face it was asked for at. It is written with the change itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    pub id: AuditEntryId,
    pub workspace_id: WorkspaceId,
    pub at: DateTime<Utc>,
    /// The key it was asked for with; none where the operator did it at the command line or by settings.
    pub key_id: Option<ApiKeyId>,
    /// An [`Operation`] of the version that wrote it.
    pub operation: String,
    /// What was changed, or made.
    pub object_id: Option<String>,
    /// What the operation was given that tells its effect; never a secret.
    pub detail: Option<Value>,
}

/// Which entries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub operations: Vec<Operation>,
    pub key_id: Option<ApiKeyId>,
    pub object_id: Option<String>,
}
