use std::future::poll_fn;

use async_graphql::{PathSegment, ServerError, value};

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
    let responses = stream::iter(responses);
    let responses: BoxStream<'static, Response> =
        if goes_on { responses.chain(stream::pending()).boxed() } else { responses.boxed() };
    let answers = responses.map(|response| Answer::Own(Box::new(response))).boxed();
    let mut operation = Operation::new("1", is_subscription(&mut Request::new(query)), answers);
    let mut types = Vec::new();
    loop {
        let said = poll_fn(|context| operation.poll_said(context)).now_or_never();
        let Some(said) = said else {
            types.push("…".to_owned());
            return types;
        };
        let message: serde_json::Value = serde_json::from_str(&said.text).unwrap();
        let kind = message["type"].as_str().unwrap_or_default();
        assert_eq!(said.last, kind != "next", "{message}");
        types.push(kind.to_owned());
        if said.last {
            return types;
        }
    }
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

#[test]
fn a_panic_is_the_end_of_its_operation() {
    let answers = stream::poll_fn(|_| -> Poll<Option<Answer>> { panic!("on purpose") }).boxed();
    let mut operation = Operation::new("1", false, answers);
    let said = poll_fn(|context| operation.poll_said(context)).now_or_never().unwrap();
    assert!(said.last && said.text.contains("INTERNAL"), "{said:?}");
    assert!(!said.text.contains("on purpose"), "{said:?}");
}
