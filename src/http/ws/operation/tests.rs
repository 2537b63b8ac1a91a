use async_graphql::{PathSegment, ServerError, value};
use futures_util::stream::{self, BoxStream};

use super::*;

fn failure(path: &[&str]) -> Response {
    let path = path.iter().map(|name| PathSegment::Field((*name).to_owned()));
    let error = ServerError::new("failed", None).with_path(path.collect());
    Response::from_errors(vec![error])
}

fn data() -> Response {
    Response::new(value!({"a": 1}))
}

/// The types of the messages that a stream of responses becomes; `…` if it is not over.
fn types(query: &str, responses: Vec<Response>, goes_on: bool) -> Vec<String> {
    let (events, mut queue) = mpsc::channel(10);
    let state = Arc::new(OperationState::default());
    let outbox = Outbox { id: "1".to_owned(), events, state };
    let source = Source { query: query.to_owned(), operation_name: None };
    let responses = stream::iter(responses);
    let responses: BoxStream<'static, Response> =
        if goes_on { responses.chain(stream::pending()).boxed() } else { responses.boxed() };
    let answers = responses.map(|response| Answer::Own(Box::new(response)));
    let mut stream = answers.peekable();
    let over = report(&mut stream, source, &outbox).now_or_never();
    let mut types = Vec::new();
    while let Ok(event) = queue.try_recv() {
        let message: serde_json::Value = serde_json::from_str(&event.text).unwrap();
        let kind = message["type"].as_str().unwrap_or_default();
        assert_eq!(event.last, kind != "next", "{message}");
        types.push(kind.to_owned());
    }
    if over.is_none() {
        types.push("…".to_owned());
    }
    types
}

#[test]
fn only_what_was_not_executed_becomes_an_error() {
    let query = "query { a }";
    let subscription = "subscription { a }";
    let cases = [
        // A result, and the end of it.
        (query, vec![data()], false, "next complete"),
        (subscription, vec![], false, "complete"),
        (subscription, vec![data(), data()], true, "next next …"),
        // Refused before a field was reached.
        (query, vec![failure(&[])], false, "error"),
        (subscription, vec![failure(&[])], false, "error"),
        ("not GraphQL", vec![failure(&[])], false, "error"),
        // Failed in a field.
        (query, vec![failure(&["a"])], false, "next complete"),
        (subscription, vec![failure(&["a"])], false, "error"),
        ("subscription A { a }", vec![failure(&["a"])], false, "error"),
        ("subscription A { a } query B { a }", vec![failure(&["a"])], false, "next complete"),
        (subscription, vec![failure(&["a"])], true, "next …"),
        (subscription, vec![failure(&["a"]), data()], false, "next next complete"),
        // Once something was delivered, every failure is a result.
        (subscription, vec![data(), failure(&["a"])], false, "next next complete"),
        (subscription, vec![data(), failure(&[])], false, "next next complete"),
    ];
    for (number, (query, responses, goes_on, expected)) in cases.into_iter().enumerate() {
        let types = types(query, responses, goes_on);
        assert_eq!(types.join(" "), expected, "case {number}: {query}");
    }
}

#[tokio::test]
async fn an_operation_nobody_listens_to_ends() {
    let (events, queue) = mpsc::channel(1);
    drop(queue);
    let outbox = Outbox { id: "1".to_owned(), events, state: Arc::default() };
    let source = Source { query: String::new(), operation_name: None };
    let mut stream = stream::repeat_with(|| Answer::Own(Box::new(data()))).peekable();
    let Ended = report(&mut stream, source, &outbox).await;
}
