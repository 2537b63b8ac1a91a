//! Which sources answer. Every name of the catalogue is known; only those with a connector are ready.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::http::{Http, Politeness};
use super::{
    Bluesky, GitHub, HackerNews, Lemmy, Mastodon, Reddit, Rss, Setup, Source, StackExchange,
    Threads, X, YouTube, bluesky, github, hackernews, mastodon, reddit, stackexchange, threads, x,
    youtube,
};
use crate::clock::Clock;
use crate::config::SourceSettings;
use crate::model::source::{self, SourceAbout, SourceKind, SourceState};
use crate::net::Egress;

/// Documents that one job takes of a source nothing is set for.
const DEFAULT_DOCUMENTS: u32 = 10_000;

/// Makes a connector of what it is told.
type Make = fn(Setup) -> Arc<dyn Source>;

/// The platforms that are searched: their names, addresses, whether a credential is needed, and their connectors.
const PLATFORMS: [(&str, &str, bool, Make); 10] = [
    ("hackernews", hackernews::BASE_URL, false, |setup| Arc::new(HackerNews::new(setup))),
    ("x", x::BASE_URL, true, |setup| Arc::new(X::new(setup))),
    ("reddit", reddit::BASE_URL, true, |setup| Arc::new(Reddit::new(setup))),
    ("bluesky", bluesky::BASE_URL, true, |setup| Arc::new(Bluesky::new(setup))),
    ("mastodon", mastodon::BASE_URL, true, |setup| Arc::new(Mastodon::new(setup))),
    ("github", github::BASE_URL, true, |setup| Arc::new(GitHub::new(setup))),
    ("stackexchange", stackexchange::BASE_URL, true, |setup| Arc::new(StackExchange::new(setup))),
    ("youtube", youtube::BASE_URL, true, |setup| Arc::new(YouTube::new(setup))),
    ("threads", threads::BASE_URL, true, |setup| Arc::new(Threads::new(setup))),
    // Each of many instances is a platform of its own.
    ("lemmy", "", false, |setup| Arc::new(Lemmy::new(setup))),
];

/// The connectors of this server, by the name before the colon.
#[derive(Clone, Default)]
pub struct Registry {
    connectors: HashMap<&'static str, Connector>,
}

#[derive(Clone)]
struct Connector {
    source: Arc<dyn Source>,
    /// Whether it has what it needs.
    is_ready: bool,
}

impl Registry {
    #[must_use]
    pub fn with(self, name: &'static str, source: Arc<dyn Source>) -> Self {
        self.add(name, source, true)
    }

    fn add(mut self, name: &'static str, source: Arc<dyn Source>, is_ready: bool) -> Self {
        self.connectors.insert(name, Connector { source, is_ready });
        self
    }

    /// With the sources of the web.
    #[must_use]
    pub fn with_web(
        mut self,
        settings: &BTreeMap<String, SourceSettings>,
        egress: &Egress,
        clock: &Clock,
    ) -> Self {
        let http = Http::new(egress.clone(), clock.clone(), Politeness::default());
        for (name, address, needs_token, make) in PLATFORMS {
            let own = settings.get(name);
            let base_url = own.and_then(|own| own.base_url.as_deref()).unwrap_or(address);
            let token = own.and_then(|own| own.token.clone());
            let is_ready = !base_url.is_empty() && (token.is_some() || !needs_token);
            let setup = Setup {
                http: http.clone(),
                base_url: base_url.to_owned(),
                token,
                max_documents: own.map_or(DEFAULT_DOCUMENTS, |own| own.max_documents),
                max_usd: own.map_or(0.0, |own| own.max_usd),
            };
            self = self.add(name, make(setup), is_ready);
        }
        let rss = settings.get("rss").map_or(DEFAULT_DOCUMENTS, |own| own.max_documents);
        self.with("rss", Arc::new(Rss::new(http, rss)))
    }

    pub fn state(&self, kind: &SourceKind) -> SourceState {
        match self.connectors.get(kind.name) {
            Some(Connector { is_ready: true, .. }) => SourceState::Ready,
            _ => SourceState::NotConfigured,
        }
    }

    /// A known source as it is here.
    pub fn about(&self, kind: &SourceKind) -> SourceAbout {
        let known = self.connectors.get(kind.name).map(|connector| connector.source.as_ref());
        let state = self.state(kind);
        let reason = known.map_or("this version has no connector for it", Source::how);
        SourceAbout {
            state,
            reason: (state != SourceState::Ready).then_some(reason),
            covers: known.map_or("Nothing on this server.", Source::covers),
            needs: known.map_or(&[], Source::needs),
        }
    }

    /// The connector for a name as in `sources`; `None` when it is unknown or not configured.
    pub fn connector(&self, name: &str) -> Option<Arc<dyn Source>> {
        let kind = source::find(name)?;
        let connector = self.connectors.get(kind.name).filter(|connector| connector.is_ready)?;
        Some(Arc::clone(&connector.source))
    }
}
