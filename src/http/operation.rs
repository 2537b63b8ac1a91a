//! Which operation a request means, and whether it has all it needs. The library notices a missing
//! variable only when a field asks for it; by the specification nothing is executed then.

use async_graphql::parser::types::{DocumentOperations, OperationDefinition, OperationType};
use async_graphql::{Name, Positioned, Request, ServerError, Value};

/// An error for every variable that must have a value and has none.
pub fn missing_variables(request: &mut Request) -> Vec<ServerError> {
    let (name, variables) = (request.operation_name.clone(), request.variables.clone());
    // A document that cannot be parsed, and a name that nobody has, are for the executor to report.
    let Ok(document) = request.parsed_query() else {
        return Vec::new();
    };
    let Some(operation) = chosen(&document.operations, name.as_deref()) else {
        return Vec::new();
    };
    let definitions = operation.variable_definitions.iter();
    let needed = definitions.filter(|definition| {
        let definition = &definition.node;
        let given = variables.get(&definition.name.node);
        let has_value = match given {
            Some(value) => *value != Value::Null,
            None => definition.default_value.is_some(),
        };
        !definition.var_type.node.nullable && !has_value
    });
    needed.map(|definition| error(&definition.node.name)).collect()
}

/// Whether a mutation is meant; what cannot be told is for the executor to report.
pub fn is_mutation(request: &mut Request) -> bool {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else { return false };
    let operation = chosen(&document.operations, name.as_deref());
    operation.is_some_and(|operation| operation.ty == OperationType::Mutation)
}

/// The operation that is to be executed; `None` when the name does not tell.
pub fn chosen<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    match (operations, name) {
        (DocumentOperations::Single(operation), _) => Some(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| &operation.node)
        }
        // One that has a name needs no other to be meant.
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next().map(|operation| &operation.node)
        }
        (DocumentOperations::Multiple(_), None) => None,
    }
}

fn error(name: &Positioned<Name>) -> ServerError {
    let message = format!("the variable `${}` needs a value", name.node);
    ServerError::new(message, Some(name.pos))
}
