//! What an operation may ask for, told before anything of it is executed, and what it cost.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest, NextRequest, NextValidation,
};
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Request, Response, ServerError, ServerResult, ValidationResult, value};

use super::context::{Prepaid, RequestInfo};
use crate::domain::Domain;
use crate::domain::rate_limit::{Budget, Refused};
use crate::error::Code;
use crate::model::api_key::Principal;
use crate::model::id::RequestId;

/// Deep enough for introspection as GraphiQL asks for it.
pub const MAX_DEPTH: usize = 18;
/// A field costs one, and a list its fields as often as it may have items.
pub const MAX_COST: usize = 20_000;
pub const MAX_DIRECTIVES: usize = 20;
const MAX_ALIASES: usize = 30;
const MAX_ROOT_FIELDS: usize = 20;
const MAX_TOKENS: usize = 5_000;
/// Lists of an introspection inside each other; tools ask for three.
const MAX_INTROSPECTION: usize = 3;
const INTROSPECTION_LISTS: [&str; 7] =
    ["types", "fields", "inputFields", "args", "possibleTypes", "interfaces", "enumValues"];

/// What a list costs: itself, and each item it may have. No more than is too much, so that lists inside each
/// other never cost more than can be counted.
pub fn list_cost(first: Option<i32>, last: Option<i32>, item: usize) -> usize {
    let items = first.or(last).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    items.saturating_mul(item).min(MAX_COST) + 1
}

/// Keeps the limits of each request and reports its cost.
pub struct Limits;

#[derive(Default)]
struct Limited {
    cost: OnceLock<OperationCost>,
    /// Of the caller's key once the operation was paid for, or was not.
    budget: OnceLock<Budget>,
    /// In seconds, when the key cannot pay now.
    retry_after: OnceLock<u64>,
}

/// What an operation costs, for its own fields; not there when it was refused before.
#[derive(Clone, Debug, Default)]
pub struct OperationCost(Arc<OnceLock<usize>>);

impl OperationCost {
    /// In points; 0 when it is not known.
    pub fn get(&self) -> usize {
        self.0.get().copied().unwrap_or_default()
    }
}

impl ExtensionFactory for Limits {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Limited::default())
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Limited {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        if let Some(seconds) = self.retry_after.get() {
            response.http_headers.insert("retry-after", (*seconds).into());
        }
        if let Some(budget) = self.budget.get() {
            let headers = &mut response.http_headers;
            headers.insert("ratelimit-limit", budget.limit.into());
            headers.insert("ratelimit-remaining", budget.remaining.into());
            headers.insert("ratelimit-reset", budget.seconds_to_reset().into());
        }
        let cost = self.cost.get().and_then(|cost| cost.0.get());
        let Some(cost) = cost else { return response };
        response.extension("cost", value!({ "requested": *cost, "limit": MAX_COST }))
    }

    /// Before the library's own checks: those spread each fragment wherever it stands, however often.
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let id = request_id(ctx, &request);
        within(id, tokens(&request.query), MAX_TOKENS, "tokens")?;
        // A document that cannot be parsed is for the executor to report.
        if let Ok(document) = request.parsed_query() {
            check(id, document)?;
        }
        let cost: OperationCost = data(&request).cloned().unwrap_or_default();
        let request = request.data(self.cost.get_or_init(|| cost).clone());
        next.run(ctx, request).await
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await.map_err(|errors| coded(ctx, errors))?;
        // Each request is validated once.
        if let Some(cost) = self.cost.get() {
            let _ = cost.0.set(result.complexity);
        }
        self.pay(ctx, result.complexity).map_err(|error| vec![error])?;
        Ok(result)
    }
}

impl Limited {
    /// Takes the cost from the budget of the caller's key.
    fn pay(&self, ctx: &ExtensionContext<'_>, cost: usize) -> ServerResult<()> {
        let (Some(domain), Some(who)) = (ctx.data_opt::<Domain>(), ctx.data_opt::<Principal>())
        else {
            return Ok(());
        };
        if ctx.data_opt::<Prepaid>().is_some() {
            return Ok(());
        }
        let id = ctx.data_opt::<RequestInfo>().map(|info| info.id);
        let spent = domain.spend(who, cost);
        if let Some(budget) = domain.budget(who) {
            let _ = self.budget.set(budget);
        }
        let wait = match spent {
            Ok(()) => return Ok(()),
            Err(Refused::Never) => {
                let message = "the operation costs more than this key can ever have";
                return Err(too_much(id, ServerError::new(message, None)));
            }
            Err(Refused::After(wait)) => u64::try_from(wait.num_milliseconds()).unwrap_or(0),
        };
        let _ = self.retry_after.set(wait.div_ceil(1_000));
        let message = format!("this key has spent what it may; try again in {wait} ms");
        let mut error = coded_as(Code::RateLimited, id, ServerError::new(message, None));
        error.extensions.get_or_insert_default().set("retryAfterMs", wait);
        Err(error)
    }
}

fn check(id: Option<RequestId>, document: &ExecutableDocument) -> ServerResult<()> {
    let mut measuring = Measuring { document, fragments: HashMap::new() };
    for (_, operation) in document.operations.iter() {
        let size = measuring.size(&operation.node.selection_set.node);
        within(id, size.fields, MAX_COST, "fields, its fragments spread")?;
        within(id, size.root_fields, MAX_ROOT_FIELDS, "root fields")?;
        within(id, size.lists, MAX_INTROSPECTION, "lists of an introspection in each other")?;
    }
    let operations = document.operations.iter().map(|(_, one)| &one.node.selection_set.node);
    let fragments = document.fragments.values().map(|one| &one.node.selection_set.node);
    within(id, operations.chain(fragments).map(aliases).sum(), MAX_ALIASES, "aliases")
}

/// HTTP gives it with each request, a socket with its session.
fn request_id(ctx: &ExtensionContext<'_>, request: &Request) -> Option<RequestId> {
    data::<RequestInfo>(request).or_else(|| ctx.data_opt::<RequestInfo>()).map(|info| info.id)
}

fn data<T: 'static>(request: &Request) -> Option<&T> {
    request.data.get(&TypeId::of::<T>()).and_then(|data| data.downcast_ref())
}

fn within(id: Option<RequestId>, count: usize, most: usize, what: &str) -> Result<(), ServerError> {
    if count <= most {
        return Ok(());
    }
    let message = format!("the document has {count} {what}; at most {most} are taken");
    Err(too_much(id, ServerError::new(message, None)))
}

/// The library says by its message alone which of its limits was passed.
fn coded(ctx: &ExtensionContext<'_>, errors: Vec<ServerError>) -> Vec<ServerError> {
    let id = ctx.data_opt::<RequestInfo>().map(|info| info.id);
    let coded = |error: ServerError| match error.message.as_str() {
        "Query is too complex." => {
            let message =
                format!("the operation may cost more than {MAX_COST}; ask for fewer items");
            too_much(id, ServerError { message, ..error })
        }
        "Query is nested too deep." => {
            let message = format!("the operation is nested deeper than {MAX_DEPTH} fields");
            too_much(id, ServerError { message, ..error })
        }
        _ => error,
    };
    errors.into_iter().map(coded).collect()
}

fn too_much(id: Option<RequestId>, error: ServerError) -> ServerError {
    coded_as(Code::CostLimitExceeded, id, error)
}

fn coded_as(code: Code, id: Option<RequestId>, mut error: ServerError) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code.as_str());
    extensions.set("retryable", code.is_retryable());
    if let Some(id) = id {
        extensions.set("requestId", id.to_string());
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

/// What a selection comes to once its fragments are spread.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: usize,
    root_fields: usize,
    /// Lists of an introspection inside each other.
    lists: usize,
}

/// Looks at each fragment once: a few that spread each other many times over stand for more fields than
/// anybody could count one by one.
struct Measuring<'a> {
    document: &'a ExecutableDocument,
    fragments: HashMap<&'a Name, Size>,
}

impl<'a> Measuring<'a> {
    fn size(&mut self, selection: &'a SelectionSet) -> Size {
        let mut size = Size::default();
        for item in &selection.items {
            let item = match &item.node {
                Selection::Field(field) => {
                    let inner = self.size(&field.node.selection_set.node);
                    let is_list = INTROSPECTION_LISTS.contains(&field.node.name.node.as_str());
                    let fields = inner.fields.saturating_add(1);
                    Size { fields, root_fields: 1, lists: inner.lists + usize::from(is_list) }
                }
                Selection::InlineFragment(inline) => self.size(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.spread(&spread.node.fragment_name.node),
            };
            size.fields = size.fields.saturating_add(item.fields);
            size.root_fields = size.root_fields.saturating_add(item.root_fields);
            size.lists = size.lists.max(item.lists);
        }
        size
    }

    /// One that spreads itself, or is not there, is for the validation to refuse.
    fn spread(&mut self, name: &'a Name) -> Size {
        if let Some(size) = self.fragments.get(name) {
            return *size;
        }
        self.fragments.insert(name, Size::default());
        let fragment = self.document.fragments.get(name);
        let size = fragment.map(|fragment| self.size(&fragment.node.selection_set.node));
        let size = size.unwrap_or_default();
        self.fragments.insert(name, size);
        size
    }
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
