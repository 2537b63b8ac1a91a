//! Trusted documents: known before anybody sends them, so that a request may name one by the hash of its
//! text, and a server may refuse all others. Nothing that a client sends is ever added.

use std::any::TypeId;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use async_graphql::{Request, Value};
use sha2::{Digest, Sha256};

use super::sent::{DocumentId, PERSISTED_QUERY};
use crate::config::DocumentPolicy;
use crate::error::{Code, Error};
use crate::graphql::Checker;

/// The examples of the playground, by the names of their files.
const BUILT_IN: [(&str, &str); 9] = [
    ("1-ask.graphql", include_str!("../../playground/operations/1-ask.graphql")),
    ("2-follow.graphql", include_str!("../../playground/operations/2-follow.graphql")),
    ("3-result.graphql", include_str!("../../playground/operations/3-result.graphql")),
    ("4-jobs.graphql", include_str!("../../playground/operations/4-jobs.graphql")),
    ("5-sources.graphql", include_str!("../../playground/operations/5-sources.graphql")),
    ("6-deliveries.graphql", include_str!("../../playground/operations/6-deliveries.graphql")),
    ("7-queries.graphql", include_str!("../../playground/operations/7-queries.graphql")),
    ("8-audit.graphql", include_str!("../../playground/operations/8-audit.graphql")),
    ("9-bucket.graphql", include_str!("../../playground/operations/9-bucket.graphql")),
];

/// The documents of the dashboard, which names them by their hashes: an object of hashes and texts, generated with it.
const DASHBOARD: &str = include_str!("../../playground/src/api/generated/persisted-documents.json");

/// What the files of a folder of documents end with.
const ENDING: &str = "graphql";

/// Why the documents of the folder in the settings cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    #[error("cannot read the folder of trusted documents {}: {cause}; correct documents_dir", path.display())]
    Folder { path: PathBuf, cause: io::Error },
    #[error("cannot read the documents of the dashboard: {0}")]
    Dashboard(serde_json::Error),
    #[error("cannot read the trusted document {}: {cause}", path.display())]
    File { path: PathBuf, cause: io::Error },
    #[error(
        "the trusted document {} cannot be executed here: {reason}; correct it, or take it out of the folder",
        path.display()
    )]
    NotExecutable { path: PathBuf, reason: String },
}

/// The SHA-256 of a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct DocumentHash([u8; 32]);

impl DocumentHash {
    fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok().map(|()| Self(bytes))
    }
}

/// The trusted documents, and whether there are others.
#[derive(Clone)]
pub struct Trusted {
    policy: DocumentPolicy,
    texts: Arc<HashMap<DocumentHash, String>>,
}

impl Trusted {
    /// Those of the playground and of the dashboard, and those of a folder.
    ///
    /// # Errors
    /// When the documents of the dashboard or the folder cannot be read, or a document in it is none that the schema can execute.
    pub async fn load(
        policy: DocumentPolicy,
        folder: Option<&Path>,
    ) -> Result<Self, DocumentsError> {
        let mut texts: Vec<String> = BUILT_IN.map(|(_, text)| text.to_owned()).to_vec();
        texts.extend(dashboard().map_err(DocumentsError::Dashboard)?.into_values());
        if let Some(folder) = folder {
            texts.extend(read(folder).await?);
        }
        if policy == DocumentPolicy::Trusted {
            tracing::info!(documents = texts.len(), "no other documents than these are taken");
        }
        let by_hash = texts.into_iter().map(|text| (DocumentHash::of(&text), text));
        Ok(Self { policy, texts: Arc::new(by_hash.collect()) })
    }

    /// Gives a request the document that it names, and refuses what is not trusted where it must be.
    ///
    /// # Errors
    /// When the document is unknown, is not the one that is named, or is not to be executed.
    pub fn admit(&self, request: &mut Request) -> Result<(), Error> {
        let named = named(request)?;
        if let Some(named) = named.filter(|_| request.query.is_empty()) {
            let text = self.texts.get(&named).ok_or_else(not_found)?;
            request.query.clone_from(text);
            return Ok(());
        }
        if named.is_none() && self.policy == DocumentPolicy::Any {
            return Ok(());
        }
        let sent = DocumentHash::of(&request.query);
        if named.is_some_and(|named| named != sent) {
            let message = "the hash is not that of the document sent with it; hash its exact text, \
                or send one of them alone";
            return Err(Error::new(Code::BadUserInput, message));
        }
        if self.policy == DocumentPolicy::Trusted && !self.texts.contains_key(&sent) {
            return Err(not_trusted());
        }
        Ok(())
    }
}

/// The documents of the dashboard, by the hashes that it has for them.
fn dashboard() -> Result<HashMap<String, String>, serde_json::Error> {
    serde_json::from_str(DASHBOARD)
}

/// The documents of a folder, in the order of their names.
async fn read(folder: &Path) -> Result<Vec<String>, DocumentsError> {
    let unreadable = |cause| DocumentsError::Folder { path: folder.to_owned(), cause };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let files: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut files = files.map_err(unreadable)?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == ENDING));
    files.sort();
    let checker = Checker::default();
    let mut texts = Vec::with_capacity(files.len());
    for path in files {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) => return Err(DocumentsError::File { path, cause }),
        };
        if let Err(reason) = checker.check(&text).await {
            return Err(DocumentsError::NotExecutable { path, reason });
        }
        texts.push(text);
    }
    Ok(texts)
}

/// The hash by which a request names its document, in either of two ways or in both.
fn named(request: &Request) -> Result<Option<DocumentHash>, Error> {
    let id = request.data.get(&TypeId::of::<DocumentId>());
    let id = id.and_then(|id| id.downcast_ref::<DocumentId>());
    let by_id = id.map(|id| of_id(&id.0)).transpose()?;
    let extension = request.extensions.get(PERSISTED_QUERY);
    let extension = extension.filter(|extension| **extension != Value::Null);
    let by_extension = extension.map(of_extension).transpose()?;
    match (by_id, by_extension) {
        (Some(one), Some(other)) if one != other => {
            let message =
                "`documentId` and `extensions.persistedQuery` name two documents; send one of them";
            Err(Error::new(Code::BadUserInput, message))
        }
        (one, other) => Ok(one.or(other)),
    }
}

fn of_id(id: &str) -> Result<DocumentHash, Error> {
    id.strip_prefix("sha256:").and_then(DocumentHash::from_hex).ok_or_else(|| {
        let message =
            "`documentId` is `sha256:` and the SHA-256 of the document's text as 64 hexadecimal digits";
        Error::new(Code::BadUserInput, message)
    })
}

fn of_extension(extension: &Value) -> Result<DocumentHash, Error> {
    let member = |name: &str| match extension {
        Value::Object(members) => members.get(name),
        _ => None,
    };
    let hash = match (member("version"), member("sha256Hash")) {
        (Some(version), Some(Value::String(hash))) if *version == Value::from(1) => {
            DocumentHash::from_hex(hash)
        }
        _ => None,
    };
    hash.ok_or_else(|| {
        let message = "`extensions.persistedQuery` is {\"version\": 1, \"sha256Hash\": …} with the SHA-256 \
            of the document's text as 64 hexadecimal digits";
        Error::new(Code::BadUserInput, message)
    })
}

fn not_found() -> Error {
    let message = "no trusted document has this hash; send the document's text, or have the operator add it \
        as a file to the folder of the setting documents_dir";
    Error::new(Code::PersistedQueryNotFound, message)
}

fn not_trusted() -> Error {
    let message = "this server takes only trusted documents, and this is none of them, letter for letter; \
        the operator adds one as a .graphql file to the folder of the setting documents_dir";
    Error::new(Code::Forbidden, message)
}

#[cfg(test)]
mod tests;
