//! What an operation may ask for, told before anything of it is executed, and what it cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextRequest, NextValidation,
};
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Response, ServerError, ServerResult, ValidationResult, Variables, value};

use super::context::RequestInfo;
use crate::error::Code;

/// Deep enough for introspection as GraphiQL asks for it.
pub const MAX_DEPTH: usize = 18;
/// A field costs one, and a list its fields as often as it may have items.
pub const MAX_COST: usize = 20_000;
pub const MAX_DIRECTIVES: usize = 20;
const MAX_ALIASES: usize = 30;
const MAX_ROOT_FIELDS: usize = 20;
const MAX_TOKENS: usize = 5_000;

/// What a list costs: itself, and each item it may have.
pub fn list_cost(first: Option<i32>, last: Option<i32>, item: usize) -> usize {
    let items = first.or(last).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    1 + items.saturating_mul(item)
}

/// Keeps the limits of each request and reports its cost.
pub struct Limits;

#[derive(Default)]
struct Limited {
    cost: AtomicUsize,
}

impl ExtensionFactory for Limits {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Limited::default())
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Limited {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let response = next.run(ctx).await;
        match self.cost.load(Ordering::Relaxed) {
            // It was refused before its cost was known.
            0 => response,
            cost => response.extension("cost", value!({ "requested": cost, "limit": MAX_COST })),
        }
    }

    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        within(ctx, tokens(query), MAX_TOKENS, "tokens")?;
        let document = next.run(ctx, query, variables).await?;
        let selections = document.operations.iter().map(|(_, operation)| operation);
        let selections = selections.map(|operation| &operation.node.selection_set.node);
        let fragments = document.fragments.values();
        let fragments = fragments.map(|fragment| &fragment.node.selection_set.node);
        let all = selections.clone().chain(fragments);
        within(ctx, all.map(aliases).sum(), MAX_ALIASES, "aliases")?;
        let roots = selections.map(|selection| root_fields(selection, &document, 0)).max();
        within(ctx, roots.unwrap_or(0), MAX_ROOT_FIELDS, "root fields")?;
        Ok(document)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await.map_err(|errors| coded(ctx, errors))?;
        self.cost.store(result.complexity, Ordering::Relaxed);
        Ok(result)
    }
}

fn within(
    ctx: &ExtensionContext<'_>,
    count: usize,
    most: usize,
    what: &str,
) -> Result<(), ServerError> {
    if count <= most {
        return Ok(());
    }
    let message = format!("the document has {count} {what}; at most {most} are taken");
    Err(too_much(ctx, ServerError::new(message, None)))
}

/// The library says by its message alone which of its limits was passed.
fn coded(ctx: &ExtensionContext<'_>, errors: Vec<ServerError>) -> Vec<ServerError> {
    let coded = |error: ServerError| match error.message.as_str() {
        "Query is too complex." => {
            let message =
                format!("the operation may cost more than {MAX_COST}; ask for fewer items");
            too_much(ctx, ServerError { message, ..error })
        }
        "Query is nested too deep." => {
            let message = format!("the operation is nested deeper than {MAX_DEPTH} fields");
            too_much(ctx, ServerError { message, ..error })
        }
        _ => error,
    };
    errors.into_iter().map(coded).collect()
}

fn too_much(ctx: &ExtensionContext<'_>, mut error: ServerError) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", Code::CostLimitExceeded.as_str());
    extensions.set("retryable", false);
    if let Some(info) = ctx.data_opt::<RequestInfo>() {
        extensions.set("requestId", info.id.to_string());
    }
    error
}

fn aliases(selection: &SelectionSet) -> usize {
    let of_item = |item: &Selection| match item {
        Selection::Field(field) => {
            let field = &field.node;
            usize::from(field.alias.is_some()) + aliases(&field.selection_set.node)
        }
        Selection::InlineFragment(inline) => aliases(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    };
    selection.items.iter().map(|item| of_item(&item.node)).sum()
}

/// Fragments that spread each other are for the validation to refuse; nobody nests them deeper.
fn root_fields(selection: &SelectionSet, document: &ExecutableDocument, depth: usize) -> usize {
    if depth > MAX_DEPTH {
        return 0;
    }
    let of_item = |item: &Selection| match item {
        Selection::Field(_) => 1,
        Selection::InlineFragment(inline) => {
            root_fields(&inline.node.selection_set.node, document, depth + 1)
        }
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.node.fragment_name.node);
            let selection = fragment.map(|fragment| &fragment.node.selection_set.node);
            selection.map_or(0, |selection| root_fields(selection, document, depth + 1))
        }
    };
    selection.items.iter().map(|item| of_item(&item.node)).sum()
}

/// How many lexical tokens a document has, or a few more where numbers have signed exponents or it is
/// malformed.
fn tokens(text: &str) -> usize {
    let (mut count, mut rest) = (0, text);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => string_length(rest),
            _ if first.is_alphanumeric() || matches!(first, '_' | '-') => {
                let is_other = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'));
                let (begin, more) = rest.split_at(first.len_utf8());
                begin.len() + more.find(is_other).unwrap_or(more.len())
            }
            _ if rest.starts_with("...") => 3,
            _ => first.len_utf8(),
        };
        let is_nothing = first.is_whitespace() || matches!(first, ',' | '#' | '\u{feff}');
        count += usize::from(!is_nothing);
        rest = &rest[length..];
    }
    count
}

/// In bytes, its quotes included.
fn string_length(text: &str) -> usize {
    let quotes = if text.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    let mut at = quotes.len();
    while let Some(found) = text[at..].find(quotes) {
        let end = at + found;
        let slashes = text[..end].bytes().rev().take_while(|byte| *byte == b'\\').count();
        at = end + quotes.len();
        if slashes % 2 == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_as_the_grammar_has_them() {
        let table = [
            ("", 0),
            ("{ a }", 3),
            ("{a,b, c}", 5),
            ("query Q($x: Int! = 1) { a(x: $x) }", 20),
            ("{ a # comment { } \n b }", 4),
            ("{ a(x: \"one \\\" { two\") }", 8),
            ("{ a(x: \"\"\"one \" { } two\"\"\") }", 8),
            ("{ ...F ...on T { a } }", 10),
            ("{ a(x: -1.5e3) @skip(if: true) }", 15),
            ("\"never closed { } ", 1),
            ("{ ä }", 3),
        ];
        for (text, expected) in table {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }
}
