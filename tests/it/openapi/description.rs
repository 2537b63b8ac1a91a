//! The description as the server gives it, and what an answer is held against.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// What is at `/v1/openapi.json`.
pub struct Description(pub Value);

/// One operation of it.
pub struct Operation<'a> {
    pub route: &'a str,
    pub method: String,
    pub id: &'a str,
    described: &'a Value,
}

impl Operation<'_> {
    /// Whether it says that it needs no key.
    pub fn is_open(&self) -> bool {
        let ways = self.described.get("security").and_then(Value::as_array);
        ways.is_some_and(|ways| ways.contains(&json!({})))
    }
}

impl Description {
    pub async fn of(app: &TestApp) -> Self {
        Self(app.get("/v1/openapi.json").await.json())
    }

    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let items = self.0["paths"].as_object().unwrap().iter();
        items.flat_map(|(route, item)| {
            item.as_object().unwrap().iter().map(move |(method, described)| Operation {
                route,
                method: method.to_uppercase(),
                id: described["operationId"].as_str().unwrap(),
                described,
            })
        })
    }

    /// Every status that an operation says it has, as `("GET /v1/x", "200")`.
    pub fn statuses(&self) -> BTreeSet<(String, String)> {
        let of = |found: Operation<'_>| {
            let name = format!("{} {}", found.method, found.route);
            let responses = found.described["responses"].as_object().unwrap().clone();
            responses.into_iter().map(move |(status, _)| (name.clone(), status))
        };
        self.operations().flat_map(of).collect()
    }

    /// What is wrong with an answer to an operation (`GET /v1/x`), if anything.
    pub fn check(&self, operation: &str, answer: &Answer) -> Result<(), String> {
        let (method, route) = operation.split_once(' ').unwrap();
        let status = answer.status.as_str();
        let described = &self.0["paths"][route][method.to_lowercase()]["responses"];
        let described =
            described.get(status).ok_or_else(|| format!("the status {status} is not described"))?;
        for (name, _) in described["headers"].as_object().into_iter().flatten() {
            if !answer.headers.contains_key(name.as_str()) {
                return Err(format!("the answer {status} has no header {name}"));
            }
        }
        let media_type = answer.header("content-type");
        let Some(content) = described.get("content") else {
            let is_empty = answer.bytes.is_empty() && media_type.is_empty();
            return is_empty.then_some(()).ok_or_else(|| format!("{status} has a body"));
        };
        let content = content
            .get(media_type)
            .ok_or_else(|| format!("{status} as {media_type:?} is not described"))?;
        if method == "HEAD" {
            return answer.bytes.is_empty().then_some(()).ok_or("HEAD has a body".to_owned());
        }
        // A part, a table and lines are texts.
        let text = || json!(String::from_utf8_lossy(&answer.bytes));
        let body = serde_json::from_slice(&answer.bytes).unwrap_or_else(|_| text());
        let validator = self.strict(&content["schema"])?;
        let faults = validator.iter_errors(&body);
        let faults: Vec<String> =
            faults.map(|fault| format!("{fault} at `{}`", fault.instance_path())).collect();
        if faults.is_empty() { Ok(()) } else { Err(format!("{status}: {}", faults.join("; "))) }
    }

    /// Of a schema of this document as it is.
    pub fn validator(&self, schema: &Value) -> Result<Validator, String> {
        validator(&self.with_components(schema))
    }

    /// Of a schema of this document, to which a field that it does not name is a fault.
    pub fn strict(&self, schema: &Value) -> Result<Validator, String> {
        let mut whole = self.with_components(schema);
        close(&mut whole, false);
        validator(&whole)
    }

    /// A schema together with what its references point to.
    fn with_components(&self, schema: &Value) -> Value {
        json!({ "components": self.0["components"], "allOf": [schema] })
    }
}

fn validator(whole: &Value) -> Result<Validator, String> {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(whole).map_err(|error| error.to_string())
}

/// Forbids members beyond those that a schema names. A part of an `allOf` names only some of them.
fn close(schema: &mut Value, is_part: bool) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                close(member, name == "allOf");
            }
            if members.get("properties").is_some_and(Value::is_object) && !is_part {
                members.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| close(part, is_part)),
        _ => {}
    }
}
