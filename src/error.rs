//! The one error that use cases answer with: a code of a closed list, a message for the caller, and
//! a cause that only the log sees.

use std::fmt;
use std::sync::Arc;

/// Codes that clients may rely on, in GraphQL `extensions.code` and in problem documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Unauthenticated,
    Forbidden,
    NotFound,
    /// Of GraphQL documents that are named by their hash; clients know this name.
    PersistedQueryNotFound,
    BadUserInput,
    CostLimitExceeded,
    RateLimited,
    Timeout,
    Conflict,
    Unavailable,
    Internal,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::CostLimitExceeded => "COST_LIMIT_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::Conflict => "CONFLICT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// Whether the same request may succeed later without a change.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Timeout | Self::Unavailable)
    }
}

type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;
type SharedCause = Arc<dyn std::error::Error + Send + Sync + 'static>;

/// Why a use case could not do its work.
#[derive(Clone, Debug)]
pub struct Error {
    pub code: Code,
    /// A narrower name within `code`, where programs need to tell cases apart (`CURSOR_INVALID`).
    pub reason: Option<&'static str>,
    message: String,
    cause: Option<SharedCause>,
}

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, reason: None, message: message.into(), cause: None }
    }

    #[must_use]
    pub fn with_reason(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Something that should not happen; the caller learns only that it did.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        let message = "something went wrong here; the request id finds it in the log".to_owned();
        Self { code: Code::Internal, reason: None, message, cause: Some(cause.into().into()) }
    }

    /// The service cannot answer now, and says so rather than failing for good.
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        let message = "the service cannot answer just now; try again".to_owned();
        Self { code: Code::Unavailable, reason: None, message, cause: Some(cause.into().into()) }
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// What the caller may read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The code a program should look at: the narrower reason where there is one.
    pub fn program_code(&self) -> &'static str {
        self.reason.unwrap_or_else(|| self.code.as_str())
    }

    /// The causes in one line, for the log.
    pub fn cause_chain(&self) -> Option<String> {
        let cause = self.cause.as_ref()?;
        let mut line = cause.to_string();
        let mut next = cause.source();
        while let Some(error) = next {
            line.push_str(": ");
            line.push_str(&error.to_string());
            next = error.source();
        }
        Some(line)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.program_code(), self.message)?;
        match self.cause_chain() {
            Some(chain) => write!(f, " ({chain})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<crate::failpoint::Injected> for Error {
    fn from(injected: crate::failpoint::Injected) -> Self {
        Self::internal(injected)
    }
}

impl From<crate::clock::RandomError> for Error {
    fn from(error: crate::clock::RandomError) -> Self {
        Self::unavailable(error)
    }
}
