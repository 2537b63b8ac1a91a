//! What can be read and not be computed.

use std::collections::BTreeMap;

use crate::model::reading::{Intent, Reading};

/// What of a reading has no answer, and what can be asked instead.
pub fn missing(reading: &Reading) -> Option<&'static str> {
    let is_nameless = reading.extract.as_ref().is_none_or(BTreeMap::is_empty);
    (reading.intent == Intent::Extract && is_nameless).then_some(
        "asks for fields of posts and names none; ask for some by name, such as author, price and version, or for the list of posts",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_has_no_answer_says_what_can_be_asked() {
        let said = |fields: Value| {
            let mut reading = json!({"terms": ["Acme"]});
            let fields = fields.as_object().cloned().unwrap_or_default();
            reading.as_object_mut().unwrap().extend(fields);
            missing(&serde_json::from_value(reading).unwrap())
        };
        for fields in [json!({"intent": "extract"}), json!({"intent": "extract", "extract": {}})] {
            assert!(said(fields.clone()).is_some_and(|said| said.contains("; ask ")), "{fields}");
        }
        for fields in [
            json!({"intent": "sentiment", "group_by": ["source", "sentiment"]}),
            json!({"intent": "trend", "group_by": ["day"], "metrics": ["sentiment"]}),
            json!({"intent": "count", "metrics": ["new_users"]}),
            json!({"intent": "summary", "metrics": ["documents", "sentiment"]}),
            json!({"intent": "extract", "extract": {"price": "number"}}),
            json!({"intent": "list", "filters": {"sentiment": ["negative"]}}),
        ] {
            assert_eq!(said(fields.clone()), None, "{fields}");
        }
    }
}
