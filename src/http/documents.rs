//! Documents that were parsed before: clients send the same few with other variables.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Request;
use async_graphql::parser::types::ExecutableDocument;

/// Documents remembered; beyond that all are forgotten and parsed again.
const MOST: usize = 500;
/// Longest document remembered, in bytes.
const LONGEST: usize = 16 * 1024;

#[derive(Clone, Default)]
pub struct Documents(Arc<Mutex<HashMap<String, ExecutableDocument>>>);

impl Documents {
    /// Gives the request its parsed document. One that cannot be parsed is for the executor to report.
    pub fn parse(&self, request: &mut Request) {
        if request.query.len() > LONGEST {
            return;
        }
        let known =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&request.query).cloned();
        if let Some(document) = known {
            request.set_parsed_query(document);
            return;
        }
        let text = request.query.clone();
        let Ok(document) = request.parsed_query() else {
            return;
        };
        let document = document.clone();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(text, document);
    }
}
