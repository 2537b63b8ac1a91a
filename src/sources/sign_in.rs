//! Tokens that a source gives for a credential: asked for once and kept until they end.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::ask::Ask;
use super::http::{self, Session, UpstreamError};
use super::{Collected, SourceError};

/// A token, as long as it is good. Two jobs that begin at once may both ask for one.
#[derive(Debug, Default)]
pub struct SignIn {
    known: Mutex<Option<(SecretString, Instant)>>,
}

impl SignIn {
    /// The token that is known, else the one that `ask` is answered with, good for so long.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn token<T: DeserializeOwned>(
        &self,
        session: &Session,
        ask: &Ask,
        lasts: Duration,
        token: impl Fn(T) -> String,
    ) -> Result<SecretString, UpstreamError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((token, ends)) = known
            && Instant::now() < ends
        {
            return Ok(token);
        }
        // The answer is a credential itself.
        let ask = Ask { keeps_answer: false, ..ask.clone() };
        let answer = session.get(&ask, |response| http::json::<T>(response)).await?;
        let token = SecretString::from(token(answer));
        let until = Instant::now() + lasts;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((token.clone(), until));
        Ok(token)
    }

    /// A token that was refused is not used again.
    ///
    /// # Errors
    /// The answer's own.
    pub fn forget_if_refused(
        &self,
        answer: Result<Collected, SourceError>,
    ) -> Result<Collected, SourceError> {
        if matches!(answer, Err(SourceError::Permanent(_))) {
            *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        answer
    }
}
