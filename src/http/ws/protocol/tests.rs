use proptest::prelude::*;

use super::*;

#[test]
fn what_a_client_may_say_is_understood() {
    let cases = [
        (r#"{"type":"connection_init"}"#, "Init { payload: Null }"),
        (r#"{"type":"connection_init","payload":null,"id":7}"#, "Init { payload: Null }"),
        (
            r#" {"payload":{"a":1},"type":"connection_init"} "#,
            r#"Init { payload: Object {"a": Number(1)} }"#,
        ),
        (r#"{"type":"ping"}"#, "Ping { payload: None }"),
        (r#"{"type":"ping","payload":null}"#, "Ping { payload: None }"),
        (r#"{"type":"ping","payload":{}}"#, "Ping { payload: Some(Object {}) }"),
        (r#"{"type":"pong","payload":{"a":1}}"#, "Pong"),
        (r#"{"type":"complete","id":"x"}"#, r#"Complete { id: "x" }"#),
    ];
    for (text, expected) in cases {
        let message = ClientMessage::parse(text).unwrap();
        assert_eq!(format!("{message:?}"), expected, "{text}");
    }
}

#[test]
fn a_request_keeps_all_its_parts() {
    let text = r#"{"type":"subscribe","id":"é","payload":{"query":"{a}","operationName":"b",
        "variables":{"c":[1,null]},"extensions":{"d":{}},"unknown":true}}"#;
    let ClientMessage::Subscribe { id, request } = ClientMessage::parse(text).unwrap() else {
        panic!("not a subscribe");
    };
    assert_eq!(id, "é");
    assert_eq!(request.query, "{a}");
    assert_eq!(request.operation_name.as_deref(), Some("b"));
    assert_eq!(json!(request.variables), json!({"c": [1, null]}));
    assert_eq!(json!(request.extensions), json!({"d": {}}));
}

#[test]
fn nulls_in_a_request_mean_absent() {
    let text = r#"{"type":"subscribe","id":"1","payload":
        {"query":"{a}","operationName":null,"variables":null,"extensions":null}}"#;
    let ClientMessage::Subscribe { request, .. } = ClientMessage::parse(text).unwrap() else {
        panic!("not a subscribe");
    };
    assert_eq!(request.operation_name, None);
    assert_eq!(json!(request.variables), json!({}));
    assert_eq!(json!(request.extensions), json!({}));
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    let text = format!(r#"{{"type":"ping","payload":{}"#, r#"{"a":"#.repeat(100_000));
    let reason = ClientMessage::parse(&text).unwrap_err();
    assert!(reason.contains("recursion"), "{reason}");
}

#[test]
fn messages_are_rendered_as_the_protocol_has_them() {
    let error = ServerError::new("no", None);
    let response = Response::new(async_graphql::value!({"a": 1}));
    let cursors = Map::from_iter([("1".to_owned(), json!("c"))]);
    let cases = [
        (render::ack(), r#"{"type":"connection_ack"}"#),
        (render::ping(), r#"{"type":"ping"}"#),
        (render::checkpoints(cursors), r#"{"type":"ping","payload":{"cursors":{"1":"c"}}}"#),
        (render::pong(None), r#"{"type":"pong"}"#),
        (render::pong(Some(json!({"a": 1}))), r#"{"type":"pong","payload":{"a":1}}"#),
        (
            render::next("\"", &response).unwrap(),
            r#"{"id":"\"","type":"next","payload":{"data":{"a":1}}}"#,
        ),
        (
            render::error("1", &[error]).unwrap(),
            r#"{"id":"1","type":"error","payload":[{"message":"no"}]}"#,
        ),
        (
            render::coded_error("1", "CODE", "no", true),
            r#"{"id":"1","type":"error","payload":[{"message":"no","extensions":{"code":"CODE","retryable":true}}]}"#,
        ),
        (render::complete("1"), r#"{"id":"1","type":"complete"}"#),
    ];
    for (text, expected) in cases {
        assert_eq!(text.as_str(), expected);
    }
}

proptest! {
    #[test]
    fn parsing_never_panics_and_every_reason_fits_a_close_frame(text in ".{0,300}") {
        let message = json!({"type": text}).to_string();
        for message in [text.clone(), message] {
            if let Err(reason) = ClientMessage::parse(&message) {
                let frame = Close::invalid_message(reason.clone()).into_frame();
                prop_assert!(frame.reason.len() <= 123);
                prop_assert!(reason.starts_with(frame.reason.as_str()));
                prop_assert!(reason.len() <= 123 || frame.reason.len() > 119);
            }
        }
    }
}
