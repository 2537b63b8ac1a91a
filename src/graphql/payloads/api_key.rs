//! What mutations of keys answer with.

use async_graphql::{Enum, SimpleObject};

use super::{Problem, user_error};
use crate::domain::api_key::KeyFailure;
use crate::error::Error;
use crate::graphql::types::api_key::ApiKey;
use crate::model::api_key;

/// The answer to `createApiKey`.
#[derive(SimpleObject, Default)]
pub struct CreateApiKeyPayload {
    /// The new key; null when there are user errors.
    api_key: Option<ApiKey>,
    /// What is sent as `Authorization: Bearer …`: it is shown here and never again.
    secret: Option<String>,
    /// What is wrong with the input; when not empty, nothing was written.
    user_errors: Vec<CreateApiKeyUserError>,
}

/// What can be wrong with the input of `createApiKey`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum CreateApiKeyErrorCode {
    /// The name is empty or too long.
    NameInvalid,
    /// The key would have expired already.
    ExpiresAtInvalid,
}

user_error!(CreateApiKeyUserError, CreateApiKeyErrorCode, "createApiKey");

impl CreateApiKeyPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(created: Result<(api_key::ApiKey, String), KeyFailure>) -> Result<Self, Error> {
        let failure = match created {
            Ok((key, secret)) => {
                let (api_key, secret) = (Some(ApiKey(key)), Some(secret));
                return Ok(Self { api_key, secret, user_errors: Vec::new() });
            }
            Err(KeyFailure::Failed(error)) => return Err(error),
            Err(failure) => failure,
        };
        let message = failure.to_string();
        let (code, field) = match failure {
            KeyFailure::Expired => (CreateApiKeyErrorCode::ExpiresAtInvalid, "expiresAt"),
            _ => (CreateApiKeyErrorCode::NameInvalid, "name"),
        };
        let problem = Problem { code, message, field };
        Ok(Self { user_errors: vec![CreateApiKeyUserError(problem)], ..Self::default() })
    }
}

/// The answer to `revokeApiKey`.
#[derive(SimpleObject, Default)]
pub struct RevokeApiKeyPayload {
    /// The key, revoked now or before; null when there are user errors.
    api_key: Option<ApiKey>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<RevokeApiKeyUserError>,
}

/// What can be wrong with the input of `revokeApiKey`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum RevokeApiKeyErrorCode {
    /// There is no such key.
    ApiKeyNotFound,
}

user_error!(RevokeApiKeyUserError, RevokeApiKeyErrorCode, "revokeApiKey");

impl RevokeApiKeyPayload {
    /// The answer for the key that was to be revoked, if there is one.
    pub fn of(key: Option<api_key::ApiKey>) -> Self {
        if key.is_some() {
            return Self { api_key: key.map(ApiKey), user_errors: Vec::new() };
        }
        let (code, field) = (RevokeApiKeyErrorCode::ApiKeyNotFound, "apiKeyId");
        let problem = Problem { code, message: "there is no such key".to_owned(), field };
        Self { api_key: None, user_errors: vec![RevokeApiKeyUserError(problem)] }
    }
}
