//! Which sources answer. Every name of the catalogue is known; only those with a connector are ready.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::collector::Actor;
use super::http::{Http, Politeness};
use super::pace::{Buckets, Pace, Rule};
use super::{
    Bluesky, Collector, Gdelt, GitHub, HackerNews, Lemmy, Mastodon, ProductHunt, Reddit, Rss,
    Setup, Source, StackExchange, Telegram, Threads, Web, X, YouTube, bluesky, collector, facebook,
    gdelt, github, hackernews, instagram, linkedin, mastodon, producthunt, reddit, stackexchange,
    telegram, threads, tiktok, x, youtube,
};
use crate::clock::Clock;
use crate::config::SourceSettings;
use crate::model::source::{self, SourceAbout, SourceKind, SourceState};
use crate::net::Egress;

/// Documents that one job takes of a source nothing is set for.
const DEFAULT_DOCUMENTS: u32 = 10_000;

/// A platform that is searched.
struct Platform {
    name: &'static str,
    base_url: &'static str,
    /// Whether it answers nobody without a credential.
    needs_token: bool,
    /// What it allows with one credential, or one address where it wants none.
    rules: &'static [Rule],
    make: fn(Setup) -> Arc<dyn Source>,
}

const fn platform(
    name: &'static str,
    base_url: &'static str,
    needs_token: bool,
    rules: &'static [Rule],
    make: fn(Setup) -> Arc<dyn Source>,
) -> Platform {
    Platform { name, base_url, needs_token, rules, make }
}

const fn per(requests: u32, seconds: u64) -> Rule {
    Rule::new(requests, Duration::from_secs(seconds))
}

const QUARTER: u64 = 15 * 60;
const DAY: u64 = 24 * 60 * 60;

/// Platforms that a collector searches: its settings are those of `apify`, their budgets are their own.
const COLLECTED: [(&str, &Actor); 4] = [
    ("linkedin", &linkedin::ACTOR),
    ("tiktok", &tiktok::ACTOR),
    ("instagram", &instagram::ACTOR),
    ("facebook", &facebook::ACTOR),
];

const PLATFORMS: [Platform; 13] = [
    platform("hackernews", hackernews::BASE_URL, false, &[per(10_000, 3_600)], |setup| {
        Arc::new(HackerNews::new(setup))
    }),
    platform("x", x::BASE_URL, true, &[per(300, QUARTER)], |setup| Arc::new(X::new(setup))),
    platform("reddit", reddit::BASE_URL, true, &[per(1_000, 600)], |setup| {
        Arc::new(Reddit::new(setup))
    }),
    platform("bluesky", bluesky::BASE_URL, true, &[per(3_000, 300)], |setup| {
        Arc::new(Bluesky::new(setup))
    }),
    platform("mastodon", mastodon::BASE_URL, true, &[per(300, 300)], |setup| {
        Arc::new(Mastodon::new(setup))
    }),
    platform("github", github::BASE_URL, true, &[per(30, 60)], |setup| {
        Arc::new(GitHub::new(setup))
    }),
    platform(
        "stackexchange",
        stackexchange::BASE_URL,
        true,
        &[per(10_000, DAY), per(30, 1)],
        |setup| Arc::new(StackExchange::new(setup)),
    ),
    // Searches alone: what is asked for besides them counts for less.
    platform("youtube", youtube::BASE_URL, true, &[per(100, DAY)], |setup| {
        Arc::new(YouTube::new(setup))
    }),
    platform("gdelt", gdelt::BASE_URL, false, &[per(1, 5)], |setup| Arc::new(Gdelt::new(setup))),
    platform("producthunt", producthunt::BASE_URL, true, &[per(60, QUARTER)], |setup| {
        Arc::new(ProductHunt::new(setup))
    }),
    platform("telegram", telegram::BASE_URL, false, &[per(30, 60)], |setup| {
        Arc::new(Telegram::new(setup))
    }),
    platform("threads", threads::BASE_URL, true, &[per(2_200, DAY)], |setup| {
        Arc::new(Threads::new(setup))
    }),
    // Each of many instances is a platform of its own.
    platform("lemmy", "", false, &[per(60, 600)], |setup| Arc::new(Lemmy::new(setup))),
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
        buckets: &Arc<dyn Buckets>,
    ) -> Self {
        let http = Http::new(egress.clone(), clock.clone(), Politeness::default());
        let setup = |name: &str, by: &str, address: &str, rules: &'static [Rule]| {
            let (own, by) = (settings.get(name), settings.get(by));
            let base_url = by.and_then(|by| by.base_url.as_deref()).unwrap_or(address);
            let token = by.and_then(|by| by.token.clone());
            Setup {
                http: http.clone(),
                base_url: base_url.to_owned(),
                pace: Pace::new(Arc::clone(buckets), name, base_url, token.as_ref(), rules),
                token,
                max_documents: own.map_or(DEFAULT_DOCUMENTS, |own| own.max_documents),
                max_usd: own.map_or(0.0, |own| own.max_usd),
            }
        };
        for Platform { name, base_url, needs_token, rules, make } in PLATFORMS {
            let setup = setup(name, name, base_url, rules);
            let is_ready = !setup.base_url.is_empty() && (setup.token.is_some() || !needs_token);
            self = self.add(name, make(setup), is_ready);
        }
        for (name, actor) in COLLECTED {
            let setup = setup(name, "apify", collector::BASE_URL, &[]);
            let is_ready = setup.token.is_some();
            self = self.add(name, Arc::new(Collector::new(setup, actor)), is_ready);
        }
        let most =
            |name: &str| settings.get(name).map_or(DEFAULT_DOCUMENTS, |own| own.max_documents);
        let web = Web::new(http.clone(), most("web"));
        self.with("rss", Arc::new(Rss::new(http, most("rss")))).with("web", Arc::new(web))
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
