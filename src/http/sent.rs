//! A GraphQL request as clients write it, on every transport: the document as text, or its name.

use async_graphql::{Extensions, Request, Value, Variables};
use serde::Deserialize;

/// The member of `extensions` by which clients name a document.
pub const PERSISTED_QUERY: &str = "persistedQuery";

/// The members that are looked at; others are left alone, and null is the same as nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sent {
    pub query: Option<String>,
    pub operation_name: Option<String>,
    pub variables: Variables,
    pub extensions: Extensions,
    pub document_id: Option<String>,
}

/// The name of a document, as the draft on persisted documents has it.
#[derive(Clone, Debug)]
pub struct DocumentId(pub String);

impl Sent {
    /// Whether a document is named, well or badly.
    pub fn names_a_document(&self) -> bool {
        let by_hash = self.extensions.get(PERSISTED_QUERY);
        self.document_id.is_some() || by_hash.is_some_and(|hash| *hash != Value::Null)
    }

    /// The request, which is empty until it is given the document that it names.
    pub fn into_request(self) -> Request {
        let mut request = Request::new(self.query.unwrap_or_default()).variables(self.variables);
        request.operation_name = self.operation_name;
        request.extensions = self.extensions;
        match self.document_id {
            Some(id) => request.data(DocumentId(id)),
            None => request,
        }
    }
}
