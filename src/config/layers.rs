//! The four layers of settings on top of each other. A value leaves here as text together with
//! where it came from; `values` reads the text, so that a variable, a flag and a line of a file are
//! judged alike and every error can name its origin.

use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Tag, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::error::{Origin, SettingsError, Shown};
use super::names;

const DEFAULTS: &str = include_str!("../config.default.toml");

/// One layer, before it is laid on the others.
struct Layer {
    label: &'static str,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.label)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

const FILE: &str = "file";
const ENVIRONMENT: &str = "environment";
const FLAGS: &str = "flags";

/// A value as it was written.
pub(super) struct Found {
    pub text: String,
    pub origin: Origin,
}

/// All layers, the later over the earlier.
pub(super) struct Layers {
    merged: Figment,
    file: Option<std::path::PathBuf>,
}

impl Layers {
    /// The compiled-in defaults.
    pub fn defaults() -> Result<Self, SettingsError> {
        let values = parse(DEFAULTS, Path::new("config.default.toml"))?;
        let merged = Figment::from(Layer { label: "defaults", values });
        Ok(Self { merged, file: None })
    }

    /// Adds a settings file.
    pub fn add_file(self, path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|error| SettingsError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let values = parse(&text, path)?;
        check_names(&values, path)?;
        let merged = self.merged.merge(Layer { label: FILE, values });
        Ok(Self { merged, file: Some(path.to_owned()) })
    }

    /// Adds the variables that begin with `BYTESTACK_`.
    pub fn add_environment(
        mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut values = Dict::new();
        for (name, value) in variables {
            let foreign = !name.starts_with(names::PREFIX) || name.starts_with(names::TEST_PREFIX);
            if foreign || names::is_no_setting(&name) {
                continue;
            }
            let Some(path) = names::path_of_variable(&name) else {
                let nearest = names::nearest_variable(&name).map(str::to_owned);
                return Err(SettingsError::Unknown { name, origin: Origin::Environment, nearest });
            };
            if !value.trim().is_empty() {
                put(&mut values, path, value);
            }
        }
        self.merged = self.merged.merge(Layer { label: ENVIRONMENT, values });
        Ok(self)
    }

    /// Adds the flags, by the path of their setting.
    pub fn add_flags(mut self, flags: impl Iterator<Item = (String, String)>) -> Self {
        let mut values = Dict::new();
        for (path, value) in flags {
            put(&mut values, &path, value);
        }
        self.merged = self.merged.merge(Layer { label: FLAGS, values });
        self
    }

    /// The value that counts, if any layer has one.
    pub fn find(&self, path: &str) -> Result<Option<Found>, SettingsError> {
        let Ok(value) = self.merged.find_value(path) else {
            return Ok(None);
        };
        let origin = self.origin(value.tag());
        match text_of(&value) {
            Some(text) => Ok(Some(Found { text, origin })),
            None => Err(SettingsError::Invalid {
                name: origin.spell(path),
                value: Shown::Value("a table or a list of lists".to_owned()),
                origin,
                accepted: "a single value",
            }),
        }
    }

    fn origin(&self, tag: Tag) -> Origin {
        let label = self.merged.get_metadata(tag).map(|metadata| metadata.name.as_ref());
        match (label, &self.file) {
            (Some(FILE), Some(path)) => Origin::File(path.clone()),
            (Some(ENVIRONMENT), _) => Origin::Environment,
            (Some(FLAGS), _) => Origin::Flag,
            _ => Origin::Default,
        }
    }
}

/// The parser's message shows the faulty line, which may hold a secret: only its first line (the
/// place) and its last (the fault) are passed on.
fn parse(text: &str, path: &Path) -> Result<Dict, SettingsError> {
    Toml::from_str(text).map_err(|error: <Toml as Format>::Error| {
        let message = error.to_string();
        let mut lines = message.lines().filter(|line| !line.trim().is_empty());
        let place = lines.next().unwrap_or("TOML parse error");
        let reason = match lines.next_back() {
            Some(fault) => format!("{place}: {fault}"),
            None => place.to_owned(),
        };
        SettingsError::NotToml { path: path.to_owned(), reason }
    })
}

/// Refuses a file that sets what nobody reads.
fn check_names(values: &Dict, file: &Path) -> Result<(), SettingsError> {
    let mut paths = Vec::new();
    collect_paths(values, "", &mut paths);
    let Some(unknown) = paths.into_iter().find(|path| !names::is_known_path(path)) else {
        return Ok(());
    };
    let nearest = names::nearest_path(&unknown).map(str::to_owned);
    Err(SettingsError::Unknown { name: unknown, origin: Origin::File(file.to_owned()), nearest })
}

fn collect_paths(values: &Dict, parent: &str, paths: &mut Vec<String>) {
    for (key, value) in values {
        let path = if parent.is_empty() { key.clone() } else { format!("{parent}.{key}") };
        match value {
            Value::Dict(_, inner) if !names::is_known_path(&path) => {
                collect_paths(inner, &path, paths);
            }
            _ => paths.push(path),
        }
    }
}

/// Puts a value at a dotted path, making the tables on the way.
fn put(values: &mut Dict, path: &str, text: String) {
    let Some((table, rest)) = path.split_once('.') else {
        values.insert(path.to_owned(), Value::from(text));
        return;
    };
    let inner = values.entry(table.to_owned()).or_insert_with(|| Value::from(Dict::new()));
    if let Value::Dict(_, inner) = inner {
        put(inner, rest, text);
    }
}

/// A single value, or a list of them joined by commas, as it would be written in a variable.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Char(_, character) => Some(character.to_string()),
        Value::Num(_, number) => number
            .to_i128()
            .map(|whole| whole.to_string())
            .or_else(|| number.to_u128().map(|whole| whole.to_string()))
            .or_else(|| number.to_f64().map(|real| real.to_string())),
        Value::Array(_, items) => {
            let texts: Option<Vec<String>> = items.iter().map(text_of).collect();
            texts.map(|texts| texts.join(","))
        }
        Value::Dict(..) | Value::Empty(..) => None,
    }
}
