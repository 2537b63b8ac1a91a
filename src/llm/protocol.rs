//! Requests and answers of `POST /chat/completions`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Ask, LlmError, Role};
use crate::model::reading::TokenUsage;

/// How much of an answer a message quotes, in characters.
const EXCERPT: usize = 200;

/// What of a request an endpoint may not take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    form: Form,
    /// Some models choose themselves how they draw, and refuse to be told.
    has_temperature: bool,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Schema,
    Json,
    Told,
}

/// The best first.
pub(super) const WAYS: [Way; 4] = [
    Way { form: Form::Schema, has_temperature: true },
    Way { form: Form::Schema, has_temperature: false },
    Way { form: Form::Json, has_temperature: false },
    Way { form: Form::Told, has_temperature: false },
];

/// The body of a request.
pub(super) fn body(model: &str, ask: &Ask<'_>, way: usize) -> Vec<u8> {
    let way = WAYS.get(way).copied().unwrap_or(WAYS[WAYS.len() - 1]);
    let message =
        |(role, content): &(Role, String)| json!({ "role": role.name(), "content": content });
    let mut messages: Vec<Value> = ask.messages.iter().map(message).collect();
    if !matches!(way.form, Form::Schema) {
        let told = format!("Answer with JSON alone, of this JSON Schema: {}", ask.schema);
        messages.push(message(&(Role::System, told)));
    }
    let mut body = json!({ "model": model, "messages": messages });
    match way.form {
        Form::Schema => {
            let schema = json!({ "name": ask.name, "schema": ask.schema, "strict": false });
            body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
        }
        Form::Json => body["response_format"] = json!({ "type": "json_object" }),
        Form::Told => {}
    }
    if way.has_temperature {
        body["temperature"] = json!(0);
    }
    body.to_string().into_bytes()
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<TokenUsage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

/// What a completion says.
///
/// # Errors
/// When it is none, was cut off, or says that the model will not answer.
pub(super) fn read(bytes: &[u8]) -> Result<Answered, LlmError> {
    let failed = |why: String, usage| LlmError { why, usage };
    let completion: Completion = serde_json::from_slice(bytes).map_err(|_| {
        let why = format!("it answered something else than a completion: {}", excerpt(bytes));
        failed(why, TokenUsage::default())
    })?;
    let usage = completion.usage.unwrap_or_default();
    let Some(Choice { message, finish_reason }) = completion.choices.into_iter().next() else {
        return Err(failed("its completion is empty".to_owned(), usage));
    };
    if let Some(refusal) = message.refusal.filter(|refusal| !refusal.is_empty()) {
        return Err(failed(format!("it refused: {}", excerpt(refusal.as_bytes())), usage));
    }
    if finish_reason.as_deref() == Some("length") {
        return Err(failed("its answer was cut off".to_owned(), usage));
    }
    match message.content.as_deref().map(unfenced).filter(|text| !text.is_empty()) {
        Some(text) => Ok(Answered { text: text.to_owned(), usage }),
        None => Err(failed("its answer is empty".to_owned(), usage)),
    }
}

/// Without the fence that models like to put around JSON.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix("```").and_then(|text| text.strip_suffix("```")) else {
        return text;
    };
    inner.strip_prefix("json").unwrap_or(inner).trim()
}

/// The beginning of an answer, in one line.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    let text =
        String::from_utf8_lossy(bytes.get(..bytes.len().min(4 * EXCERPT)).unwrap_or_default());
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(EXCERPT).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn told(way: usize) -> Value {
        let schema = json!({ "type": "object" });
        let messages =
            [(Role::System, "be exact".to_owned()), (Role::User, "how many?".to_owned())];
        let ask =
            Ask { messages: &messages, name: "reading", schema: &schema, until: Instant::now() };
        serde_json::from_slice(&body("small", &ask, way)).unwrap()
    }

    #[test]
    fn an_endpoint_that_takes_less_is_asked_for_less() {
        let whole = told(0);
        assert_eq!(whole["model"], "small");
        assert_eq!(whole["messages"][1], json!({ "role": "user", "content": "how many?" }));
        assert_eq!(whole["response_format"]["json_schema"]["name"], "reading");
        assert_eq!(whole["temperature"], 0);
        assert_eq!(
            (&told(1)["response_format"], &told(1)["temperature"]),
            (&whole["response_format"], &Value::Null)
        );
        assert_eq!(told(2)["response_format"], json!({ "type": "json_object" }));
        assert_eq!(told(3)["response_format"], Value::Null);
        for plain in [told(2), told(3)] {
            let last = plain["messages"].as_array().unwrap().last().unwrap();
            assert!(last["content"].as_str().unwrap().ends_with(r#"{"type":"object"}"#), "{last}");
        }
        assert_eq!(told(3), told(99));
    }

    #[test]
    fn what_a_completion_says_is_told_from_why_it_says_nothing() {
        let with = |message: Value, reason: &str| {
            let choice = json!({ "message": message, "finish_reason": reason });
            let usage = json!({ "prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10 });
            let whole = json!({ "choices": [choice], "usage": usage });
            read(whole.to_string().as_bytes())
        };
        let usage = TokenUsage { prompt_tokens: 7, completion_tokens: 3 };
        for text in ["{}", " {} ", "```json\n{}\n```", "```\n{}```"] {
            let answered = with(json!({ "content": text }), "stop").unwrap();
            assert_eq!(answered, Answered { text: "{}".to_owned(), usage }, "{text}");
        }
        for (message, reason, says) in [
            (json!({ "content": "{\"a" }), "length", "cut off"),
            (json!({ "content": null, "refusal": "No." }), "stop", "refused: No."),
            (json!({ "content": "" }), "stop", "is empty"),
            (json!({}), "stop", "is empty"),
        ] {
            let error = with(message, reason).unwrap_err();
            assert!(error.why.contains(says) && error.usage == usage, "{error:?}");
        }
        for (bytes, says) in [
            ("<html>busy</html>", "something else than a completion: <html>busy"),
            ("{\"choices\": []}", "completion is empty"),
            ("", "something else"),
        ] {
            let error = read(bytes.as_bytes()).unwrap_err();
            assert!(error.why.contains(says), "{error:?}");
        }
    }

    #[test]
    fn excerpts_are_short_and_of_one_line() {
        assert_eq!(excerpt(b"a\n  b\xff"), "a b\u{fffd}");
        assert_eq!(excerpt("ä".repeat(5_000).as_bytes()).chars().count(), EXCERPT);
    }
}
