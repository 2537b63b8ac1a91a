//! Which sources answer. Every name of the catalogue is known; only those with a connector are ready.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::backends::{Backend, Backends};
use super::collector::{ANY_ACTOR, ANY_DATASET, APIFY, BRIGHT_DATA, Program, Service};
use super::http::{Http, Politeness};
use super::pace::{Buckets, Pace, Rule};
use super::{
    Bluesky, Collector, Gdelt, GitHub, HackerNews, Lemmy, Mastodon, ProductHunt, Reddit, Rss,
    Setup, Source, StackExchange, Telegram, Threads, Web, X, YouTube, bluesky, facebook, gdelt,
    github, hackernews, instagram, linkedin, mastodon, producthunt, reddit, stackexchange,
    telegram, threads, tiktok, x, youtube,
};
use crate::clock::Clock;
use crate::config::SourceSettings;
use crate::model::source::{self, CATALOGUE, OFFICIAL, SourceAbout, SourceKind, SourceState};
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

/// Platforms that collectors search: the token is that of who runs the collector, the budget the platform's own.
const COLLECTED: [(&str, Service, &Program); 9] = [
    ("x", Service::Apify, &x::ACTOR),
    ("reddit", Service::BrightData, &reddit::DATASET),
    ("linkedin", Service::Apify, &linkedin::ACTOR),
    ("tiktok", Service::Apify, &tiktok::ACTOR),
    ("tiktok", Service::BrightData, &tiktok::DATASET),
    ("instagram", Service::Apify, &instagram::ACTOR),
    ("facebook", Service::Apify, &facebook::ACTOR),
    ("apify", Service::Apify, &ANY_ACTOR),
    ("brightdata", Service::BrightData, &ANY_DATASET),
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
    /// The ways in which it is asked; none when it lacks what it needs.
    backends: Vec<&'static str>,
}

/// A way of asking a source.
struct Way {
    backend: Backend,
    /// Whether it has what it needs.
    is_ready: bool,
}

impl Connector {
    fn is_ready(&self) -> bool {
        !self.backends.is_empty()
    }
}

impl Registry {
    #[must_use]
    pub fn with(mut self, name: &'static str, source: Arc<dyn Source>) -> Self {
        self.connectors.insert(name, Connector { source, backends: vec![OFFICIAL] });
        self
    }

    /// With a source that is asked in some of these ways: in those that its operator wants, or in the first that
    /// it has, and by collectors that it cannot do without.
    fn with_ways(
        mut self,
        kind: &SourceKind,
        ways: &[Way],
        wanted: Option<&[&'static str]>,
    ) -> Self {
        let usual =
            if kind.backends.first() == Some(&OFFICIAL) { &[OFFICIAL] } else { kind.backends };
        let find = |name: &&str| ways.iter().find(|way| way.backend.name == *name);
        let ordered: Vec<&Way> = wanted.unwrap_or(usual).iter().filter_map(find).collect();
        let ready = ordered.iter().filter(|way| way.is_ready).map(|way| way.backend.clone());
        let ready: Vec<Backend> = ready.collect();
        let backends = ready.iter().map(|backend| backend.name).collect();
        let mut ready = ready.into_iter();
        let (first, others) = (ready.next(), ready.collect::<Vec<_>>());
        let source = match first {
            Some(first) if others.is_empty() => Some(first.source),
            Some(first) => Some(Arc::new(Backends::new(first, others)) as Arc<dyn Source>),
            None => ordered.first().map(|way| Arc::clone(&way.backend.source)),
        };
        if let Some(source) = source {
            self.connectors.insert(kind.name, Connector { source, backends });
        }
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
        let http = |name: &str| {
            let http = Http::new(egress.clone(), clock.clone(), Politeness::default());
            match settings.get(name) {
                Some(own) => {
                    let within = Duration::from_secs(own.max_seconds.into());
                    http.with_budget(own.max_requests, within)
                }
                None => http,
            }
        };
        let setup = |name: &str, by: &str, address: &str, rules: &'static [Rule]| {
            let (own, by) = (settings.get(name), settings.get(by));
            let base_url = by.and_then(|by| by.base_url.as_deref()).unwrap_or(address);
            let token = by.and_then(|by| by.token.clone());
            Setup {
                http: http(name),
                base_url: base_url.to_owned(),
                pace: Pace::new(Arc::clone(buckets), name, base_url, token.as_ref(), rules),
                token,
                max_documents: own.map_or(DEFAULT_DOCUMENTS, |own| own.max_documents),
                max_usd: own.map_or(0.0, |own| own.max_usd),
            }
        };
        let mut ways: HashMap<&str, Vec<Way>> = HashMap::new();
        let mut add = |source_name, name, source: Arc<dyn Source>, is_ready| {
            let way = Way { backend: Backend { name, source }, is_ready };
            ways.entry(source_name).or_default().push(way);
        };
        for Platform { name, base_url, needs_token, rules, make } in PLATFORMS {
            let setup = setup(name, name, base_url, rules);
            let is_ready = !setup.base_url.is_empty() && (setup.token.is_some() || !needs_token);
            add(name, OFFICIAL, make(setup), is_ready);
        }
        for (name, service, program) in COLLECTED {
            let address = match service {
                Service::Apify => APIFY,
                Service::BrightData => BRIGHT_DATA,
            };
            let setup = setup(name, service.name(), address, &[]);
            let is_ready = setup.token.is_some();
            let collector = Collector::new(setup, service, program);
            add(name, service.name(), Arc::new(collector), is_ready);
        }
        for kind in CATALOGUE {
            let wanted = settings.get(kind.name).and_then(|own| own.backends.as_deref());
            let ways = ways.remove(kind.name).unwrap_or_default();
            self = self.with_ways(kind, &ways, wanted);
        }
        let most =
            |name: &str| settings.get(name).map_or(DEFAULT_DOCUMENTS, |own| own.max_documents);
        let web = Web::new(http("web"), most("web"));
        let rss = Rss::new(http("rss"), most("rss"));
        self.with("rss", Arc::new(rss)).with("web", Arc::new(web))
    }

    pub fn state(&self, kind: &SourceKind) -> SourceState {
        match self.connectors.get(kind.name) {
            Some(connector) if connector.is_ready() => SourceState::Ready,
            _ => SourceState::NotConfigured,
        }
    }

    /// A known source as it is here.
    pub fn about(&self, kind: &SourceKind) -> SourceAbout {
        let connector = self.connectors.get(kind.name);
        let known = connector.map(|connector| connector.source.as_ref());
        let state = self.state(kind);
        let reason = known.map_or("this version has no connector for it", Source::how);
        SourceAbout {
            state,
            reason: (state != SourceState::Ready).then_some(reason),
            covers: known.map_or("Nothing on this server.", Source::covers),
            needs: known.map_or(&[], Source::needs),
            backends: connector.map(|connector| connector.backends.clone()).unwrap_or_default(),
        }
    }

    /// The connector for a name as in `sources`; `None` when it is unknown or not configured.
    pub fn connector(&self, name: &str) -> Option<Arc<dyn Source>> {
        let kind = source::find(name)?;
        let connector = self.connectors.get(kind.name).filter(|known| known.is_ready())?;
        Some(Arc::clone(&connector.source))
    }
}
