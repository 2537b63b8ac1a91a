//! What is too much is refused before anything is executed, on each transport, and what is not says
//! what it cost.

use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions};

fn repeated(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(" ")
}

/// Operations that just may be asked and those that may not, with what is said of these.
fn table() -> Vec<(String, &'static str)> {
    let aliases = |count| format!("{{ {} }}", repeated(count, |n| format!("a{n}: __typename")));
    let nested_aliases = |count| {
        let fields = repeated(count, |n| format!("a{n}: id"));
        format!("{{ jobs(first: 1) {{ nodes {{ ...F }} }} }} fragment F on Job {{ {fields} }}")
    };
    let roots = |count: usize| {
        let rest = repeated(count - 1, |_| "__typename".to_owned());
        format!("{{ ... on Query {{ {rest} }} ...F }} fragment F on Query {{ __typename }}")
    };
    let tokens = |count: usize| format!("{{ {} }}", repeated(count - 2, |_| "id".to_owned()));
    let deep = |depth| {
        let (open, close) = ("latestJob { query { ".repeat(depth), "} } ".repeat(depth));
        format!("{{ queries(first: 1) {{ nodes {{ {open} id {close} }} }} }}")
    };
    let wide = |first| {
        format!(
            "{{ queries(first: {first}) {{ nodes {{ jobs(first: 100) {{ nodes {{ id }} }} }} }} }}"
        )
    };
    let endless =
        ["queries", "jobs", "deliveries"].iter().rev().fold("id".to_owned(), |inner, list| {
            format!("{list}(first: 2147483647) {{ nodes {{ {inner} }} }}")
        });
    let endless = format!("{{ {endless} }}");
    vec![
        (aliases(20), ""),
        (aliases(21), "21 root fields; at most 20"),
        (nested_aliases(30), ""),
        (nested_aliases(31), "31 aliases; at most 30"),
        (roots(20), ""),
        (roots(21), "21 root fields; at most 20"),
        (tokens(5_001), "5001 tokens; at most 5000"),
        (deep(7), ""),
        (deep(8), "deeper than 18"),
        (wide(99), ""),
        (wide(100), "cost more than 20000"),
        (endless, "cost more than 20000"),
    ]
}

fn assert_is(answer: &Value, wrong: &str, operation: &str) {
    let begin = operation.chars().take(90).collect::<String>();
    if wrong.is_empty() {
        assert!(answer.get("errors").is_none(), "{begin}: {answer:#}");
        return;
    }
    let error = &answer["errors"][0];
    assert!(answer.get("data").is_none(), "{begin}: {answer:#}");
    assert!(error["message"].as_str().unwrap().contains(wrong), "{begin}: {error:#}");
    let extensions = &error["extensions"];
    assert_eq!(
        [&extensions["code"], &extensions["retryable"]],
        [&json!("COST_LIMIT_EXCEEDED"), &json!(false)]
    );
    assert!(extensions["requestId"].is_string(), "{error:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_refused_on_http_and_on_a_socket() {
    let app = TestApp::start().await;
    let mut socket = app.socket().await;
    for (number, (operation, wrong)) in table().into_iter().enumerate() {
        let answer = app.try_graphql(&app.key, &operation, json!({})).await;
        assert_is(&answer, wrong, &operation);
        let id = number.to_string();
        socket.subscribe(&id, &operation, json!({})).await;
        let message = socket.next_event(&id).await;
        if message["type"] == "error" {
            assert_is(&json!({ "errors": message["payload"] }), wrong, &operation);
        } else {
            assert_is(&message["payload"], wrong, &operation);
            assert_eq!(socket.next_event(&id).await["type"], "complete");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_what_it_cost() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let cost = async |query: &str, variables: Value| {
        let answer = app.try_graphql(&app.key, query, variables).await;
        answer["extensions"]["cost"].clone()
    };
    let paged = "query ($n: Int) { queries(first: $n) { nodes { id latestJob { id } } } }";
    // The list, and in each of seven items `nodes`, `id`, `latestJob` and its `id`.
    let seven = cost(paged, json!({ "n": 7 })).await;
    assert_eq!(seven, json!({ "requested": 1 + 7 * 4, "limit": 20_000 }));
    let one = cost("{ sources { name state } }", json!({})).await;
    assert_eq!(one["requested"], 3);
    assert_eq!(cost("{ nobodyKnows }", json!({})).await, Value::Null, "it was never known");
}
