//! Equal subscriptions of a workspace share one execution and one text for each event.
//!
//! Every subscription begins as one of its own: it is validated, paid for, and catches up from its own
//! cursor. Once it rests at the end of the log, or has come to where others are together already, it goes on
//! with them: what is executed for one is sent to all. Places in the log are numbers without gaps, so that
//! the change loses and doubles nothing. Who is too slow for the others goes on alone from its place.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Poll;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::parser::types::{OperationType, Selection};
use async_graphql::{Data, Request, Response, Value as GraphqlValue, Variables};
use futures_util::{StreamExt, stream};
use tokio_util::task::TaskTracker;

use super::engine::{Answer, Engine, SharedAnswer};
use super::graphql::{body, complete};
use super::operation::chosen;
use crate::domain::event::Progress;
use crate::events::{Alone, Relay, RelayReader, RelaySource};
use crate::graphql::Schema;
use crate::graphql::context::{Prepaid, RequestInfo, ResumeAfter};
use crate::model::api_key::{Principal, Scope};
use crate::model::event::Cursor;
use crate::model::id::WorkspaceId;

type Groups = HashMap<Arc<Followed>, Weak<Relay<SharedAnswer>>>;

/// Runs the operations of all transports that stream.
#[derive(Clone)]
pub struct Sharing {
    schema: Schema,
    groups: Arc<Mutex<Groups>>,
    /// Runs what is shared.
    tasks: TaskTracker,
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

/// One subscription.
struct Subscription {
    sharing: Sharing,
    followed: Arc<Followed>,
    session: Arc<Data>,
    progress: Progress,
    way: Way,
}

enum Way {
    Alone { responses: BoxStream<'static, Response>, may_join: bool },
    Together(RelayReader<SharedAnswer>),
}

enum Step {
    Response(Option<Response>),
    Joined(RelayReader<SharedAnswer>),
}

impl Sharing {
    pub fn new(schema: Schema, tasks: TaskTracker) -> Self {
        Self { schema, groups: Arc::default(), tasks }
    }

    fn execute(&self, request: Request, session: &Arc<Data>) -> BoxStream<'static, Response> {
        let info = found::<RequestInfo>(session).copied();
        let responses = self.schema.execute_stream_with_session_data(request, Arc::clone(session));
        let completed = responses.map(move |mut response| {
            if let Some(info) = info {
                complete(&mut response, info);
            }
            response
        });
        completed.boxed()
    }

    /// Goes on with those who follow the same, if the place is one of theirs. At the end of the log there
    /// may be nobody yet: then others can join this one.
    fn join(&self, subscription: &Subscription) -> Option<RelayReader<SharedAnswer>> {
        let place = subscription.progress.settled()?;
        let (at, progress) = (&place.cursor, &subscription.progress);
        let followed = &subscription.followed;
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let known = groups.get(followed).and_then(Weak::upgrade);
        if let Some(relay) = known.filter(|relay| !relay.is_over()) {
            return relay.join(at.seq, progress.clone()).ok();
        }
        if !place.is_end {
            return None;
        }
        groups.retain(|_, relay| relay.strong_count() > 0);
        let of_relay = Progress::default();
        let (relay, source) = Relay::new(at.seq, of_relay.clone());
        let reader = relay.join(at.seq, progress.clone()).ok()?;
        groups.insert(Arc::clone(followed), Arc::downgrade(&relay));
        let request = followed.request(at).data(of_relay.clone());
        let responses = self.execute(request, &subscription.session);
        let info = found::<RequestInfo>(&subscription.session).copied()?;
        self.tasks.spawn(put_all(responses, source, of_relay, info));
        Some(reader)
    }
}

impl Engine for Sharing {
    fn answers(&self, mut request: Request, session: Arc<Data>) -> BoxStream<'static, Answer> {
        let followed = Followed::of(&mut request, &session);
        let progress = found::<Progress>(&request.data).cloned();
        let responses = self.execute(request, &session);
        let (Some(followed), Some(progress)) = (followed, progress) else {
            return responses.map(|response| Answer::Own(Box::new(response))).boxed();
        };
        let way = Way::Alone { responses, may_join: true };
        let followed = Arc::new(followed);
        let sharing = self.clone();
        let subscription = Subscription { sharing, followed, session, progress, way };
        stream::unfold(subscription, Subscription::next).boxed()
    }
}

/// Puts in every answer until nobody wants them, or the following ends.
async fn put_all(
    mut responses: BoxStream<'static, Response>,
    source: RelaySource<SharedAnswer>,
    progress: Progress,
    info: RequestInfo,
) {
    loop {
        let response = tokio::select! {
            biased;
            () = source.unwanted() => return,
            response = responses.next() => response,
        };
        let (Some(response), Some(given)) = (response, progress.given()) else { return };
        if response.data == GraphqlValue::Null {
            // Each hears of it by itself, with a request of its own to find in the log.
            return;
        }
        let answer = SharedAnswer { json: body(response, info), cursor: given.to_string() };
        if !source.put(given.seq, answer) {
            return;
        }
    }
}

impl Subscription {
    async fn next(mut self) -> Option<(Answer, Self)> {
        loop {
            match &mut self.way {
                Way::Alone { .. } => match self.step().await {
                    Step::Response(response) => {
                        let answer = Answer::Own(Box::new(response?));
                        return Some((answer, self));
                    }
                    Step::Joined(reader) => self.way = Way::Together(reader),
                },
                Way::Together(reader) => match reader.next().await {
                    Ok((_, answer)) => return Some((Answer::Shared(answer), self)),
                    Err(why) => self.go_alone(why)?,
                },
            }
        }
    }

    /// The next response of its own, or the others, as soon as they can be joined.
    async fn step(&mut self) -> Step {
        poll_fn(|context| {
            let Way::Alone { responses, may_join } = &mut self.way else {
                return Poll::Ready(Step::Response(None));
            };
            if let Poll::Ready(response) = responses.poll_next_unpin(context) {
                return Poll::Ready(Step::Response(response));
            }
            if *may_join && let Some(reader) = self.sharing.join(self) {
                return Poll::Ready(Step::Joined(reader));
            }
            Poll::Pending
        })
        .await
    }

    /// Goes on alone where it is. What has ended for all is not begun for all again.
    fn go_alone(&mut self, why: Alone) -> Option<()> {
        let at = self.progress.passed()?;
        let request = self.followed.request(&at).data(self.progress.clone());
        let responses = self.sharing.execute(request, &self.session);
        self.way = Way::Alone { responses, may_join: why == Alone::Behind };
        Some(())
    }
}

impl Followed {
    /// What a subscription follows; `None` for everything else.
    fn of(request: &mut Request, session: &Data) -> Option<Self> {
        let who = found::<Principal>(session)?;
        let name = request.operation_name.clone();
        let cursor = cursor_variable(request)?;
        let mut variables = request.variables.clone();
        if let Some(cursor) = cursor
            && let Some(value) = variables.get_mut(cursor.as_str())
        {
            *value = GraphqlValue::String(String::new());
        }
        Some(Self {
            workspace: who.workspace_id,
            scope: who.scope,
            query: request.query.clone(),
            operation: name,
            variables: serde_json::to_string(&variables).ok()?,
        })
    }

    /// The same from another place; who asks has paid when it began.
    fn request(&self, at: &Cursor) -> Request {
        let variables = serde_json::from_str(&self.variables).unwrap_or_default();
        let mut request = Request::new(&self.query)
            .variables(Variables::from_json(variables))
            .data(ResumeAfter(at.to_string()))
            .data(Prepaid);
        request.operation_name.clone_from(&self.operation);
        request
    }
}

/// Whether it is a subscription of one field, and the variable that says from where, if nothing else uses it.
fn cursor_variable(request: &mut Request) -> Option<Option<String>> {
    let (name, text) = (request.operation_name.clone(), request.query.clone());
    let document = request.parsed_query().ok()?;
    let operation = chosen(&document.operations, name.as_deref())?;
    let selections = &operation.selection_set.node.items;
    let [selection] = selections.as_slice() else { return None };
    let Selection::Field(field) = &selection.node else { return None };
    if operation.ty != OperationType::Subscription {
        return None;
    }
    let argument = field.node.get_argument("after").map(|argument| argument.node.to_string());
    let Some(variable) = argument.filter(|argument| argument.starts_with('$')) else {
        return Some(None);
    };
    // Where it is defined and where it is used.
    let is_used_once = text.matches(&variable).count() == 2;
    Some(is_used_once.then(|| variable[1..].to_owned()))
}

fn found<T: Any + Send + Sync>(data: &Data) -> Option<&T> {
    data.get(&TypeId::of::<T>()).and_then(|value| value.downcast_ref())
}
