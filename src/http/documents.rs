//! The documents of requests: which one is meant, whether it is taken, and those that were parsed before, as
//! clients send the same few with other variables.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, ServerError};

use super::trusted::Trusted;
use crate::error::Error;

/// Documents remembered; beyond that all are forgotten and parsed again.
const MOST: usize = 500;
/// Longest document remembered, in bytes.
const LONGEST: usize = 16 * 1024;

/// What every transport asks before it executes anything.
#[derive(Clone)]
pub struct Documents {
    trusted: Trusted,
    parsed: Arc<Mutex<HashMap<String, ExecutableDocument>>>,
}

impl Documents {
    pub fn new(trusted: Trusted) -> Self {
        Self { trusted, parsed: Arc::default() }
    }

    /// Gives a request the document that it names and what was parsed of it, unless it is refused.
    ///
    /// # Errors
    /// When the document is unknown or is not to be executed; it is not parsed then.
    pub fn admit(&self, request: &mut Request) -> Result<(), ServerError> {
        self.trusted.admit(request).map_err(|error| refused(&error))?;
        self.parse(request);
        Ok(())
    }

    /// One that cannot be parsed is for the executor to report.
    fn parse(&self, request: &mut Request) {
        if request.query.len() > LONGEST {
            return;
        }
        let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parsed.get(&request.query).cloned();
        drop(parsed);
        if let Some(document) = known {
            request.set_parsed_query(document);
            return;
        }
        let text = request.query.clone();
        let Ok(document) = request.parsed_query() else {
            return;
        };
        let document = document.clone();
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if parsed.len() >= MOST {
            parsed.clear();
        }
        parsed.insert(text, document);
    }
}

fn refused(error: &Error) -> ServerError {
    let mut refused = ServerError::new(error.message(), None);
    let extensions = refused.extensions.get_or_insert_default();
    extensions.set("code", error.code.as_str());
    extensions.set("retryable", error.code.is_retryable());
    refused
}
