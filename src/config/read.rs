//! From layers of text to typed settings, group by group.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::{Origin, SettingsError, Shown};
use super::layers::{Found, Layers};
use super::values::{self, accepted};
use super::{
    BlobsSetting, DatabaseUrl, LlmSettings, LogSettings, MasterKeySetting, PageSettings,
    S3Credentials, S3Settings, Settings, SourceSettings, names,
};
use crate::model::source::CATALOGUE;

/// Reads and checks every setting.
pub(super) fn settings(reader: &Reader) -> Result<Settings, SettingsError> {
    let data_dir = reader.required("data_dir", values::path, accepted::PATH)?;
    Ok(Settings {
        listen: reader.required("listen", values::socket_address, accepted::LISTEN)?,
        public_url: reader.optional("public_url", values::base_url, accepted::URL)?,
        database: reader.required(
            "database_url",
            |text| database(text, &data_dir),
            accepted::DATABASE,
        )?,
        blobs: blobs(reader, &data_dir)?,
        download_cache: reader.required(
            "download_cache",
            values::number,
            accepted::DOWNLOAD_CACHE,
        )?,
        master_key: reader
            .optional("master_key", values::master_key, accepted::MASTER_KEY)?
            .unwrap_or(MasterKeySetting::InDataDir),
        master_key_previous: reader.optional(
            "master_key_previous",
            values::master_key,
            accepted::MASTER_KEY,
        )?,
        api_key: reader.optional("api_key", values::api_key, accepted::API_KEY)?,
        webhook_secret: reader.optional(
            "webhook_secret",
            values::webhook_secret,
            accepted::WEBHOOK_SECRET,
        )?,
        allow_private: reader
            .optional("allow_private", values::allow_private, accepted::ALLOW_PRIVATE)?
            .unwrap_or_default(),
        rate_limit: reader.required("rate_limit", values::number, accepted::RATE_LIMIT)?,
        connections_per_key: reader.required(
            "connections_per_key",
            values::number,
            accepted::CONNECTIONS,
        )?,
        event_days: reader.required("event_days", values::days, accepted::EVENT_DAYS)?,
        audit_days: reader.required("audit_days", values::days, accepted::EVENT_DAYS)?,
        poll_only: reader.required("poll_only", values::switch, accepted::SWITCH)?,
        introspection: reader.required("introspection", values::switch, accepted::SWITCH)?,
        pages: PageSettings {
            dashboard: reader.required("dashboard", values::switch, accepted::SWITCH)?,
            graphiql: reader.required("graphiql", values::switch, accepted::SWITCH)?,
        },
        documents: reader.required(
            "documents",
            values::document_policy,
            accepted::DOCUMENT_POLICY,
        )?,
        documents_dir: reader.optional("documents_dir", values::path, accepted::PATH)?,
        roles: reader.required("roles", values::roles, accepted::ROLES)?,
        workers: reader.required("workers", values::workers, accepted::WORKERS)?,
        log: LogSettings {
            filter: reader.required("log", values::log_filter, accepted::LOG)?,
            format: reader.required("log_format", values::log_format, accepted::LOG_FORMAT)?,
        },
        otlp_endpoint: reader.optional("otlp_endpoint", values::base_url, accepted::URL)?,
        sources: sources(reader)?,
        llm: llm(reader)?,
        given: reader.given(),
        data_dir,
    })
}

fn database(text: &str, data_dir: &Path) -> Option<DatabaseUrl> {
    if let Some(url) = values::postgres_url(text) {
        return Some(DatabaseUrl::Postgres(url));
    }
    values::sqlite_file(text, data_dir).map(DatabaseUrl::Sqlite)
}

enum BlobsPlace {
    Disk(PathBuf),
    S3 { bucket: String, prefix: String },
}

fn blobs_place(text: &str, data_dir: &Path) -> Option<BlobsPlace> {
    if let Some((bucket, prefix)) = values::s3_place(text) {
        return Some(BlobsPlace::S3 { bucket, prefix });
    }
    values::disk_folder(text, data_dir).map(BlobsPlace::Disk)
}

fn blobs(reader: &Reader, data_dir: &Path) -> Result<BlobsSetting, SettingsError> {
    let place = reader.required("blobs", |text| blobs_place(text, data_dir), accepted::BLOBS)?;
    let endpoint = reader.optional("s3.endpoint", values::base_url, accepted::URL)?;
    let region = reader.required("s3.region", values::region, accepted::REGION)?;
    let path_style = reader.optional("s3.path_style", values::switch, accepted::SWITCH)?;
    let id = reader.optional("s3.access_key_id", values::token, accepted::TOKEN)?;
    let secret = reader.optional("s3.secret_access_key", values::token, accepted::TOKEN)?;
    let why = "the store's key has two halves";
    let credentials = match (id, secret) {
        (Some(access_key_id), Some(secret_access_key)) => {
            Some(S3Credentials { access_key_id, secret_access_key })
        }
        (Some(_), None) => {
            return Err(reader.incomplete("s3.access_key_id", "s3.secret_access_key", why));
        }
        (None, Some(_)) => {
            return Err(reader.incomplete("s3.secret_access_key", "s3.access_key_id", why));
        }
        (None, None) => None,
    };
    Ok(match place {
        BlobsPlace::Disk(folder) => BlobsSetting::Disk(folder),
        BlobsPlace::S3 { bucket, prefix } => BlobsSetting::S3(S3Settings {
            bucket,
            prefix,
            endpoint,
            region,
            path_style,
            credentials,
        }),
    })
}

fn sources(reader: &Reader) -> Result<BTreeMap<String, SourceSettings>, SettingsError> {
    let max_documents = reader.required("max_documents", values::counted, accepted::DOCUMENTS)?;
    let max_usd = reader.required("max_usd", values::dollars, accepted::DOLLARS)?;
    let max_requests = reader.required("max_requests", values::counted, accepted::REQUESTS)?;
    let max_seconds = reader.required("max_seconds", values::counted, accepted::SECONDS)?;
    let mut sources = BTreeMap::new();
    for source in CATALOGUE {
        let path = |key: &str| names::source_path(source.name, key);
        let settings = SourceSettings {
            base_url: reader.optional(&path("base_url"), values::base_url, accepted::URL)?,
            token: reader.optional(&path("token"), values::token, accepted::TOKEN)?,
            backends: reader.optional(
                &path("backends"),
                |text| values::backends(text, source.backends),
                accepted::BACKENDS,
            )?,
            max_documents: reader
                .optional(&path("max_documents"), values::counted, accepted::DOCUMENTS)?
                .unwrap_or(max_documents),
            max_usd: reader
                .optional(&path("max_usd"), values::dollars, accepted::DOLLARS)?
                .unwrap_or(max_usd),
            max_requests: reader
                .optional(&path("max_requests"), values::counted, accepted::REQUESTS)?
                .unwrap_or(max_requests),
            max_seconds: reader
                .optional(&path("max_seconds"), values::counted, accepted::SECONDS)?
                .unwrap_or(max_seconds),
        };
        sources.insert(source.name.to_owned(), settings);
    }
    Ok(sources)
}

fn llm(reader: &Reader) -> Result<Option<LlmSettings>, SettingsError> {
    let base_url = reader.optional("llm.base_url", values::base_url, accepted::URL)?;
    let api_key = reader.optional("llm.api_key", values::token, accepted::TOKEN)?;
    let model = reader.optional("llm.model", values::model, accepted::MODEL)?;
    let summaries = reader.required("llm.summaries", values::switch, accepted::SWITCH)?;
    let labels = reader.required("llm.labels", values::switch, accepted::SWITCH)?;
    let why = "a model is reached by its address and its name";
    match (base_url, model) {
        (Some(base_url), Some(model)) => {
            Ok(Some(LlmSettings { base_url, api_key, model, summaries, labels }))
        }
        (Some(_), None) => Err(reader.incomplete("llm.base_url", "llm.model", why)),
        (None, Some(_)) => Err(reader.incomplete("llm.model", "llm.base_url", why)),
        (None, None) if api_key.is_some() => {
            Err(reader.incomplete("llm.api_key", "llm.base_url", why))
        }
        (None, None) if summaries => Err(reader.incomplete("llm.summaries", "llm.base_url", why)),
        (None, None) if labels => Err(reader.incomplete("llm.labels", "llm.base_url", why)),
        (None, None) => Ok(None),
    }
}

/// Reads single settings out of the layers.
pub(super) struct Reader {
    layers: Layers,
}

impl Reader {
    pub fn new(layers: Layers) -> Self {
        Self { layers }
    }

    /// The single settings that a layer above the defaults has.
    fn given(&self) -> BTreeSet<&'static str> {
        let is_given = |path: &str| {
            let found = self.layers.find(path).ok().flatten();
            found.is_some_and(|found| found.origin != Origin::Default)
        };
        names::SINGLE.iter().copied().filter(|path| is_given(path)).collect()
    }

    /// A setting that has a default.
    fn required<T>(
        &self,
        path: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
        accepted: &'static str,
    ) -> Result<T, SettingsError> {
        let found = self.layers.find(path)?.ok_or(SettingsError::NoDefault { path })?;
        usable(path, &found, read, accepted)
    }

    /// A setting that may be left out; an empty text leaves it out as well.
    fn optional<T>(
        &self,
        path: &str,
        read: impl FnOnce(&str) -> Option<T>,
        accepted: &'static str,
    ) -> Result<Option<T>, SettingsError> {
        match self.layers.find(path)? {
            Some(found) if !found.text.trim().is_empty() => {
                usable(path, &found, read, accepted).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The error that `path` is set and what it needs is not.
    fn incomplete(&self, path: &str, missing: &str, why: &'static str) -> SettingsError {
        let found = self.layers.find(path).ok().flatten();
        let origin = found.map_or(Origin::Default, |found| found.origin);
        let (name, missing) = (origin.spell(path), origin.spell(missing));
        SettingsError::Incomplete { name, origin, missing, why }
    }
}

fn usable<T>(
    path: &str,
    found: &Found,
    read: impl FnOnce(&str) -> Option<T>,
    accepted: &'static str,
) -> Result<T, SettingsError> {
    read(found.text.trim()).ok_or_else(|| SettingsError::Invalid {
        name: found.origin.spell(path),
        origin: found.origin.clone(),
        value: Shown::of(path, &found.text),
        accepted,
    })
}
