//! What mutations of the overview answer with.

use async_graphql::{Enum, SimpleObject};

use super::{Problem, user_error};
use crate::domain::pin::PinFailure;
use crate::error::Error;
use crate::graphql::types::pin::Pin;
use crate::model::pin;

/// The answer to `pinChart`.
#[derive(SimpleObject, Default)]
pub struct PinChartPayload {
    /// The pin, made now or before; null when there are user errors.
    pin: Option<Pin>,
    /// What is wrong with the input; when not empty, nothing was written.
    user_errors: Vec<PinChartUserError>,
}

/// What can be wrong with the input of `pinChart`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum PinChartErrorCode {
    /// There is no such query, or it was deleted.
    QueryNotFound,
    /// The workspace has as many pins as it may.
    TooManyPins,
}

user_error!(PinChartUserError, PinChartErrorCode, "pinChart");

impl PinChartPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(pinned: Result<pin::Pin, PinFailure>) -> Result<Self, Error> {
        let failure = match pinned {
            Ok(pin) => return Ok(Self { pin: Some(Pin(pin)), user_errors: Vec::new() }),
            Err(failure) => failure,
        };
        let message = failure.to_string();
        let (code, field) = match failure {
            PinFailure::QueryNotFound => (PinChartErrorCode::QueryNotFound, "queryId"),
            PinFailure::TooMany => (PinChartErrorCode::TooManyPins, "chart"),
            PinFailure::Failed(error) => return Err(error),
        };
        let problem = Problem { code, message, field };
        Ok(Self { pin: None, user_errors: vec![PinChartUserError(problem)] })
    }
}

/// The answer to `unpinChart`.
#[derive(SimpleObject, Default)]
pub struct UnpinChartPayload {
    /// The pin as it was; null when there are user errors.
    pin: Option<Pin>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<UnpinChartUserError>,
}

/// What can be wrong with the input of `unpinChart`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum UnpinChartErrorCode {
    /// There is no such pin.
    PinNotFound,
}

user_error!(UnpinChartUserError, UnpinChartErrorCode, "unpinChart");

impl UnpinChartPayload {
    /// The answer for the pin that was to be taken away, if there was one.
    pub fn of(pin: Option<pin::Pin>) -> Self {
        if pin.is_some() {
            return Self { pin: pin.map(Pin), user_errors: Vec::new() };
        }
        let (code, field) = (UnpinChartErrorCode::PinNotFound, "pinId");
        let problem = Problem { code, message: "there is no such pin".to_owned(), field };
        Self { pin: None, user_errors: vec![UnpinChartUserError(problem)] }
    }
}
