//! What is kept on the overview.

use async_graphql::{Context, Enum, ID, Object};

use super::query::SavedQuery;
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{loaders, reader};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::scalars::Instant;
use crate::model::id::PinId;
use crate::model::page::Slice;
use crate::model::pin;

/// What of a query's results a pin shows.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "pin::PinChart")]
pub enum PinChart {
    /// The figures of the newest result.
    Figures,
    /// How many posts there were over time.
    Trend,
    /// How the posts feel.
    Sentiment,
    /// What each source gave.
    Sources,
    /// Which part of all mentions each of those compared has.
    ShareOfVoice,
    /// The figures of result after result.
    History,
}

pub struct Pin(pub pin::Pin);

/// A chart of a query that the workspace keeps on its overview, until it is unpinned or the query is deleted.
#[Object]
impl Pin {
    /// `pin_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The query whose results are shown.
    async fn query(&self, ctx: &Context<'_>) -> Nullable<SavedQuery> {
        async {
            let query = loaders(ctx)?.load(self.0.query_id).await.map_err(failed(ctx))?;
            Ok(query.map(SavedQuery))
        }
        .await
        .transpose()
    }

    /// What of them is shown.
    async fn chart(&self) -> PinChart {
        self.0.chart.into()
    }

    /// When it was pinned.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }
}

impl Pin {
    /// A page of the workspace's pins, oldest first.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice::<PinId>().map_err(failed(ctx))?;
        let slice = Slice { ascending: true, ..slice };
        let page = domain.pins(who, &slice).await.map_err(failed(ctx))?;
        let node = |pin: pin::Pin| (pin.id.to_string(), Self(pin));
        Ok(Some(connection(page, &slice, Counter::Pins, node)))
    }
}
