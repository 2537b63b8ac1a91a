//! Links to results for who has no key.

use async_graphql::{Context, ID, Object};

use super::storage_object::StorageObject;
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{domain, reader};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::scalars::{Instant, Url};
use crate::model::download_link;
use crate::model::id::DownloadLinkId;

/// A link, with its address where it is known.
pub struct DownloadLink {
    pub link: download_link::DownloadLink,
    pub url: Option<String>,
}

/// A link by which anybody downloads one result, without a key, until it expires or is revoked.
#[Object]
impl DownloadLink {
    /// `lnk_…`
    pub async fn id(&self) -> ID {
        self.link.id.to_string().into()
    }

    /// Its address, in the answer that made it and never again: whoever has it has the result.
    async fn url(&self) -> Option<Url> {
        self.url.clone().map(Url)
    }

    /// The key of the result that it leads to.
    async fn storage_key(&self) -> &str {
        &self.link.storage_key
    }

    /// The result that it leads to; null once that is deleted, and the link leads nowhere.
    async fn storage_object(&self, ctx: &Context<'_>) -> Nullable<StorageObject> {
        async {
            let (domain, who) = reader(ctx)?;
            let found = domain.storage_objects_by_id(who, &[self.link.object_id]).await;
            Ok(found.map_err(failed(ctx))?.pop().map(StorageObject))
        }
        .await
        .transpose()
    }

    /// When it was made.
    async fn created_at(&self) -> Instant {
        Instant(self.link.created_at)
    }

    /// When it stops working by itself.
    async fn expires_at(&self) -> Instant {
        Instant(self.link.expires_at)
    }

    /// When it was revoked; it has not worked since.
    async fn revoked_at(&self) -> Option<Instant> {
        self.link.revoked_at.map(Instant)
    }

    /// Whether it works now.
    async fn active(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let now = domain(ctx)?.clock().now();
        Ok(self.link.revoked_at.is_none() && now < self.link.expires_at)
    }
}

impl From<download_link::DownloadLink> for DownloadLink {
    fn from(link: download_link::DownloadLink) -> Self {
        Self { link, url: None }
    }
}

impl DownloadLink {
    /// A page of the workspace's links, newest first.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
        filter: download_link::DownloadLinkFilter,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice::<DownloadLinkId>().map_err(failed(ctx))?;
        let page = domain.download_links(who, &filter, &slice).await.map_err(failed(ctx))?;
        let node = |link: download_link::DownloadLink| (link.id.to_string(), link.into());
        Ok(Some(connection(page, &slice, Counter::DownloadLinks(filter), node)))
    }
}
