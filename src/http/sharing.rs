//! Equal subscriptions of a workspace share one execution and one text for each event. Each begins as one of
//! its own: it is validated, paid for, and catches up from its own cursor; then it joins the others.

use std::any::{Any, TypeId};
use std::sync::Arc;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::parser::types::{OperationType, Selection};
use async_graphql::{Data, Request, Response, Value, Variables};
use futures_util::StreamExt;
use tokio_util::task::TaskTracker;

use super::Documents;
use super::engine::{Answer, Engine, SharedAnswer};
use super::graphql::{body, complete};
use super::operation::chosen;
use crate::domain::event::Progress;
use crate::events::{Got, Groups, Way};
use crate::graphql::Schema;
use crate::graphql::context::{Prepaid, RequestInfo, ResumeAfter};
use crate::model::api_key::{Principal, Scope};
use crate::model::event::Cursor;
use crate::model::id::WorkspaceId;

/// Answers kept for those who are slower than the others.
const KEPT: usize = 512;

/// Runs the operations of all transports that stream.
#[derive(Clone)]
pub struct Sharing {
    schema: Schema,
    documents: Documents,
    groups: Groups<Subscription>,
}

/// What is followed, whatever the place it is followed from. Those with equal ones get equal answers.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Followed {
    workspace: WorkspaceId,
    scope: Scope,
    query: String,
    operation: Option<String>,
    /// As JSON, with a cursor to begin at left empty.
    variables: String,
}

/// A subscription that can be begun again from anywhere.
#[derive(Clone)]
struct Subscription {
    schema: Schema,
    session: Arc<Data>,
    info: RequestInfo,
}

impl Sharing {
    /// What is shared ends with those who share it.
    pub fn new(schema: Schema, documents: Documents) -> Self {
        let tasks = TaskTracker::new();
        let groups = Groups::new(KEPT, move |task| {
            tasks.spawn(task);
        });
        Self { schema, documents, groups }
    }
}

impl Engine for Sharing {
    fn admit(&self, mut request: Request, session: &Data) -> Result<Request, Box<Response>> {
        let Err(error) = self.documents.admit(&mut request) else { return Ok(request) };
        let mut response = Response::from_errors(vec![error]);
        if let Some(info) = found::<RequestInfo>(session) {
            complete(&mut response, *info);
        }
        Err(Box::new(response))
    }

    fn answers(&self, mut request: Request, session: Arc<Data>) -> BoxStream<'static, Answer> {
        let followed = Followed::of(&mut request, &session);
        let progress = found::<Progress>(&request.data).cloned();
        let info = found::<RequestInfo>(&session).copied();
        let responses = execute(&self.schema, request, &session);
        let (Some(followed), Some(progress), Some(info)) = (followed, progress, info) else {
            return responses.map(Answer::Own).boxed();
        };
        let way = Subscription { schema: self.schema.clone(), session, info };
        let answers = self.groups.follow(followed, way, responses, progress);
        let answers = answers.map(|got| match got {
            Got::Alone(response) => Answer::Own(response),
            Got::Together(answer) => Answer::Shared(answer),
        });
        answers.boxed()
    }
}

impl Way for Subscription {
    type Key = Followed;
    type Item = Box<Response>;
    type Shared = SharedAnswer;

    /// Who began has paid.
    fn follow(
        &self,
        followed: &Followed,
        after: &Cursor,
        progress: Progress,
    ) -> BoxStream<'static, Box<Response>> {
        let request = followed.request();
        let request = request.data(ResumeAfter(after.to_string())).data(Prepaid).data(progress);
        execute(&self.schema, request, &self.session)
    }

    /// Of a failure each hears by itself, with a request of its own to find in the log.
    fn share(&self, response: Box<Response>, at: &Cursor) -> Option<SharedAnswer> {
        let has_failed = response.data == Value::Null;
        let shared = || SharedAnswer { json: body(*response, self.info), cursor: at.to_string() };
        (!has_failed).then(shared)
    }
}

fn execute(
    schema: &Schema,
    request: Request,
    session: &Arc<Data>,
) -> BoxStream<'static, Box<Response>> {
    let info = found::<RequestInfo>(session).copied();
    let responses = schema.execute_stream_with_session_data(request, Arc::clone(session));
    let completed = responses.map(move |mut response| {
        if let Some(info) = info {
            complete(&mut response, info);
        }
        Box::new(response)
    });
    completed.boxed()
}

impl Followed {
    /// What a subscription follows; `None` for everything else.
    fn of(request: &mut Request, session: &Data) -> Option<Self> {
        let who = found::<Principal>(session)?;
        let mut variables = request.variables.clone();
        if let Begin::Variable(cursor) = Begin::of(request)?
            && let Some(value) = variables.get_mut(cursor.as_str())
        {
            *value = Value::String(String::new());
        }
        Some(Self {
            workspace: who.workspace_id,
            scope: who.scope,
            query: request.query.clone(),
            operation: request.operation_name.clone(),
            variables: serde_json::to_string(&variables).ok()?,
        })
    }

    fn request(&self) -> Request {
        let variables = serde_json::from_str(&self.variables).unwrap_or_default();
        let mut request = Request::new(&self.query).variables(Variables::from_json(variables));
        request.operation_name.clone_from(&self.operation);
        request
    }
}

/// What says where a subscription begins.
enum Begin {
    /// A variable that nothing else uses.
    Variable(String),
    /// Something that makes it another one.
    Text,
}

impl Begin {
    /// `None` when it is no subscription of one field.
    fn of(request: &mut Request) -> Option<Self> {
        let (name, text) = (request.operation_name.clone(), request.query.clone());
        let document = request.parsed_query().ok()?;
        let operation = chosen(&document.operations, name.as_deref())?;
        let [selection] = operation.selection_set.node.items.as_slice() else { return None };
        let Selection::Field(field) = &selection.node else { return None };
        if operation.ty != OperationType::Subscription {
            return None;
        }
        let after = field.node.get_argument("after").map(|argument| argument.node.to_string());
        let variable = after.filter(|after| after.starts_with('$'));
        // Where it is defined and where it is used.
        let alone = variable.filter(|variable| text.matches(variable.as_str()).count() == 2);
        Some(alone.map_or(Self::Text, |variable| Self::Variable(variable[1..].to_owned())))
    }
}

fn found<T: Any + Send + Sync>(data: &Data) -> Option<&T> {
    data.get(&TypeId::of::<T>()).and_then(|value| value.downcast_ref())
}
