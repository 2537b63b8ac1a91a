//! Keys that programs and people come in with.

use async_graphql::{Context, Enum, ID, Object};

use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::admin;
use crate::graphql::errors::failed;
use crate::graphql::scalars::Instant;
use crate::model::api_key;
use crate::model::id::ApiKeyId;

/// What a key allows; each scope includes those before it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "api_key::Scope")]
pub enum Scope {
    /// Queries, jobs, results, events and sources.
    Read,
    /// Also create, schedule, run, cancel and delete, and upload datasets.
    Write,
    /// Also keys, webhooks, the bucket, retention, the workspace and the audit log.
    Admin,
}

pub struct ApiKey(pub api_key::ApiKey);

/// A key to the workspace. Its secret is shown once, when it is made.
#[Object]
impl ApiKey {
    /// `key_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it allows.
    async fn scope(&self) -> Scope {
        self.0.scope.into()
    }

    /// The last characters of its secret, to tell it by.
    async fn last4(&self) -> &str {
        &self.0.last4
    }

    /// When it was made.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }

    /// When it stops working by itself.
    async fn expires_at(&self) -> Option<Instant> {
        self.0.expires_at.map(Instant)
    }

    /// When it was last used, to the minute.
    async fn last_used_at(&self) -> Option<Instant> {
        self.0.last_used_at.map(Instant)
    }

    /// When it was revoked; it has not worked since.
    async fn revoked_at(&self) -> Option<Instant> {
        self.0.revoked_at.map(Instant)
    }
}

impl ApiKey {
    /// A page of the workspace's keys, newest first, revoked ones as well.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = admin(ctx)?;
        let slice = page.slice::<ApiKeyId>().map_err(failed(ctx))?;
        let page = domain.api_key_page(who, &slice).await.map_err(failed(ctx))?;
        let node = |key: api_key::ApiKey| (key.id.to_string(), Self(key));
        Ok(Some(connection(page, &slice, Counter::ApiKeys, node)))
    }
}
