//! A reader of event streams that hides nothing: ids without data, comments and the end are seen.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

/// Longer than the time between two checkpoints.
const DEADLINE: Duration = Duration::from_secs(20);

pub struct SseClient {
    response: Response,
    text: String,
}

/// What stands between two empty lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub event: Option<String>,
    pub data: Option<String>,
    pub id: Option<String>,
}

impl Block {
    /// The data of a result.
    pub fn json(&self) -> Value {
        assert_eq!(self.event.as_deref(), Some("next"), "{self:?}");
        serde_json::from_str(self.data.as_deref().unwrap()).unwrap()
    }

    pub fn is_complete(&self) -> bool {
        self.event.as_deref() == Some("complete") && self.data.as_deref() == Some("")
    }
}

impl SseClient {
    /// Sends a request that is answered with a stream.
    pub async fn open(request: RequestBuilder) -> Self {
        Self::try_open(request).await.unwrap()
    }

    /// The same; an error when nobody answers.
    pub async fn try_open(request: RequestBuilder) -> Result<Self, reqwest::Error> {
        let response = request.header("accept", "text/event-stream").send().await?;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Ok(Self { response, text: String::new() })
    }

    /// The next block, or `None` when the stream is over.
    pub async fn next(&mut self) -> Option<Block> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                return Some(read(&block));
            }
            let chunk = timeout(DEADLINE, self.response.chunk()).await.expect("something comes");
            // A stream that is cut off ends like one that is over.
            let chunk = chunk.ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

fn read(text: &str) -> Block {
    let mut block = Block::default();
    for line in text.trim_end().lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = Some(value.strip_prefix(' ').unwrap_or(value).to_owned());
        match field {
            "event" => block.event = value,
            "data" => block.data = value,
            "id" => block.id = value,
            "" => {}
            other => panic!("a field that nobody knows: {other}"),
        }
    }
    block
}
