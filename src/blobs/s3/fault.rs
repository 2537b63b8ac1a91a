//! Why a store did not do what was asked, in plain words, told from what it and the network answered.

use std::error::Error;
use std::io;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::net::NetError;

/// What is wrong, for who decides by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The address, the network or TLS.
    Net(NetError),
    /// No answer in time, after all attempts.
    Timeout,
    NoBucket,
    /// There is no such object, or no such upload.
    NotFound,
    /// The bucket is elsewhere: there, when the store says where.
    WrongRegion(Option<String>),
    UnknownKeyId,
    /// The key was good for a while only.
    ExpiredKey,
    WrongSecret,
    /// The account is closed or not paid for.
    AccountClosed,
    /// The key is right, and may not do this.
    Denied,
    ClockSkew,
    /// Too many requests, after all attempts.
    Throttled,
    /// The store is out of order just now, after all attempts.
    Busy,
    /// The bucket or its account has no room.
    Full,
    /// The store does not have this.
    NotImplemented,
    InvalidRange,
    /// The bytes are not those that were stored, or not all of them.
    Damaged,
    Other,
}

/// What a store did not do, and why.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.told())]
pub struct S3Fault {
    pub cause: Cause,
    /// What was asked for: `PutObject`.
    pub verb: &'static str,
    /// The answer's status, when there was one.
    pub status: Option<u16>,
    /// The store's own code: `NoSuchBucket`.
    pub code: Option<Box<str>>,
    /// The store's own words.
    pub message: Option<Box<str>>,
    /// What time it is at the store, as its answer says.
    pub store_date: Option<Box<str>>,
}

impl S3Fault {
    /// What a failed request says.
    pub fn of<E>(verb: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let answer = error.raw_response();
        let status = answer.map(|answer| answer.status().as_u16());
        let header = |name: &str| answer.and_then(|answer| answer.headers().get(name));
        let code: Option<Box<str>> = error.code().map(Box::from);
        let cause = match Cause::told_by(code.as_deref(), status) {
            Some(Cause::WrongRegion(_)) => {
                let right = header("x-amz-bucket-region").map(str::to_owned);
                Cause::WrongRegion(right.or_else(|| answer.and_then(region_in)))
            }
            Some(cause) => cause,
            None => without_answer(error),
        };
        let store_date = header("date").map(Box::from);
        let message = error.message().map(Box::from);
        Self { cause, verb, status, code, message, store_date }
    }

    /// What was not found out from an answer's head.
    pub fn own(verb: &'static str, cause: Cause, message: impl Into<Box<str>>) -> Self {
        let (status, code, store_date) = (None, None, None);
        Self { cause, verb, status, code, message: Some(message.into()), store_date }
    }

    /// Whether the store's code, where there is one, is known here.
    pub fn is_known(&self) -> bool {
        self.code.as_deref().is_none_or(|code| by_code(code).is_some())
    }

    /// Whether it may have been done all the same: the answer was lost, or is no clear no.
    pub fn may_be_done(&self) -> bool {
        let no_answer =
            matches!(self.cause, Cause::Net(NetError::Broken(_) | NetError::Timeout(_)));
        no_answer
            || matches!(self.cause, Cause::Timeout | Cause::NotFound | Cause::Throttled)
            || self.status.is_some_and(|status| status >= 500)
    }

    fn told(&self) -> String {
        let verb = self.verb;
        match &self.cause {
            Cause::Net(error) => error.to_string(),
            Cause::Timeout => format!("the store did not answer {verb} in time"),
            Cause::NoBucket => "there is no such bucket at the store".to_owned(),
            Cause::NotFound => "there is no such object".to_owned(),
            Cause::WrongRegion(Some(right)) => {
                format!("the bucket is in another region: set the region to {right}")
            }
            Cause::WrongRegion(None) => {
                "the bucket is in another region, or at another endpoint".to_owned()
            }
            Cause::UnknownKeyId => "the store does not know this access key id".to_owned(),
            Cause::ExpiredKey => "the key has expired, or is a temporary one".to_owned(),
            Cause::AccountClosed => "the account at the store is closed or not paid for".to_owned(),
            Cause::WrongSecret => {
                "the store refuses the signature: the secret access key is not that of the key id"
                    .to_owned()
            }
            Cause::Denied => format!("the key may not do {verb} there"),
            Cause::ClockSkew => {
                let at = self.store_date.as_deref().unwrap_or("another time");
                format!("the clock of this machine is wrong: at the store it is {at}")
            }
            Cause::Throttled => "the store asks for fewer requests".to_owned(),
            Cause::NotImplemented => format!("the store does not have {verb}"),
            Cause::InvalidRange => "the range holds nothing of the object".to_owned(),
            Cause::Full => "the bucket or its account is full".to_owned(),
            Cause::Busy | Cause::Damaged | Cause::Other => self.in_the_stores_words(),
        }
    }

    fn in_the_stores_words(&self) -> String {
        let status = self.status.map(|status| status.to_string());
        let parts = [status.as_deref(), self.code.as_deref(), self.message.as_deref()];
        let said: Vec<&str> = parts.into_iter().flatten().collect();
        format!("{} failed: {}", self.verb, said.join(", "))
    }
}

impl From<S3Fault> for io::Error {
    fn from(fault: S3Fault) -> Self {
        let kind = match &fault.cause {
            Cause::NotFound => io::ErrorKind::NotFound,
            Cause::InvalidRange => io::ErrorKind::InvalidInput,
            Cause::Timeout | Cause::Net(NetError::Timeout(_)) => io::ErrorKind::TimedOut,
            Cause::Denied
            | Cause::UnknownKeyId
            | Cause::ExpiredKey
            | Cause::WrongSecret
            | Cause::AccountClosed => io::ErrorKind::PermissionDenied,
            Cause::Damaged => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, fault)
    }
}

impl Cause {
    /// What an answer says by its code or, when that is not known here, by its status.
    pub fn told_by(code: Option<&str>, status: Option<u16>) -> Option<Self> {
        code.and_then(by_code).or_else(|| status.and_then(by_status))
    }
}

fn by_code(code: &str) -> Option<Cause> {
    Some(match code {
        "NoSuchBucket" | "InvalidBucketName" => Cause::NoBucket,
        "NoSuchKey" | "NoSuchUpload" | "NotFound" => Cause::NotFound,
        "PermanentRedirect"
        | "TemporaryRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException" => Cause::WrongRegion(None),
        "InvalidAccessKeyId" | "InvalidClientTokenId" | "UnrecognizedClientException" => {
            Cause::UnknownKeyId
        }
        "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => Cause::ExpiredKey,
        "SignatureDoesNotMatch" => Cause::WrongSecret,
        "AccessDenied" | "AccessDeniedException" | "Forbidden" | "UnauthorizedAccess" => {
            Cause::Denied
        }
        "AllAccessDisabled" | "AccountProblem" | "NotSignedUp" | "InvalidPayer" => {
            Cause::AccountClosed
        }
        "RequestTimeTooSkewed" | "RequestExpired" => Cause::ClockSkew,
        "SlowDown" | "Throttling" | "ThrottlingException" | "TooManyRequests" => Cause::Throttled,
        "ServiceUnavailable" | "InternalError" | "RequestTimeout" => Cause::Busy,
        "QuotaExceeded" | "XMinioStorageFull" | "EntityTooLarge" | "storage_cap_exceeded" => {
            Cause::Full
        }
        "NotImplemented" | "MethodNotAllowed" => Cause::NotImplemented,
        "InvalidRange" => Cause::InvalidRange,
        _ => return None,
    })
}

/// What is left to go by when the answer has no body, as to `HEAD`.
fn by_status(status: u16) -> Option<Cause> {
    Some(match status {
        301 | 307 => Cause::WrongRegion(None),
        403 => Cause::Denied,
        404 => Cause::NotFound,
        416 => Cause::InvalidRange,
        429 => Cause::Throttled,
        501 => Cause::NotImplemented,
        500..=599 => Cause::Busy,
        200.. => Cause::Other,
        _ => return None,
    })
}

fn without_answer<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> Cause {
    let net = causes(error).find_map(|cause| cause.downcast_ref::<NetError>());
    match (net, error) {
        (Some(net), _) => Cause::Net(net.clone()),
        (None, SdkError::TimeoutError(_)) => Cause::Timeout,
        (None, SdkError::ConstructionFailure(_)) => {
            let text = causes(error).last().map(ToString::to_string).unwrap_or_default();
            Cause::Net(NetError::InvalidUrl(format!("the store cannot be asked: {text}")))
        }
        (None, _) => Cause::Other,
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Where a refusal says in its body that the bucket is.
fn region_in(answer: &HttpResponse) -> Option<String> {
    let text = std::str::from_utf8(answer.body().bytes()?).ok()?;
    let (_, after) = text.split_once("<Region>")?;
    let (region, _) = after.split_once("</Region>")?;
    Some(region.to_owned())
}
