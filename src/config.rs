//! Typed settings: the compiled-in defaults (`config.default.toml`, which documents every setting),
//! then a file, then the environment, then flags, each winning over those before. What leaves here
//! is checked and needs no second look: nothing else in the program reads the environment.

mod args;
mod error;
mod layers;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use secrecy::SecretString;

use crate::model::source::{CATALOGUE, SourceKind};
use layers::Layers;
use read::Reader;

pub use args::SettingsArgs;
pub use error::{Origin, SettingsError, Shown};

/// Everything an operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    /// Without a slash at its end; not set: the address listened on.
    pub public_url: Option<String>,
    pub data_dir: PathBuf,
    pub database: DatabaseUrl,
    pub blobs: BlobsSetting,
    /// MiB of unpacked results in files, and a quarter as much in memory; 0 is none.
    pub download_cache: u32,
    pub master_key: MasterKeySetting,
    /// Opens, too, while one key is replaced by another.
    pub master_key_previous: Option<MasterKeySetting>,
    pub api_key: Option<SecretString>,
    pub webhook_secret: Option<SecretString>,
    pub allow_private: Vec<AllowPrivate>,
    /// Cost points per second and key; 0 is no limit.
    pub rate_limit: u32,
    /// Sockets, event streams and waiting polls of a key on this node; 0 is no limit.
    pub connections_per_key: u32,
    pub event_days: u32,
    pub audit_days: u32,
    pub poll_only: bool,
    pub introspection: bool,
    pub pages: PageSettings,
    pub documents: DocumentPolicy,
    /// Where further trusted documents are; not set: those of the playground are all.
    pub documents_dir: Option<PathBuf>,
    /// Never empty.
    pub roles: BTreeSet<Role>,
    /// Jobs that run at once, and as many deliveries beside them; at least 1.
    pub workers: usize,
    pub log: LogSettings,
    /// Where traces go, without a slash at its end; not set: nowhere.
    pub otlp_endpoint: Option<String>,
    /// Every source of the catalogue, by its name, whether or not anything is set for it.
    pub sources: BTreeMap<String, SourceSettings>,
    pub llm: Option<LlmSettings>,
    /// The settings without a table of their own that somebody gave: the others have their default.
    given: BTreeSet<&'static str>,
}

impl Settings {
    /// Whether somebody gave this setting (`data_dir`), rather than leaving it at its default.
    pub fn is_given(&self, name: &str) -> bool {
        self.given.contains(name)
    }

    /// Keeps everything in another directory; for settings that say nothing of where.
    pub fn keep_in(&mut self, data_dir: PathBuf) {
        self.database = DatabaseUrl::Sqlite(data_dir.join(values::DATABASE_FILE));
        self.blobs = BlobsSetting::Disk(data_dir.join(values::BLOBS_FOLDER));
        self.data_dir = data_dir;
    }

    /// Settings that were given but that nothing in this version looks at, as `sources.rss.token`: an operator
    /// should hear of them rather than believe in them.
    pub fn without_effect(&self) -> Vec<String> {
        let unread = |kind: &SourceKind| {
            let source = self.sources.get(kind.name);
            let address = source.is_some_and(|source| source.base_url.is_some());
            let token = source.is_some_and(|source| source.token.is_some());
            let given = [(address, "base_url"), (token, "token")];
            let unread =
                given.into_iter().filter(|(given, key)| *given && !kind.settings.contains(key));
            unread.map(|(_, key)| format!("sources.{}.{key}", kind.name)).collect::<Vec<_>>()
        };
        CATALOGUE.iter().flat_map(unread).collect()
    }
}

#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(SecretString),
}

#[derive(Clone, Debug)]
pub enum BlobsSetting {
    Disk(PathBuf),
    S3(S3Settings),
}

#[derive(Clone, Debug)]
pub struct S3Settings {
    pub bucket: String,
    /// Without slashes at its ends; may be empty.
    pub prefix: String,
    /// Not set: AWS.
    pub endpoint: Option<String>,
    pub region: String,
    /// Whether the bucket is in the path of an address rather than in its host; not set: as it must be.
    pub path_style: Option<bool>,
    /// Without them blobs cannot be on S3.
    pub credentials: Option<S3Credentials>,
}

#[derive(Clone, Debug)]
pub struct S3Credentials {
    pub access_key_id: SecretString,
    pub secret_access_key: SecretString,
}

/// Where the key comes from that seals the secrets that are kept.
#[derive(Clone, Debug)]
pub enum MasterKeySetting {
    /// A file in the data directory, made at the first start.
    InDataDir,
    Inline(MasterKeyBytes),
    File(PathBuf),
}

/// A master key given in the settings; its `Debug` does not show it.
#[derive(Clone)]
pub struct MasterKeyBytes(pub [u8; 32]);

impl fmt::Debug for MasterKeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKeyBytes([REDACTED])")
    }
}

/// What outbound requests may reach although it is private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowPrivate {
    /// `address/prefix`; a single address has the full prefix.
    Network { address: IpAddr, prefix: u8 },
    /// A name in lower case, or an address without brackets.
    Host { host: String, port: u16 },
}

/// Which GraphQL documents are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentPolicy {
    /// Whatever a client sends.
    Any,
    /// Those known before, text for text.
    Trusted,
}

/// What one process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Api,
    Worker,
    Scheduler,
}

/// Which pages are served to browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSettings {
    /// At `/`.
    pub dashboard: bool,
    /// At `/graphiql`.
    pub graphiql: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// How one source is reached, and how much of it a job may take.
#[derive(Clone, Debug)]
pub struct SourceSettings {
    /// Without a slash at its end; not set: the source's own address.
    pub base_url: Option<String>,
    pub token: Option<SecretString>,
    /// The ways in which it is asked, in their order; not set: the first that it has, and collectors that it
    /// cannot do without.
    pub backends: Option<Vec<&'static str>>,
    pub max_documents: u32,
    pub max_usd: f64,
    pub max_requests: u32,
    /// How long it may be asked, waits included.
    pub max_seconds: u32,
}

/// A model behind an OpenAI-compatible endpoint.
#[derive(Clone, Debug)]
pub struct LlmSettings {
    pub base_url: String,
    pub api_key: Option<SecretString>,
    pub model: String,
    /// Whether it is shown posts to write the text of summaries.
    pub summaries: bool,
    /// Whether it is shown posts to say what they feel.
    pub labels: bool,
}

impl Settings {
    /// Reads all layers. `environment` is the process's whole environment; what does not begin with
    /// `BYTESTACK_` is left alone.
    pub fn load(
        args: &SettingsArgs,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let environment: Vec<(String, String)> = environment.collect();
        let mut layers = Layers::defaults()?;
        if let Some(file) = settings_file(args, &environment) {
            layers = layers.add_file(&file)?;
        }
        let layers = layers.add_environment(environment.into_iter())?.add_flags(args.given());
        read::settings(&Reader::new(layers))
    }
}

fn settings_file(args: &SettingsArgs, environment: &[(String, String)]) -> Option<PathBuf> {
    let named = environment.iter().find(|(name, _)| name == names::CONFIG_VARIABLE);
    let from_environment = named.map(|(_, file)| PathBuf::from(file));
    args.config.clone().or(from_environment).filter(|file| !file.as_os_str().is_empty())
}
