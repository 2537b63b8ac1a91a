//! Which sources answer. Every name of the catalogue is known; only those with a connector are ready.

use std::collections::HashMap;
use std::sync::Arc;

use super::Source;
use crate::model::source::{self, SourceKind, SourceState};

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

    pub fn state(&self, kind: &SourceKind) -> SourceState {
        if self.connectors.contains_key(kind.name) {
            SourceState::Ready
        } else {
            SourceState::NotConfigured
        }
    }

    /// The connector for a name as in `sources`; `None` when it is unknown or not configured.
    pub fn connector(&self, name: &str) -> Option<Arc<dyn Source>> {
        let kind = source::find(name)?;
        self.connectors.get(kind.name).cloned()
    }
}
