//! What mutations of the bucket answer with.

use async_graphql::{Enum, SimpleObject};

use super::{Problem, user_error};
use crate::domain::bucket::{BucketFailure, Connected};
use crate::error::Error;
use crate::graphql::scalars::Long;
use crate::graphql::types::bucket::{Bucket, BucketTest};

/// The answer to `connectBucket`, and to `resumeBucket`.
#[derive(SimpleObject, Default)]
pub struct ConnectBucketPayload {
    /// The bucket as it is kept; null when it was only tried, or there are user errors.
    bucket: Option<Bucket>,
    /// What the test said; null when the input did not get that far.
    test: Option<BucketTest>,
    /// What is wrong; when not empty, nothing was saved.
    user_errors: Vec<ConnectBucketUserError>,
}

/// What can be wrong when a bucket is connected.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ConnectBucketErrorCode {
    /// A field has a form that no bucket has.
    InputInvalid,
    /// The endpoint is at an address that may not be reached from here.
    EndpointForbidden,
    /// The test failed; its last step says why. Give `saveUntested` to keep the bucket all the same.
    TestFailed,
    /// No bucket of this name is connected.
    BucketNotFound,
}

user_error!(ConnectBucketUserError, ConnectBucketErrorCode, "connectBucket");

impl ConnectBucketPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(connected: Result<Connected, BucketFailure>) -> Result<Self, Error> {
        use ConnectBucketErrorCode::{BucketNotFound, EndpointForbidden, InputInvalid, TestFailed};
        let failure = match connected {
            Ok(Connected { bucket, test }) => {
                let (bucket, test) = (bucket.map(Bucket), Some(test.into()));
                return Ok(Self { bucket, test, user_errors: Vec::new() });
            }
            Err(failure) => failure,
        };
        let message = failure.to_string();
        let (code, field, test) = match failure {
            BucketFailure::Failed(error) => return Err(error),
            BucketFailure::Input { field, .. } => (InputInvalid, field, None),
            BucketFailure::Forbidden(_) => (EndpointForbidden, "endpoint", None),
            BucketFailure::Test(test) => (TestFailed, "endpoint", Some(test.into())),
            BucketFailure::NoBucket => (BucketNotFound, "name", None),
        };
        let user_errors = vec![ConnectBucketUserError(Problem { code, message, field })];
        Ok(Self { bucket: None, test, user_errors })
    }
}

/// The answer to `backfillBucket`.
#[derive(SimpleObject)]
pub struct BackfillBucketPayload {
    /// How many results are sent now that were not.
    queued: Option<Long>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<ConnectBucketUserError>,
}

impl BackfillBucketPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(queued: Result<u64, BucketFailure>) -> Result<Self, Error> {
        match queued {
            Ok(queued) => Ok(Self { queued: Some(Long(queued)), user_errors: Vec::new() }),
            Err(failure) => {
                let user_errors = ConnectBucketPayload::of(Err(failure))?.user_errors;
                Ok(Self { queued: None, user_errors })
            }
        }
    }
}

/// The answer to `disconnectBucket`.
#[derive(SimpleObject)]
pub struct DisconnectBucketPayload {
    /// Whether it is disconnected. What lies in it stays there.
    disconnected: bool,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<ConnectBucketUserError>,
}

impl DisconnectBucketPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(disconnected: Result<(), BucketFailure>) -> Result<Self, Error> {
        let user_errors = match disconnected {
            Ok(()) => Vec::new(),
            Err(failure) => ConnectBucketPayload::of(Err(failure))?.user_errors,
        };
        Ok(Self { disconnected: user_errors.is_empty(), user_errors })
    }
}
