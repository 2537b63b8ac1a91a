//! The REST face of questions: what is accepted, what is told of it while it runs and after; and how a query
//! is deleted.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::receiver::{Receiver, Reply};
use crate::support::{Answer, TestApp, TestOptions, question, with, without_worker};

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_accepted_then_queued_then_answered() {
    let app = TestApp::with_posts(without_worker()).await;
    let answer = app.post("/v1/queries", with(question(), json!({ "name": "acme" }))).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.header("x-request-id").starts_with("req_"));
    let accepted = answer.json();
    let id = accepted["query_id"].as_str().unwrap();
    let expected = json!({
        "id": id, "query_id": id, "job_id": accepted["job_id"], "status": "queued",
        "created_at": "2026-11-23T17:30:00Z", "cursor": accepted["cursor"],
    });
    assert_eq!(accepted, expected);
    assert!(id.starts_with("qry_") && accepted["job_id"].as_str().unwrap().starts_with("job_"));

    let queued = app.get(&format!("/v1/queries/{id}")).await.json();
    let prompt = question()["prompt"].clone();
    let mut expected = expected;
    expected["prompt"] = prompt;
    expected.as_object_mut().unwrap().remove("cursor");
    assert_eq!(queued, expected);

    let app = app.restart(TestOptions::default()).await;
    let ended = app.ended(&json!({ "query": { "id": id }, "cursor": accepted["cursor"] })).await;
    assert_eq!(ended["jobId"], accepted["job_id"]);
    let shown = app.get(&format!("/v1/queries/{id}")).await.json();
    assert_eq!(shown["status"], "completed");
    assert_eq!(shown["result"]["total_mentions"], 2);
    assert!(shown.get("error").is_none());
    let key = ended["storageKey"].as_str().unwrap();
    let url = format!("http://{}/v1/storage/{key}", app.address);
    assert_eq!(shown["result_url"], url, "as the service is reached now");
    assert_eq!(ended["resultUrl"], url);
    let stored = app.get(&format!("/v1/storage/{key}")).await.json();
    assert_eq!(shown["result"], stored["result"]);
    let saved = "query ($id: ID!) { query(id: $id) { name limit timezone sources } }";
    let saved = app.graphql(saved, json!({ "id": id })).await;
    let expected =
        json!({ "name": "acme", "limit": 100, "timezone": "UTC", "sources": ["dataset:posts"] });
    assert_eq!(saved["query"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_faces_understand_the_same_question_alike() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let (start, end) = ("2026-11-20T00:00:00+01:00", "2026-11-20T23:59:59+01:00");
    let more = json!({ "limit": 1, "timezone": "Europe/Berlin" });
    let range = json!({ "start": start, "end": end });
    let asked = with(with(question(), more), json!({ "dateRange": range }));
    let mut rest = asked.clone();
    let moved = rest.as_object_mut().unwrap().remove("dateRange").unwrap();
    rest["date_range"] = moved;
    let by_graphql = app.answer(asked).await;
    let accepted = app.post("/v1/queries", rest).await.json();
    let id = &accepted["query_id"];
    app.ended(&json!({ "query": { "id": id }, "cursor": accepted["cursor"] })).await;
    let by_rest = app.get(&format!("/v1/storage/{}", id.as_str().unwrap())).await.json();
    for part in ["reading", "assumptions", "window", "timezone", "result", "funnel", "evidence"] {
        assert_eq!(by_rest[part], by_graphql[part], "{part}");
    }
    let window = json!({ "from": "2026-11-19T23:00:00Z", "to": "2026-11-20T23:00:00Z" });
    assert_eq!(by_rest["window"], window);
    assert_eq!(by_rest["evidence"].as_array().unwrap().len(), 1);
    let days = json!({ "from": "2026-11-20", "to": "2026-11-20" });
    assert_eq!(by_rest["result"]["date_range"], days);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_was_not_run_has_no_status() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let saved = app.ask(with(question(), json!({ "run": false }))).await;
    assert_eq!(saved["job"], Value::Null);
    assert_ne!(saved["cursor"], Value::Null);
    let id = saved["query"]["id"].as_str().unwrap();
    let shown = app.get(&format!("/v1/queries/{id}")).await.json();
    assert_eq!([&shown["status"], &shown["job_id"]], [&Value::Null; 2]);
    assert_eq!(app.counts().await, [1, 0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_problem_document() {
    let app = TestApp::start().await;
    let never = format!("/v1/queries/qry_{}", "0".repeat(26));
    for (method, path, status, code) in [
        (Method::GET, never.as_str(), 404, "QUERY_UNKNOWN"),
        (Method::GET, "/v1/queries/qry_1", 404, "QUERY_UNKNOWN"),
        (Method::GET, "/v1/queries/%ff", 400, "BAD_USER_INPUT"),
        (Method::GET, "/v1/storage/%ff", 400, "BAD_USER_INPUT"),
        (Method::GET, "/v1/datasets/none", 404, "DATASET_UNKNOWN"),
        (Method::GET, "/v2/queries", 404, "NOT_FOUND"),
        (Method::GET, "/v1/queries/", 404, "NOT_FOUND"),
        (Method::DELETE, never.as_str(), 405, "METHOD_NOT_ALLOWED"),
        (Method::PUT, "/v1/queries", 405, "METHOD_NOT_ALLOWED"),
        (Method::POST, "/v1/storage/x", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let answer = Answer::of(app.authorized(method.clone(), path)).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{method} {path}");
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(problem[member].is_string(), "{method} {path}: {problem:#}");
        }
        assert!(answer.header("x-request-id").starts_with("req_"));
        assert!(status != 405 || !answer.header("allow").is_empty(), "{method} {path}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(Answer::of(app.request(Method::GET, path)).await.status, StatusCode::OK);
    }
}

const DELETE: &str = "mutation ($id: ID!) { deleteQuery(input: { queryId: $id }) {
    query { id deletedAt schedule { cron } } userErrors { code message path } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_query_is_gone_with_its_schedule_and_what_it_made_stays() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = app.ask(question()).await;
    let ended = app.ended(&asked).await;
    let app = app.restart(without_worker()).await;
    let id = &asked["query"]["id"];
    let schedule = "mutation ($id: ID!) { scheduleQuery(input: { queryId: $id,
        schedule: { interval: DAILY } }) { userErrors { code } } }";
    app.graphql(schedule, json!({ "id": id })).await;
    let run = "mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } cursor
        userErrors { code } } }";
    let waiting = app.graphql(run, json!({ "id": id })).await["runQuery"].clone();

    let deleted = app.graphql(DELETE, json!({ "id": id })).await["deleteQuery"].clone();
    let now = "2026-11-23T17:30:00Z";
    let query = json!({ "id": id, "deletedAt": now, "schedule": null });
    assert_eq!(deleted, json!({ "query": query, "userErrors": [] }));
    for unknown in [id, &json!("qry_00000000000000000000000000")] {
        let again = app.graphql(DELETE, json!({ "id": unknown })).await["deleteQuery"].clone();
        assert_eq!(again["query"], Value::Null);
        let problem = &again["userErrors"][0];
        assert_eq!(
            [&problem["code"], &problem["path"]],
            [&json!("QUERY_NOT_FOUND"), &json!(["queryId"])]
        );
    }
    let refused = app.graphql(run, json!({ "id": id })).await;
    assert_eq!(refused["runQuery"]["userErrors"][0]["code"], "QUERY_NOT_FOUND");
    let all = app.graphql("{ queries(first: 9) { totalCount } }", json!({})).await;
    assert_eq!(all["queries"]["totalCount"], 0);
    let key = ended["storageKey"].as_str().unwrap();
    assert_eq!(app.get(&format!("/v1/storage/{key}")).await.status, 200, "its results stay");

    let app = app.restart(TestOptions::default()).await;
    app.running().idle().await.unwrap();
    let mut socket = app.socket().await;
    let replay = "subscription ($after: String!) { jobCompleted(after: $after) { jobId status
        query { id deletedAt } } }";
    socket.subscribe("all", replay, json!({ "after": asked["cursor"] })).await;
    for (job, status) in [(&asked["job"]["id"], "COMPLETED"), (&waiting["job"]["id"], "CANCELLED")]
    {
        let event = socket.next_event("all").await["payload"]["data"]["jobCompleted"].clone();
        let query = json!({ "id": id, "deletedAt": now });
        assert_eq!(event, json!({ "jobId": job, "status": status, "query": query }));
    }

    let log = app.get("/v1/events?types=query.deleted").await.json();
    let [event] = log["events"].as_array().unwrap().as_slice() else { panic!("{log}") };
    let payload = json!({ "event": "query.deleted", "id": event["id"], "seq": 2, "query_id": id,
        "timestamp": now });
    assert_eq!(event["payload"], payload);
    let log = app.get(&format!("/v1/events?query_id={}", id.as_str().unwrap())).await.json();
    let kinds = log["events"].as_array().unwrap().iter().map(|event| event["type"].clone());
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        ["job.completed", "query.deleted", "job.completed"],
        "the run that was called off ends after it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_runs_when_its_query_is_deleted_ends_at_once() {
    let mut feed = Receiver::answering(&[Reply::Hang]).await;
    let app = TestApp::with(TestOptions::reaching(&feed)).await;
    let sources = json!({ "sources": [format!("rss:{}", feed.url("/feed"))] });
    let asked = app.ask(with(question(), sources)).await;
    feed.next().await;
    app.graphql(DELETE, json!({ "id": asked["query"]["id"] })).await;
    assert_eq!(app.ended(&asked).await["status"], "CANCELLED");
}
