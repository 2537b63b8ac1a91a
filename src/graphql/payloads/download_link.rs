//! What mutations of links to results answer with.

use async_graphql::{Enum, SimpleObject};

use super::{KEY, Problem, user_error};
use crate::domain::download_link::{LinkFailure, MadeLink};
use crate::error::Error;
use crate::graphql::types::download_link::DownloadLink;
use crate::model::download_link;

/// The answer to `createDownloadLink`.
#[derive(SimpleObject, Default)]
pub struct CreateDownloadLinkPayload {
    /// The new link, with its address; null when there are user errors. A repeated request is answered with
    /// the link of the first, without its address.
    download_link: Option<DownloadLink>,
    /// What is wrong with the input; when not empty, nothing was written.
    user_errors: Vec<CreateDownloadLinkUserError>,
}

/// What can be wrong with the input of `createDownloadLink`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum CreateDownloadLinkErrorCode {
    /// There is no such result, or none yet, or no more.
    StorageObjectNotFound,
    /// The link would work for too long, or not at all.
    ExpiresInSecondsOutOfRange,
    /// The idempotency key is empty, too long or has other characters than printable ASCII.
    IdempotencyKeyInvalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
}

user_error!(CreateDownloadLinkUserError, CreateDownloadLinkErrorCode, "createDownloadLink");

impl CreateDownloadLinkPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(made: Result<MadeLink, LinkFailure>) -> Result<Self, Error> {
        use CreateDownloadLinkErrorCode as Code;
        let failure = match made {
            Ok(MadeLink { link, url }) => {
                let download_link = Some(DownloadLink { link, url });
                return Ok(Self { download_link, user_errors: Vec::new() });
            }
            Err(failure) => failure,
        };
        let message = failure.to_string();
        let (code, field) = match failure {
            LinkFailure::Failed(error) => return Err(error),
            LinkFailure::Lifetime => (Code::ExpiresInSecondsOutOfRange, "expiresInSeconds"),
            LinkFailure::NoResult(_) => (Code::StorageObjectNotFound, "storageKey"),
            LinkFailure::KeyInvalid(_) => (Code::IdempotencyKeyInvalid, KEY),
            LinkFailure::KeyReused => (Code::IdempotencyKeyReused, KEY),
        };
        let problem = Problem { code, message, field };
        Ok(Self { user_errors: vec![CreateDownloadLinkUserError(problem)], ..Self::default() })
    }
}

/// The answer to `revokeDownloadLink`.
#[derive(SimpleObject, Default)]
pub struct RevokeDownloadLinkPayload {
    /// The link, revoked now or before; null when there are user errors.
    download_link: Option<DownloadLink>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<RevokeDownloadLinkUserError>,
}

/// What can be wrong with the input of `revokeDownloadLink`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum RevokeDownloadLinkErrorCode {
    /// There is no such link.
    DownloadLinkNotFound,
}

user_error!(RevokeDownloadLinkUserError, RevokeDownloadLinkErrorCode, "revokeDownloadLink");

impl RevokeDownloadLinkPayload {
    /// The answer for the link that was to be revoked, if there is one.
    pub fn of(link: Option<download_link::DownloadLink>) -> Self {
        if link.is_some() {
            return Self { download_link: link.map(Into::into), user_errors: Vec::new() };
        }
        let (code, field) = (RevokeDownloadLinkErrorCode::DownloadLinkNotFound, "downloadLinkId");
        let problem = Problem { code, message: "there is no such link".to_owned(), field };
        Self { download_link: None, user_errors: vec![RevokeDownloadLinkUserError(problem)] }
    }
}
