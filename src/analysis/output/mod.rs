//! An answer in the form that its user wants: shaped by their JSON Schema, filled by the names of its
//! properties, and validated.
//!
//! Nothing is made up: a property is filled with what the answer has under its name, or one that means the
//! same. What the answer has nothing for is null, or left out where it may be, with the reason; what the schema
//! does not let be so is an error.

mod convert;
mod names;
mod schema;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::result::ResultDocument;
use convert::{Wanted, scalar, wanted, weight};
pub use schema::{SchemaFault, check};
use schema::{resolved, validator};

/// How deep a schema is followed, and a reference into itself.
const DEEPEST: usize = 24;
/// What may be done for one answer: a schema that refers to itself can ask for more than fits anywhere. Taking a value
/// over is its [`weight`], looking for a property is [`LOOK`]; so much may be done anyway, and so many times the weight
/// of the whole answer besides.
const STEPS: usize = 100_000;
const TIMES: usize = 16;
const LOOK: usize = 4;
/// Places that are told one by one.
const MOST_UNFILLED: usize = 1_000;
/// Errors that are told at once.
const MOST_ERRORS: usize = 5;
/// Characters of one of these.
const LONGEST_ERROR: usize = 300;

/// An answer in the wanted form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shaped {
    pub value: Value,
    /// For each place that could not be filled, as a JSON Pointer, the reason; under the empty one, the whole, how
    /// many more there are than can be told.
    pub unfilled: BTreeMap<String, String>,
}

/// Shapes `context`, everything that may be taken, into the form of `schema`, which [`check`] found right.
///
/// # Errors
/// Where the schema does not take what came of it.
pub fn shape(schema: &Value, context: &Map<String, Value>) -> Result<Shaped, Vec<String>> {
    let whole = Value::Object(context.clone());
    let steps = STEPS.saturating_add(weight(&whole).saturating_mul(TIMES));
    let mut shaper = Shaper { root: schema, steps, gaps: Vec::new() };
    let value = shaper.fill(schema, &whole, "", 0).unwrap_or_default();
    let unfilled = shaper.unfilled();
    let validator = validator(schema).map_err(|fault| vec![fault.message])?;
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .take(MOST_ERRORS)
        .map(|error| {
            let place = error.instance_path().to_string();
            let why = unfilled.get(&place).map_or(String::new(), |why| format!(" ({why})"));
            let said: String = error.to_string().chars().take(LONGEST_ERROR).collect();
            let place = if place.is_empty() { "the whole".to_owned() } else { place };
            format!("{place}: {said}{why}")
        })
        .collect();
    if errors.is_empty() { Ok(Shaped { value, unfilled }) } else { Err(errors) }
}

/// Gives the answer in the form of a schema as well.
///
/// # Errors
/// What of the answer the schema does not take.
pub fn shape_result(document: &mut ResultDocument, schema: &Value) -> Result<(), Vec<String>> {
    let whole = serde_json::to_value(&*document).map_err(|error| vec![error.to_string()])?;
    let mut context = match whole {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    // What is computed is meant before what stands around it.
    if let Some(Value::Object(answer)) = context.remove("result") {
        context.extend(answer);
    }
    let shaped = shape(schema, &context)?;
    document.output = Some(shaped.value);
    document.output_unfilled = shaped.unfilled;
    Ok(())
}

struct Shaper<'a> {
    root: &'a Value,
    /// What may still be done; without any left, nothing more is filled.
    steps: usize,
    /// Places that could not be filled and why, as they were met: what is tried and given up is cut off again.
    gaps: Vec<(String, String)>,
}

impl Shaper<'_> {
    fn unfilled(self) -> BTreeMap<String, String> {
        let mut unfilled: BTreeMap<String, String> = self.gaps.into_iter().collect();
        let more = unfilled.len().saturating_sub(MOST_UNFILLED);
        if let Some(next) = unfilled.keys().nth(MOST_UNFILLED).cloned() {
            unfilled.split_off(&next);
            unfilled.insert(String::new(), format!("{more} more places could not be filled"));
        }
        unfilled
    }

    /// Takes `steps`, where so many are left.
    fn spend(&mut self, steps: usize) -> Option<()> {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or_default();
        left.map(|_| ())
    }

    /// What `found` is in the form of `schema`; `None` when it cannot be.
    fn fill(&mut self, schema: &Value, found: &Value, place: &str, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        self.spend(1)?;
        let schema = resolved(self.root, schema)?;
        if let Some(choices) = choices(schema) {
            return self.choose(choices, found, place, depth);
        }
        match wanted(schema, found) {
            Wanted::Anything => self.spend(weight(found)).map(|()| found.clone()),
            Wanted::Object => found.is_object().then(|| self.object(schema, found, place, depth)),
            Wanted::Array => self.array(schema, found, place, depth),
            Wanted::Scalar(kinds) => {
                let value = scalar(&kinds, schema, found)?;
                self.spend(weight(&value)).map(|()| value)
            }
        }
    }

    /// The first alternative that can be filled without a gap, else the one with the fewest.
    fn choose(
        &mut self,
        choices: &[Value],
        found: &Value,
        place: &str,
        depth: usize,
    ) -> Option<Value> {
        let before = self.gaps.len();
        let mut best: Option<(Value, Vec<(String, String)>)> = None;
        for choice in choices {
            let value = self.fill(choice, found, place, depth + 1);
            let gaps = self.gaps.split_off(before);
            let Some(value) = value.filter(|value| !value.is_null() || found.is_null()) else {
                continue;
            };
            if best.as_ref().is_none_or(|(_, fewest)| gaps.len() < fewest.len()) {
                best = Some((value, gaps));
            }
        }
        let (value, gaps) = best?;
        self.gaps.extend(gaps);
        (!value.is_null()).then_some(value)
    }

    fn object(&mut self, schema: &Value, found: &Value, place: &str, depth: usize) -> Value {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let additional = schema.get("additionalProperties");
        if properties.is_empty() && additional.is_none_or(|more| *more == Value::Bool(true)) {
            return self.spend(weight(found)).map_or(Value::Null, |()| found.clone());
        }
        let mut filled = Map::new();
        for (name, property) in properties {
            let at = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
            match self.property(name, property, found, &at, depth) {
                Some(value) => {
                    filled.insert(name.clone(), value);
                }
                None if is_required(schema, name) || self.may_be_null(property) => {
                    filled.insert(name.clone(), Value::Null);
                }
                None => {}
            }
        }
        if let (Some(more @ Value::Object(_)), Some(found)) = (additional, found.as_object()) {
            for (name, value) in found.iter().filter(|(name, _)| !properties.contains_key(*name)) {
                let at = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                if let Some(value) = self.fill(more, value, &at, depth + 1) {
                    filled.insert(name.clone(), value);
                }
            }
        }
        Value::Object(filled)
    }

    fn property(
        &mut self,
        name: &str,
        property: &Value,
        found: &Value,
        place: &str,
        depth: usize,
    ) -> Option<Value> {
        if let Some(constant) = resolved(self.root, property).and_then(|schema| schema.get("const"))
        {
            return self.spend(weight(constant)).map(|()| constant.clone());
        }
        if self.spend(LOOK).is_none() {
            let why = "the schema asks for too much: what came before took all the steps there are";
            self.gaps.push((place.to_owned(), why.to_owned()));
            return None;
        }
        let candidates = names::candidates(name, found);
        for candidate in &candidates {
            if let Some(value) = self.fill(property, candidate, place, depth + 1) {
                return Some(value);
            }
        }
        if let Some(value) = self.wrapper(property, found, place, depth) {
            return Some(value);
        }
        let why = match candidates.first() {
            Some(candidate) => {
                format!("what the answer has for `{name}` is {}", convert::kind_of(candidate))
            }
            None => format!("the answer has nothing for `{name}`"),
        };
        self.gaps.push((place.to_owned(), why));
        None
    }

    /// An object that only groups what stands beside it in the answer.
    fn wrapper(
        &mut self,
        property: &Value,
        found: &Value,
        place: &str,
        depth: usize,
    ) -> Option<Value> {
        let schema = resolved(self.root, property)?;
        schema.get("properties")?;
        if depth >= DEEPEST || !found.is_object() {
            return None;
        }
        let before = self.gaps.len();
        let value = self.object(schema, found, place, depth + 1);
        if has_something(&value) {
            return Some(value);
        }
        self.gaps.truncate(before);
        None
    }

    fn array(&mut self, schema: &Value, found: &Value, place: &str, depth: usize) -> Option<Value> {
        self.spend(weight(found))?;
        let rows = convert::rows(found)?;
        let most = schema.get("maxItems").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let Some(items) = schema.get("items").filter(|items| items.is_object()) else {
            return Some(Value::Array(rows.into_iter().take(most).collect()));
        };
        let mut filled = Vec::with_capacity(rows.len().min(most));
        for (index, row) in rows.iter().take(most).enumerate() {
            filled.push(self.fill(items, row, &format!("{place}/{index}"), depth + 1)?);
        }
        Some(Value::Array(filled))
    }

    fn may_be_null(&self, property: &Value) -> bool {
        let Some(schema) = resolved(self.root, property) else { return false };
        let is_null = |kind: &Value| kind == "null";
        match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().any(is_null),
            Some(kind) => is_null(kind),
            None => choices(schema)
                .is_some_and(|choices| choices.iter().any(|choice| self.may_be_null(choice))),
        }
    }
}

fn choices(schema: &Value) -> Option<&[Value]> {
    ["anyOf", "oneOf"].iter().find_map(|name| schema.get(name)?.as_array()).map(Vec::as_slice)
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|one| one == name))
}

/// Whether anything below was filled.
fn has_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(fields) => fields.values().any(has_something),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
