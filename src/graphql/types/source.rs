//! Sources a question may name.

use async_graphql::{Enum, Object};

use crate::domain::Domain;
use crate::model::source::{self, CATALOGUE, SourceAbout, SourceKind};

/// Whether a source answers on this server.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "source::SourceState")]
pub enum SourceState {
    /// It answers.
    Ready,
    /// It is known, but this server has no connector or credential for it.
    NotConfigured,
}

pub struct Source {
    kind: &'static SourceKind,
    about: SourceAbout,
}

/// Where posts come from.
#[Object]
impl Source {
    /// The name used in `sources`; with `:…` when it takes an argument, as `dataset:posts` does.
    async fn name(&self) -> String {
        let name = self.kind.name;
        if self.kind.takes_argument { format!("{name}:…") } else { name.to_owned() }
    }

    /// The name shown to people.
    async fn title(&self) -> &str {
        self.kind.title
    }

    /// Whether it answers on this server.
    async fn state(&self) -> SourceState {
        self.about.state.into()
    }

    /// Why it does not answer; null when it does.
    async fn reason(&self) -> Option<&str> {
        self.about.reason
    }

    /// What of the platform is found, and what is not.
    async fn covers(&self) -> &str {
        self.about.covers
    }

    /// The settings of the server without which it does not answer.
    async fn needs(&self) -> &[&str] {
        self.about.needs
    }

    /// The ways in which it is asked on this server, each where the one before failed: `official` is its own
    /// API, others are collectors. Empty when it does not answer.
    async fn backends(&self) -> &[&str] {
        &self.about.backends
    }
}

/// The whole catalogue with its state on this server.
pub fn all(domain: &Domain) -> Vec<Source> {
    let source = |kind| Source { kind, about: domain.source_about(kind) };
    CATALOGUE.iter().map(source).collect()
}
