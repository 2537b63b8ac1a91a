//! What can be wrong with the settings. Each message names the setting, where it came from, what it
//! says (never for secrets) and what is accepted.

use std::fmt;
use std::path::PathBuf;

use super::names;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    Environment,
    Flag,
}

impl Origin {
    /// A setting's name as it is written there.
    pub(super) fn spell(&self, path: &str) -> String {
        match self {
            Self::Default | Self::File(_) => path.to_owned(),
            Self::Environment => names::variable(path),
            Self::Flag => format!("--{}", names::flag(path)),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("in the defaults"),
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Environment => f.write_str("in the environment"),
            Self::Flag => f.write_str("on the command line"),
        }
    }
}

/// The settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("cannot read the settings file {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },

    #[error("the settings file {} is not TOML: {reason}", path.display())]
    NotToml { path: PathBuf, reason: String },

    #[error("{name} {origin} is not a setting{}", suggestion(nearest.as_deref()))]
    Unknown { name: String, origin: Origin, nearest: Option<String> },

    #[error("{name} {origin} is {value}; give {accepted}")]
    Invalid { name: String, origin: Origin, value: Shown, accepted: &'static str },

    #[error("{name} {origin} needs {missing} as well; {why}")]
    Incomplete { name: String, origin: Origin, missing: String, why: &'static str },

    /// The compiled-in file is ours: only a fault of the program leads here.
    #[error("the defaults have no {path}; this is a fault of bytestack")]
    NoDefault { path: &'static str },
}

fn suggestion(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean {nearest}?"),
        None => "; --help and config.default.toml name them all".to_owned(),
    }
}

/// A refused value as a message may show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Value(String),
    Secret,
}

impl Shown {
    /// Addresses may carry a password before their `@`, so those are not shown either.
    pub(super) fn of(path: &str, value: &str) -> Self {
        if names::is_secret(path) || value.contains('@') {
            return Self::Secret;
        }
        Self::Value(value.to_owned())
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value:?}"),
            Self::Secret => f.write_str("not usable (its value is not shown)"),
        }
    }
}
