//! Whether a document could be executed, told without executing it.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{BaseType, ExecutableDocument, VariableDefinition};
use async_graphql::{Request, Response, ServerError, Value, Variables};

use super::Schema;

/// Reads documents as the service's own schema does, its limits included.
pub struct Checker(Schema);

impl Default for Checker {
    fn default() -> Self {
        Self(super::limited().extension(Unexecuted).finish())
    }
}

impl Checker {
    /// The error says where the document is wrong, for whoever wrote it.
    pub async fn check(&self, text: &str) -> Result<(), String> {
        let document = parse_query(text).map_err(|error| told(&[ServerError::from(error)]))?;
        let mut request = Request::new(text).variables(stand_ins(&document));
        // All of a document is validated, whichever of its operations is meant.
        let name = document.operations.iter().find_map(|(name, _)| name);
        request.operation_name = name.map(ToString::to_string);
        request.set_parsed_query(document);
        let response = self.0.execute(request).await;
        if response.is_ok() { Ok(()) } else { Err(told(&response.errors)) }
    }
}

fn told(errors: &[ServerError]) -> String {
    let told = errors.iter().map(|error| match error.locations.first() {
        Some(at) => format!("line {}, column {}: {}", at.line, at.column, error.message),
        None => error.message.clone(),
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The library weighs a document with its variables, so each that a weight may depend on has a value here,
/// the one that weighs least: a number, or a list.
fn stand_ins(document: &ExecutableDocument) -> Variables {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node);
    let definitions = operations.flat_map(|operation| &operation.variable_definitions);
    let mut variables = Variables::default();
    for definition in definitions {
        let definition = &definition.node;
        if let Some(value) = stand_in(definition) {
            variables.insert(definition.name.node.clone(), value);
        }
    }
    variables
}

fn stand_in(definition: &VariableDefinition) -> Option<Value> {
    match &definition.var_type.node.base {
        _ if definition.default_value.is_some() => None,
        BaseType::List(_) => Some(Value::List(Vec::new())),
        BaseType::Named(name) if name == "Int" => Some(Value::from(0)),
        BaseType::Named(_) => None,
    }
}

/// Ends each operation where it would begin.
pub(super) struct Unexecuted;

impl ExtensionFactory for Unexecuted {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Unexecuted {
    async fn execute(
        &self,
        _ctx: &ExtensionContext<'_>,
        _operation: Option<&str>,
        _next: NextExecute<'_>,
    ) -> Response {
        Response::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_document_is_read_whole_and_not_executed() {
        let checker = Checker::default();
        let good = [
            "{ workspace { name } }",
            "mutation ($input: CreateQueryInput!) { createQuery(input: $input) { cursor } }",
            "subscription ($after: String) { jobCompleted(after: $after) { seq } }",
            "query ($first: Int!, $last: Int = 3) { a: jobs(first: $first) { totalCount } b: jobs(last: $last) { totalCount } }",
            "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            "query A { workspace { id } } query B($id: ID!) { job(id: $id) { id } }",
        ];
        for text in good {
            assert_eq!(checker.check(text).await, Ok(()), "{text}");
        }
        let bad = [
            ("", "line 1, column 1: "),
            ("query {\n  workspace {", "line 2, column 14: "),
            ("query {\n  workspce { id } }", "line 2, column 3: Unknown field \"workspce\""),
            ("query A { workspace { id } } query B { job { id } }", "argument \"id\""),
            ("query ($input: Nothing) { workspace { id } }", "Unknown type \"Nothing\""),
            (
                "{ jobs(first: 100) { nodes { query { jobs(first: 100) { nodes { query { jobs(first: 100) { nodes { id } } } } } } } } }",
                "cost more than",
            ),
        ];
        for (text, expected) in bad {
            let told = checker.check(text).await.expect_err(text);
            assert!(told.contains(expected), "{text}: {told}");
        }
    }
}
