//! The names of all sources, known from the start whether or not their connector answers yet.

/// A source as the catalogue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceKind {
    /// The name used in `sources`; `dataset`, `rss` and `web` take an argument after a colon.
    pub name: &'static str,
    /// The name shown to people.
    pub title: &'static str,
    /// How people call it in prose, in lower case; the name itself is not repeated here.
    pub aliases: &'static [&'static str],
    /// Whether the name is written with an argument: `dataset:{name}`, `rss:{url}`.
    pub takes_argument: bool,
    /// The ways in which it can be asked, in their usual order: by its own API, or by who collects it.
    pub backends: &'static [&'static str],
    /// Which of its settings are looked at, of those that not every source has.
    pub settings: &'static [&'static str],
}

/// A source's own API, or what else it answers itself with.
pub const OFFICIAL: &str = "official";

/// Whether a known source can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceState {
    Ready,
    /// Known, but this server has no connector or credential for it.
    NotConfigured,
}

/// A known source as it is on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAbout {
    pub state: SourceState,
    /// Why it does not answer.
    pub reason: Option<&'static str>,
    /// What of the platform is found, for people.
    pub covers: &'static str,
    /// Settings without which it does not answer.
    pub needs: &'static [&'static str],
    /// The ways in which it is asked here, the next one where the one before fails; none when it does not answer.
    pub backends: Vec<&'static str>,
}

/// What a question would find at a source, and cost there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// As the platform says.
    pub posts: u64,
    /// The most that a job would spend, in US dollars.
    pub max_usd: f64,
}

/// Where its API is, and the credential for it.
const OWN: &[&str] = &["base_url", "token"];

/// Every source a question may name.
pub const CATALOGUE: &[SourceKind] = &[
    kind("x", "X", &["twitter", "x.com", "x/twitter", "tweets"]).by(&[OFFICIAL, "apify"]),
    kind("reddit", "Reddit", &["subreddits"]).by(&[OFFICIAL, "brightdata"]),
    kind("hackernews", "Hacker News", &["hacker news", "hn", "ycombinator"]).open(),
    kind("bluesky", "Bluesky", &["bsky"]),
    kind("mastodon", "Mastodon", &["fediverse"]),
    kind("youtube", "YouTube", &["you tube"]),
    kind("github", "GitHub", &["git hub"]),
    kind("stackexchange", "Stack Exchange", &["stack exchange", "stack overflow", "stackoverflow"]),
    kind("gdelt", "GDELT news", &["news"]).open(),
    kind("lemmy", "Lemmy", &[]),
    kind("producthunt", "Product Hunt", &["product hunt"]),
    kind("tiktok", "TikTok", &["tik tok"]).by(&["apify", "brightdata"]).without_own(),
    kind("instagram", "Instagram", &["insta"]).by(&["apify"]).without_own(),
    kind("facebook", "Facebook", &["fb"]).by(&["apify"]).without_own(),
    kind("linkedin", "LinkedIn", &["linked in"]).by(&["apify"]).without_own(),
    kind("threads", "Threads", &[]),
    argument("telegram", "Telegram channels").open(),
    argument("rss", "RSS, Atom and JSON feeds").without_own(),
    argument("web", "Web pages").without_own(),
    argument("apify", "Apify collectors").by(&["apify"]),
    argument("brightdata", "Bright Data collectors").by(&["brightdata"]),
    argument("dataset", "Uploaded dataset").without_own(),
];

const fn kind(
    name: &'static str,
    title: &'static str,
    aliases: &'static [&'static str],
) -> SourceKind {
    SourceKind { name, title, aliases, takes_argument: false, backends: &[OFFICIAL], settings: OWN }
}

const fn argument(name: &'static str, title: &'static str) -> SourceKind {
    SourceKind {
        name,
        title,
        aliases: &[],
        takes_argument: true,
        backends: &[OFFICIAL],
        settings: OWN,
    }
}

impl SourceKind {
    /// That can be asked in these ways.
    const fn by(mut self, backends: &'static [&'static str]) -> Self {
        self.backends = backends;
        self
    }

    /// That wants no credential.
    const fn open(mut self) -> Self {
        self.settings = &["base_url"];
        self
    }

    /// That is here, has its address in its name, or is asked through somebody else.
    const fn without_own(mut self) -> Self {
        self.settings = &[];
        self
    }
}

/// Finds a source by the name used in `sources`: `x`, or `dataset:posts` for those that take an
/// argument. `None` when nobody knows the name, or its argument is missing or not wanted.
pub fn find(name: &str) -> Option<&'static SourceKind> {
    let (base, argument) = match name.split_once(':') {
        Some((base, argument)) => (base, Some(argument)),
        None => (name, None),
    };
    let kind = CATALOGUE.iter().find(|kind| kind.name == base)?;
    let argument_fits = match argument {
        Some(argument) => kind.takes_argument && !argument.trim().is_empty(),
        None => !kind.takes_argument,
    };
    argument_fits.then_some(kind)
}
