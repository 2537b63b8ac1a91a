//! Workspaces and what a fresh server starts with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono_tz::Tz;
use serde_json::json;

use super::{Domain, require};
use crate::clock::random_bytes;
use crate::error::{Code, Error};
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::{AuditEntry, Operation};
use crate::model::id::{ApiKeyId, TypedId, WorkspaceId};
use crate::model::workspace::Workspace;
use crate::store::NewWorkspace;

const FIRST_NAME: &str = "default";
/// Standard Webhooks asks for 24 to 64 random bytes.
const SIGNING_SECRET_BYTES: usize = 32;

/// Secrets the operator gave in the settings; others are made.
#[derive(Clone, Debug, Default)]
pub struct GivenSecrets {
    /// An admin key of the first workspace that exists after every start.
    pub api_key: Option<String>,
    /// The first workspace's signing secret, `whsec_…`.
    pub webhook_secret: Option<String>,
}

/// What was made at a first start and is shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstStart {
    pub workspace: WorkspaceId,
    /// Only when it was made here, not given.
    pub api_key: Option<String>,
    /// Only when it was made, not given.
    pub webhook_secret: Option<String>,
}

/// What of a workspace is to become different; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct WorkspaceChange {
    pub name: Option<String>,
    /// An IANA name.
    pub timezone: Option<String>,
    pub keeps_documents: Option<bool>,
}

/// Why a workspace was not changed.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceFailure {
    #[error("a workspace's name has 1 to 100 characters, none of them control characters")]
    Name,
    #[error("`{0}` is not a time zone; use an IANA name such as Europe/Berlin")]
    Timezone(String),
    #[error(transparent)]
    Failed(#[from] Error),
}

/// The operator at the command line, who may do everything in a workspace and needs no key for it.
pub fn operator(workspace: &Workspace) -> Principal {
    Principal {
        workspace_id: workspace.id,
        key_id: ApiKeyId::from_ulid(ulid::Ulid::nil()),
        session_id: None,
        scope: Scope::Admin,
        timezone: workspace.timezone,
    }
}

impl Domain {
    /// The caller's own workspace.
    pub async fn workspace(&self, who: &Principal) -> Result<Option<Workspace>, Error> {
        Ok(self.store.workspace(who.workspace_id).await?)
    }

    /// Changes the caller's own workspace; what is not given stays. Questions that are asked from now on
    /// are meant in the new time zone, on other nodes within a second.
    ///
    /// # Errors
    /// `FORBIDDEN` without scope `admin`; what is wrong with the name or the zone.
    pub async fn update_workspace(
        &self,
        who: &Principal,
        change: WorkspaceChange,
    ) -> Result<Workspace, WorkspaceFailure> {
        require(who, Scope::Admin)?;
        let name = change.name.map(|name| name.trim().to_owned());
        if name.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(WorkspaceFailure::Name);
        }
        let zone = |zone: String| zone.parse::<Tz>().map_err(|_| WorkspaceFailure::Timezone(zone));
        let timezone = change.timezone.map(zone).transpose()?;
        let keeps_documents = change.keeps_documents;
        let detail = json!({
            "name": name, "timezone": timezone.map(Tz::name), "keepDocuments": keeps_documents,
        });
        let audit = self.entry(who, Operation::UpdateWorkspace, &who.workspace_id, detail)?;
        let updated = self.store.update_workspace(name, timezone, keeps_documents, audit).await;
        let updated = updated.map_err(Error::from)?;
        self.keys.forget_workspace(who.workspace_id);
        let gone = || Error::not_found("the workspace is not there any more");
        Ok(updated.ok_or_else(gone)?)
    }

    /// All workspaces, oldest first; for the operator.
    pub async fn all_workspaces(&self) -> Result<Vec<Workspace>, Error> {
        Ok(self.store.all_workspaces().await?)
    }

    /// Makes a workspace with a signing secret of its own; answers both.
    pub async fn create_workspace(&self, name: &str) -> Result<(Workspace, String), Error> {
        let name = name.trim();
        if !is_name(name) {
            return Err(Error::new(Code::BadUserInput, WorkspaceFailure::Name.to_string()));
        }
        let secret = new_signing_secret()?;
        let (workspace, new) = self.new_workspace(name, &secret)?;
        let audit = self.made(&workspace)?;
        self.store.insert_workspace(new, false, audit).await?;
        Ok((workspace, secret))
    }

    /// Sets a workspace's part of the workers: its weight beside others, and how many of its jobs, and of
    /// its deliveries, may run at once, over all nodes; for the operator.
    pub async fn set_workspace_share(
        &self,
        id: WorkspaceId,
        weight: u32,
        running_cap: Option<u32>,
    ) -> Result<(), Error> {
        if !(1..=1_000).contains(&weight) {
            let message = "a workspace's weight is 1 to 1,000";
            return Err(Error::new(Code::BadUserInput, message));
        }
        if running_cap == Some(0) {
            let message = "with no job at once nothing would ever run; a cap is 1 or more";
            return Err(Error::new(Code::BadUserInput, message));
        }
        let unknown = || Error::not_found(format!("there is no workspace {id}"));
        let workspace = self.store.workspace(id).await?.ok_or_else(unknown)?;
        let detail = json!({ "weight": weight, "running": running_cap });
        let audit = self.entry(&operator(&workspace), Operation::SetWorkspaceShare, &id, detail)?;
        let set = self.store.set_share(id, weight, running_cap, audit).await?;
        set.then_some(()).ok_or_else(unknown)
    }

    /// Makes the first workspace, its key and its signing secret where they are missing, and sees to it
    /// that those given in the settings exist. Answers what is to be shown now: a workspace that has no
    /// key yet was made by a command, which shows no secrets, or by a first start that was cut short.
    pub async fn ensure_first_workspace(
        &self,
        given: &GivenSecrets,
    ) -> Result<Option<FirstStart>, Error> {
        let workspace = self.first_workspace(given).await?;
        let is_first = self.store.api_keys(workspace.id).await?.is_empty();
        let made_key = match &given.api_key {
            Some(key) => {
                self.ensure_api_key(&workspace, key).await?;
                None
            }
            None if is_first => {
                Some(self.create_api_key(workspace.id, "first", Scope::Admin).await?.1)
            }
            None => None,
        };
        if !is_first {
            return Ok(None);
        }
        let webhook_secret = match &given.webhook_secret {
            Some(_) => None,
            None => self.store.signing_secret(workspace.id).await?,
        };
        Ok(Some(FirstStart { workspace: workspace.id, api_key: made_key, webhook_secret }))
    }

    /// The oldest workspace, with the signing secret that was given; made where there is none. It is not
    /// given a key here.
    pub async fn first_workspace(&self, given: &GivenSecrets) -> Result<Workspace, Error> {
        let Some(workspace) = self.store.all_workspaces().await?.into_iter().next() else {
            let secret = match &given.webhook_secret {
                Some(secret) => secret.clone(),
                None => new_signing_secret()?,
            };
            let (workspace, new) = self.new_workspace(FIRST_NAME, &secret)?;
            let audit = self.made(&workspace)?;
            if self.store.insert_workspace(new, true, audit).await? {
                return Ok(workspace);
            }
            let made = self.store.all_workspaces().await?.into_iter().next();
            return made.ok_or_else(|| Error::internal("a first workspace that is not there"));
        };
        if let Some(secret) = &given.webhook_secret {
            self.store.set_signing_secret(workspace.id, secret).await?;
        }
        Ok(workspace)
    }

    fn made(&self, workspace: &Workspace) -> Result<AuditEntry, Error> {
        let detail = json!({ "name": workspace.name });
        self.entry(&operator(workspace), Operation::CreateWorkspace, &workspace.id, detail)
    }

    fn new_workspace(&self, name: &str, secret: &str) -> Result<(Workspace, NewWorkspace), Error> {
        let workspace = Workspace {
            id: self.clock.new_id()?,
            name: name.to_owned(),
            timezone: Tz::UTC,
            keeps_documents: true,
            created_at: self.clock.now(),
        };
        let new = NewWorkspace {
            workspace: workspace.clone(),
            signing_secret: secret.to_owned(),
            epoch: hex::encode(random_bytes::<6>()?),
        };
        Ok((workspace, new))
    }
}

fn is_name(name: &str) -> bool {
    (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

pub(super) fn new_signing_secret() -> Result<String, Error> {
    let bytes = random_bytes::<SIGNING_SECRET_BYTES>()?;
    Ok(format!("whsec_{}", STANDARD.encode(bytes)))
}
