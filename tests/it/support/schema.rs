//! What the schema has at its roots.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

/// Each root field, after the type that it is a field of: `("Query", "jobs")`.
pub fn root_fields() -> impl Iterator<Item = (String, String)> {
    let schema = parse_schema(include_str!("../../../schema.graphql")).unwrap();
    schema.definitions.into_iter().flat_map(|definition| {
        let TypeSystemDefinition::Type(found) = definition else { return Vec::new() };
        let root = found.node.name.node.to_string();
        let is_root = ["Query", "Mutation", "Subscription"].contains(&root.as_str());
        match found.node.kind {
            TypeKind::Object(object) if is_root => {
                let fields = object.fields.iter();
                fields.map(|field| (root.clone(), field.node.name.node.to_string())).collect()
            }
            _ => Vec::new(),
        }
    })
}
