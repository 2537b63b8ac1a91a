//! What a language model is asked and answers, over the OpenAI protocol.

use serde_json::{Value, json};

use super::upstream::{Reply, Seen};

/// What a model answers, as an endpoint of the OpenAI protocol sends it.
pub fn completion(content: &str) -> Reply {
    let message = json!({ "role": "assistant", "content": content });
    let whole = json!({
        "id": "c1", "object": "chat.completion", "model": "small-1",
        "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 700, "completion_tokens": 30, "total_tokens": 730 },
    });
    Reply::ok("application/json", whole.to_string())
}

/// The body of a request.
pub fn sent(seen: &Seen) -> Value {
    serde_json::from_slice(&seen.body).unwrap()
}

/// What it is told, message by message.
pub fn messages(seen: &Seen) -> Vec<String> {
    let messages = sent(seen)["messages"].as_array().unwrap().clone();
    messages.iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}
