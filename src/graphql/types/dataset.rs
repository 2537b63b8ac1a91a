//! The user's own posts.

use async_graphql::{Context, ID, Object};

use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::reader;
use crate::graphql::errors::failed;
use crate::graphql::scalars::{Instant, Long};
use crate::model::dataset;
use crate::model::id::DatasetId;

pub struct Dataset(pub dataset::Dataset);

/// One version of a file of posts, uploaded with `PUT /v1/datasets/{name}`. It never changes; a result names
/// the version it was computed from.
#[Object]
impl Dataset {
    /// `ds_…`, of this version.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How a question names it in `sources`: `dataset:{name}`, which means its newest version.
    async fn source(&self) -> String {
        self.0.source()
    }

    /// 1 for the first upload of a name, then one more each.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// How many posts it has.
    async fn documents(&self) -> Long {
        Long(self.0.documents)
    }

    /// How many bytes its posts take as they are read, uncompressed.
    async fn size_bytes(&self) -> Long {
        Long(self.0.size_bytes)
    }

    /// Of those bytes, in hex.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// When it was uploaded.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }
}

impl Dataset {
    /// A page of the newest versions of the workspace's datasets, the last uploaded first.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice::<DatasetId>().map_err(failed(ctx))?;
        let page = domain.dataset_page(who, &slice).await.map_err(failed(ctx))?;
        let node = |dataset: dataset::Dataset| (dataset.id.to_string(), Self(dataset));
        Ok(Some(connection(page, &slice, Counter::Datasets, node)))
    }
}
