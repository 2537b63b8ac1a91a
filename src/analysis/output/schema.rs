//! The schemas that may be given: JSON Schema of which nothing is fetched, and no pattern takes long.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use super::DEEPEST;

/// Bytes of a schema.
const LARGEST: usize = 64 * 1024;

/// Why a schema is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// Where in the schema: names and indices.
    pub path: Vec<String>,
    pub message: String,
}

/// Whether answers can be shaped by a schema.
///
/// # Errors
/// Says what to change, and where.
pub fn check(schema: &Value) -> Result<(), SchemaFault> {
    let fault = |message: String| SchemaFault { path: Vec::new(), message };
    if !schema.is_object() {
        return Err(fault("a schema is a JSON object, such as {\"type\":\"object\"}".to_owned()));
    }
    let size = schema.to_string().len();
    if size > LARGEST {
        return Err(fault(format!("the schema has {size} bytes; at most {LARGEST} are taken")));
    }
    look_through(schema, &mut Vec::new())?;
    validator(schema).map(drop)
}

/// Whether all references stay inside, and it is not too deep.
fn look_through(schema: &Value, path: &mut Vec<String>) -> Result<(), SchemaFault> {
    if path.len() > 2 * DEEPEST {
        let message = format!("the schema is more than {} levels deep", 2 * DEEPEST);
        return Err(SchemaFault { path: path.clone(), message });
    }
    let children: Vec<(String, &Value)> = match schema {
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), field)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => return Ok(()),
    };
    for (name, child) in children {
        let is_reference = matches!(name.as_str(), "$ref" | "$dynamicRef" | "$recursiveRef");
        path.push(name);
        if let Some(target) = child.as_str().filter(|_| is_reference)
            && !(target == "#" || target.starts_with("#/"))
        {
            let message = format!(
                "`{target}` is not in this schema: nothing is fetched; put it under `$defs` and write `#/$defs/…`"
            );
            return Err(SchemaFault { path: path.clone(), message });
        }
        look_through(child, path)?;
        path.pop();
    }
    Ok(())
}

/// What checks values against a schema.
///
/// # Errors
/// When it is no JSON Schema.
pub(super) fn validator(schema: &Value) -> Result<Validator, SchemaFault> {
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    options.build(schema).map_err(|error| {
        let path = error.instance_path().to_string();
        let path = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let said: String = error.to_string().chars().take(super::LONGEST_ERROR).collect();
        SchemaFault { path, message: format!("this is no JSON Schema: {said}") }
    })
}

/// The schema itself, with references followed; `None` for one that leads nowhere or in a circle.
pub(super) fn resolved<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    let mut schema = schema;
    for _ in 0..DEEPEST {
        let Some(target) = schema.get("$ref").and_then(Value::as_str) else { return Some(schema) };
        schema = root.pointer(target.strip_prefix('#')?)?;
    }
    None
}
