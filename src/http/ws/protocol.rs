//! The messages and close codes of `graphql-transport-ws`, as text in and text out.
//!
//! Parsing is strict where the protocol is (types, ids, payload shapes) and says in the close reason
//! what was wrong; unknown extra members are ignored.

use async_graphql::{Request, Response, ServerError};
use axum::extract::ws::{CloseFrame, Utf8Bytes};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::http::sent::Sent;

/// The one subprotocol spoken here.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// A close frame may carry 125 bytes, two of which are the code.
const MAX_REASON_BYTES: usize = 123;

/// What a client may send.
#[derive(Debug)]
pub(super) enum ClientMessage {
    Init { payload: Value },
    Ping { payload: Option<Value> },
    Pong,
    Subscribe { id: String, request: Box<Request> },
    Complete { id: String },
}

impl ClientMessage {
    /// Reads one text message; the error is the reason to close with.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("message is not JSON: {error}"))?;
        let Value::Object(mut fields) = value else {
            return Err("message must be a JSON object".to_owned());
        };
        let Some(Value::String(kind)) = fields.remove("type") else {
            return Err("message needs a string member 'type'".to_owned());
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::Init {
                payload: optional_payload(&mut fields, &kind)?.unwrap_or(Value::Null),
            }),
            "ping" => Ok(Self::Ping { payload: optional_payload(&mut fields, &kind)? }),
            "pong" => optional_payload(&mut fields, &kind).map(|_| Self::Pong),
            "subscribe" => Ok(Self::Subscribe {
                id: operation_id(&mut fields, &kind)?,
                request: Box::new(request(&mut fields)?),
            }),
            "complete" => Ok(Self::Complete { id: operation_id(&mut fields, &kind)? }),
            _ => Err(format!("a client cannot send a message of type '{kind}'")),
        }
    }
}

fn optional_payload(fields: &mut Map<String, Value>, kind: &str) -> Result<Option<Value>, String> {
    match fields.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(payload @ Value::Object(_)) => Ok(Some(payload)),
        Some(_) => Err(format!("'{kind}' needs an object as payload, or none")),
    }
}

fn operation_id(fields: &mut Map<String, Value>, kind: &str) -> Result<String, String> {
    match fields.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(format!("'{kind}' needs a non-empty string member 'id'")),
    }
}

fn request(fields: &mut Map<String, Value>) -> Result<Request, String> {
    let Some(payload @ Value::Object(_)) = fields.remove("payload") else {
        return Err("'subscribe' needs an object as payload".to_owned());
    };
    let sent: Sent = serde_json::from_value(payload)
        .map_err(|error| format!("the payload of 'subscribe' is not a GraphQL request: {error}"))?;
    if sent.query.is_none() && !sent.names_a_document() {
        return Err("'subscribe' needs a string member 'query' in its payload".to_owned());
    }
    Ok(sent.into_request())
}

/// What the server sends: one rendering per message type.
pub(super) mod render {
    use super::{Map, Response, Serialize, ServerError, Utf8Bytes, Value, json};

    #[derive(Serialize)]
    struct Message<'a, P> {
        id: &'a str,
        r#type: &'static str,
        payload: P,
    }

    pub(crate) fn ack() -> Utf8Bytes {
        Utf8Bytes::from_static(r#"{"type":"connection_ack"}"#)
    }

    pub(crate) fn ping() -> Utf8Bytes {
        Utf8Bytes::from_static(r#"{"type":"ping"}"#)
    }

    /// A ping that tells how far each operation has read.
    pub(crate) fn checkpoints(cursors: Map<String, Value>) -> Utf8Bytes {
        let cursors = Value::Object(cursors);
        Utf8Bytes::from(json!({"type": "ping", "payload": {"cursors": cursors}}).to_string())
    }

    pub(crate) fn pong(payload: Option<Value>) -> Utf8Bytes {
        match payload {
            None => Utf8Bytes::from_static(r#"{"type":"pong"}"#),
            Some(payload) => {
                Utf8Bytes::from(json!({"type": "pong", "payload": payload}).to_string())
            }
        }
    }

    /// One result; a result that cannot be written as JSON is an error the caller must report.
    pub(crate) fn next(id: &str, response: &Response) -> serde_json::Result<Utf8Bytes> {
        let message = Message { id, r#type: "next", payload: response };
        serde_json::to_string(&message).map(Utf8Bytes::from)
    }

    /// One result that is JSON already.
    pub(crate) fn shared(id: &str, payload: &str) -> serde_json::Result<Utf8Bytes> {
        let id = serde_json::to_string(id)?;
        Ok(Utf8Bytes::from(
            [r#"{"id":"#, &id, r#","type":"next","payload":"#, payload, "}"].concat(),
        ))
    }

    /// Ends an operation that could not be executed.
    pub(crate) fn error(id: &str, errors: &[ServerError]) -> serde_json::Result<Utf8Bytes> {
        let message = Message { id, r#type: "error", payload: errors };
        serde_json::to_string(&message).map(Utf8Bytes::from)
    }

    /// Ends an operation with an error of this layer.
    pub(crate) fn coded_error(id: &str, code: &str, message: &str, retryable: bool) -> Utf8Bytes {
        let extensions = json!({"code": code, "retryable": retryable});
        let errors = json!([{"message": message, "extensions": extensions}]);
        Utf8Bytes::from(json!({"id": id, "type": "error", "payload": errors}).to_string())
    }

    pub(crate) fn complete(id: &str) -> Utf8Bytes {
        Utf8Bytes::from(json!({"id": id, "type": "complete"}).to_string())
    }
}

/// How the server ends a connection. The constructors are the complete list of codes in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { code, reason }
    }

    pub(super) fn bad_text() -> Self {
        Self::new(1007, "text is not UTF-8")
    }

    pub(super) fn too_large(limit: usize) -> Self {
        Self::new(1009, format!("message is larger than {limit} bytes"))
    }

    pub(super) fn restart() -> Self {
        Self::new(1012, "service restart")
    }

    pub(super) fn unavailable(reason: impl Into<String>) -> Self {
        Self::new(1013, reason)
    }

    pub(super) fn invalid_message(reason: impl Into<String>) -> Self {
        Self::new(4400, reason)
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    pub(super) fn forbidden(reason: impl Into<String>) -> Self {
        Self::new(4403, reason)
    }

    pub(super) fn subprotocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable")
    }

    pub(super) fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    pub(super) fn second_init() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    pub(super) fn too_slow() -> Self {
        Self::new(4499, "client too slow")
    }

    pub(super) fn no_answer() -> Self {
        Self::new(4499, "no answer to ping")
    }

    /// The client was not keeping up or is silent: what still waits for it is not worth sending.
    pub(super) fn gives_up(&self) -> bool {
        self.code == 4499
    }

    /// Reading has failed, so the client's own close frame can no longer be seen.
    pub(super) fn is_deaf(&self) -> bool {
        matches!(self.code, 1007 | 1009)
    }

    pub(super) fn into_frame(mut self) -> CloseFrame {
        self.reason.truncate(self.reason.floor_char_boundary(MAX_REASON_BYTES));
        CloseFrame { code: self.code, reason: self.reason.into() }
    }
}

#[cfg(test)]
mod tests;
