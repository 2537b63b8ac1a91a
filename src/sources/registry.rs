//! Which sources answer. Every name of the catalogue is known; only those with a connector are ready.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::http::{Http, Politeness};
use super::{HackerNews, Rss, Source, hackernews};
use crate::clock::Clock;
use crate::config::SourceSettings;
use crate::model::source::{self, SourceAbout, SourceKind, SourceState};
use crate::net::Egress;

/// Documents that one job takes of a source nothing is set for.
const DEFAULT_DOCUMENTS: u32 = 10_000;

/// The connectors of this server, by the name before the colon.
#[derive(Clone, Default)]
pub struct Registry {
    connectors: HashMap<&'static str, Arc<dyn Source>>,
}

impl Registry {
    #[must_use]
    pub fn with(mut self, name: &'static str, source: Arc<dyn Source>) -> Self {
        self.connectors.insert(name, source);
        self
    }

    /// With the sources of the open web, which need no credential.
    #[must_use]
    pub fn with_web(
        self,
        settings: &BTreeMap<String, SourceSettings>,
        egress: &Egress,
        clock: &Clock,
    ) -> Self {
        let http = Http::new(egress.clone(), clock.clone(), Politeness::default());
        let limit = |name: &str| {
            settings.get(name).map_or(DEFAULT_DOCUMENTS, |settings| settings.max_documents)
        };
        let hackernews = settings.get("hackernews").and_then(|own| own.base_url.as_deref());
        let hackernews = hackernews.unwrap_or(hackernews::BASE_URL);
        let hackernews = HackerNews::new(http.clone(), hackernews, limit("hackernews"));
        self.with("hackernews", Arc::new(hackernews))
            .with("rss", Arc::new(Rss::new(http, limit("rss"))))
    }

    pub fn state(&self, kind: &SourceKind) -> SourceState {
        if self.connectors.contains_key(kind.name) {
            SourceState::Ready
        } else {
            SourceState::NotConfigured
        }
    }

    /// A known source as it is here.
    pub fn about(&self, kind: &SourceKind) -> SourceAbout {
        let connector = self.connectors.get(kind.name);
        let state = self.state(kind);
        let reason = "this version has no connector for it";
        SourceAbout {
            state,
            reason: (state != SourceState::Ready).then_some(reason),
            covers: connector.map_or("Nothing on this server.", |connector| connector.covers()),
            needs: connector.map_or(&[], |connector| connector.needs()),
        }
    }

    /// The connector for a name as in `sources`; `None` when it is unknown or not configured.
    pub fn connector(&self, name: &str) -> Option<Arc<dyn Source>> {
        let kind = source::find(name)?;
        self.connectors.get(kind.name).cloned()
    }
}
