//! A language model reads prompts where the operator has one, over the OpenAI protocol: what it answers is
//! checked, what it took is told, and the grammar reads where it does not answer as it should.

use serde_json::{Value, json};

use crate::support::model::{completion, sent};
use crate::support::upstream::{Reply, Seen, Upstream};
use crate::support::{TestApp, TestOptions, question, with};

mod table;

const KEY: &str = "sk-hush-hush";
const PREVIEW: &str = "query ($input: PreviewQueryInput!) { previewQuery(input: $input) {
    reading assumptions problems userErrors { code path message } } }";

fn read_as(reading: &Value) -> Reply {
    completion(&json!({ "reading": reading, "refused": null, "assumptions": [] }).to_string())
}

/// A reading that the grammar does not make of "How many times was Acme mentioned?".
fn of_works() -> Value {
    json!({ "intent": "count", "terms": ["Acme"], "exclude": ["works"], "sources": null,
            "window": { "last": "30d" }, "group_by": [], "metrics": ["mentions"], "limit": null })
}

fn settings(model: &Upstream) -> TestOptions {
    let mut options = TestOptions::default();
    options.settings.insert("LLM_BASE_URL", model.url("/v1"));
    options.settings.insert("LLM_MODEL", "small".to_owned());
    options.settings.insert("LLM_API_KEY", KEY.to_owned());
    options
}

/// A service whose model answers with one reading, whatever it is asked.
async fn service(reading: Value) -> (TestApp, Upstream) {
    let model = Upstream::start(move |_| read_as(&reading)).await;
    let app = TestApp::with_posts(settings(&model)).await;
    (app, model)
}

/// Long after the model was asked the last time.
async fn preview(app: &TestApp, prompt: &str) -> Value {
    app.clock.advance(10 * 60_000);
    preview_at_once(app, prompt).await
}

async fn preview_at_once(app: &TestApp, prompt: &str) -> Value {
    let input = with(question(), json!({ "prompt": prompt }));
    let shown = app.graphql(PREVIEW, json!({ "input": input })).await["previewQuery"].clone();
    assert_eq!(shown["userErrors"], json!([]), "{shown:#}");
    shown
}

fn tokens(prompt: u64, completion: u64) -> Value {
    json!({ "prompt_tokens": prompt, "completion_tokens": completion })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_reads_once_and_its_runs_go_by_that() {
    let (app, model) = service(of_works()).await;
    let asked = app.ask(question()).await;
    let ended = app.ended(&asked).await;
    let key = ended["storageKey"].as_str().unwrap();
    let result = app.get(&format!("/v1/storage/{key}")).await.json();
    assert_eq!(result["reading"], of_works());
    assert_eq!(result["result"]["total_mentions"], 1, "one of the two is left out");
    let reader =
        json!({ "kind": "model", "version": "1", "model": "small", "usage": tokens(700, 30) });
    assert_eq!(result["reader"], reader);
    let said = "posts with these words are left out, as the model has it: works";
    assert!(result["assumptions"].as_array().unwrap().contains(&json!(said)), "{result:#}");

    let seen = model.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].path, "/v1/chat/completions");
    assert_eq!(seen[0].headers["authorization"], format!("Bearer {KEY}"));
    let request = sent(&seen[0]);
    assert_eq!((&request["model"], &request["temperature"]), (&json!("small"), &json!(0)));
    let form = &request["response_format"]["json_schema"];
    assert_eq!(form["schema"]["properties"]["reading"]["anyOf"][1]["type"], "null", "{form:#}");
    let told: Value =
        serde_json::from_str(request["messages"][1]["content"].as_str().unwrap()).unwrap();
    assert_eq!(told["question"], question()["prompt"]);
    assert_eq!(told["sources_of_the_request"], json!(["dataset:posts"]));

    // A run reads nothing anew.
    let run = "mutation ($id: ID!) { runQuery(input: {queryId: $id}) { job { id query { id } } cursor } }";
    let again = app.graphql(run, json!({ "id": asked["query"]["id"] })).await["runQuery"].clone();
    let payload = json!({ "query": again["job"]["query"], "cursor": again["cursor"] });
    assert_eq!(app.ended(&payload).await["status"], "COMPLETED");
    assert_eq!(model.seen().len(), 1);
    // Nor does the same question, whoever previews it or asks it again, for as long as somebody may look at it.
    let prompt = question()["prompt"].as_str().unwrap().to_owned();
    assert_eq!(preview_at_once(&app, &prompt).await["reading"], of_works());
    let twice = app.ask(question()).await;
    assert_eq!(app.ended(&twice).await["status"], "COMPLETED");
    let change =
        "mutation ($id: ID!) { updateQuery(input: { queryId: $id, sources: [\"dataset:posts\"] }) {
        query { reading } userErrors { code } } }";
    let changed = app.graphql(change, json!({ "id": twice["query"]["id"] })).await;
    assert_eq!(changed["updateQuery"]["query"]["reading"], of_works(), "{changed:#}");
    assert_eq!(model.seen().len(), 1);
    let metrics = app.get("/metrics").await;
    let metrics = std::str::from_utf8(&metrics.bytes).unwrap();
    for line in [
        "bytestack_llm_readings_total{outcome=\"read\"} 1",
        "bytestack_llm_readings_total{outcome=\"fell_back\"} 0",
        "bytestack_llm_tokens_total{kind=\"prompt\"} 700",
        "bytestack_llm_tokens_total{kind=\"completion\"} 30",
    ] {
        assert!(metrics.lines().any(|is| is == line), "{line} in {metrics}");
    }

    // Another prompt, or the same one later, is read.
    preview_at_once(&app, "How often was Acme mentioned?").await;
    assert_eq!(model.seen().len(), 2);
    preview(&app, &prompt).await;
    assert_eq!(model.seen().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_pass_is_tried_again() {
    let (app, model) = service(of_works()).await;
    let later = || Reply::status(429, &[("retry-after", "0")], "{}");
    let faults = [later(), Reply::status(503, &[], "busy"), Reply::CutOff("{".to_owned())];
    model.script(faults.map(Some));
    let shown = preview(&app, "How many times was Acme mentioned?").await;
    assert_eq!(shown["reading"], of_works());
    assert_eq!(model.seen().len(), 4);
    model.script([later(), later(), later(), later()].map(Some));
    let shown = preview(&app, "How many times was Acme mentioned?").await;
    assert_eq!(shown["reading"]["window"], Value::Null, "the grammar's");
    assert!(shown["assumptions"].to_string().contains("it answered 429"), "{shown:#}");
    assert_eq!(model.seen().len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_asked_in_the_way_it_takes() {
    let only_plain = |seen: &Seen| {
        let body = sent(seen);
        let is_plain = body["response_format"]["type"] == "json_object";
        let error = r#"{"error": {"message": "unknown response_format"}}"#;
        if is_plain { read_as(&of_works()) } else { Reply::status(400, &[], error) }
    };
    let model = Upstream::start(only_plain).await;
    let app = TestApp::with_posts(settings(&model)).await;
    for requests in [3, 4] {
        assert_eq!(preview(&app, "Acme?").await["reading"], of_works());
        assert_eq!(model.seen().len(), requests, "the way is remembered");
    }
    let told = sent(model.seen().last().unwrap());
    let last = told["messages"].as_array().unwrap().last().unwrap();
    assert!(last["content"].as_str().unwrap().contains("JSON Schema"), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_told_what_is_wrong_and_may_mend_it() {
    let (app, model) = service(of_works()).await;
    let globex = with(of_works(), json!({ "terms": ["Globex"] }));
    let nowhere = with(of_works(), json!({ "sources": ["dataset:none"] }));
    let never = with(of_works(), json!({ "window": { "last": "7 days" } }));
    for (wrong, says) in [
        (read_as(&globex), "does not name “Globex”"),
        (read_as(&nowhere), "no dataset named `none`"),
        (read_as(&never), "no length of time"),
        (completion("Acme was mentioned twice."), "expected"),
        (read_as(&with(of_works(), json!({ "intent": "divine" }))), "divine"),
    ] {
        model.script([Some(wrong)]);
        assert_eq!(preview(&app, "How often is Acme mentioned?").await["reading"], of_works());
        let asked = sent(model.seen().last().unwrap());
        let messages = asked["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 4);
        let told = messages[3]["content"].as_str().unwrap();
        assert!(told.contains(says), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_leaves_the_prompt_to_the_grammar() {
    let (app, model) = service(of_works()).await;
    let by_grammar = {
        let plain = TestApp::with_posts(TestOptions::default()).await;
        preview(&plain, "How many times was Acme mentioned?").await
    };
    let twice = |reply: Reply| vec![Some(reply.clone()), Some(reply)];
    let globex = with(of_works(), json!({ "terms": ["Globex"] }));
    let refused = json!({ "reading": null, "refused": "asks for too much", "assumptions": [] });
    for (replies, says, took) in [
        (twice(read_as(&globex)), "does not name “Globex”", tokens(1400, 60)),
        (twice(completion("{}")), "cannot be used", tokens(1400, 60)),
        (vec![Some(completion(""))], "its answer is empty", tokens(700, 30)),
        (vec![Some(completion(&refused.to_string()))], "it asks for too much", tokens(700, 30)),
        (vec![Some(Reply::status(401, &[], "no such key"))], "401: no such key", tokens(0, 0)),
        (vec![Some(Reply::html("Welcome"))], "something else than a completion", tokens(0, 0)),
        (vec![Some(Reply::status(302, &[("location", "/x")], ""))], "302", tokens(0, 0)),
    ] {
        let before = model.seen().len();
        let wanted = before + replies.len();
        model.script(replies);
        let result = app.answer(question()).await;
        assert_eq!(model.seen().len(), wanted, "{says}");
        assert_eq!(result["reading"], by_grammar["reading"], "{says}");
        let version = bytestack::analysis::reading::VERSION;
        let reader =
            json!({ "kind": "builtin", "version": version, "model": "small", "usage": took });
        assert_eq!(result["reader"], reader, "{says}");
        let said = result["assumptions"].as_array().unwrap();
        let said = said.iter().find(|said| said.to_string().contains("built-in grammar")).unwrap();
        assert!(said.as_str().unwrap().contains(says), "{said}");
        assert!(!result.to_string().contains(KEY), "{result:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_neither_reads_is_refused_in_the_models_words() {
    let (app, model) = service(of_works()).await;
    let why = "asks what will be; ask how often rain was mentioned";
    let refused = json!({ "reading": null, "refused": why, "assumptions": [] });
    model.script([Some(completion(&refused.to_string()))]);
    let shown = preview(&app, "Will it rain tomorrow?").await;
    assert_eq!(shown["reading"]["intent"], "unsupported");
    assert_eq!([&shown["reading"]["reason"], &shown["problems"][0]], [&json!(why), &json!(why)]);

    // A prompt that is changed is read anew, a given reading by nobody.
    let id = app.ask(with(question(), json!({ "run": false }))).await["query"]["id"].clone();
    let update =
        "mutation ($input: UpdateQueryInput!) { updateQuery(input: $input) { query { reading } } }";
    let before = model.seen().len();
    let given = json!({ "intent": "count", "terms": ["Zeta"], "sources": null, "window": null, "limit": null });
    for (change, asked) in [
        (json!({ "name": "mine" }), before),
        (json!({ "prompt": "Acme, then?" }), before + 1),
        (json!({ "reading": given }), before + 1),
    ] {
        let input = with(json!({ "queryId": id }), change.clone());
        let changed = app.graphql(update, json!({ "input": input })).await["updateQuery"].clone();
        let is_given = change["reading"].is_object();
        let terms = if is_given { json!(["Zeta"]) } else { json!(["Acme"]) };
        assert_eq!(changed["query"]["reading"]["terms"], terms);
        assert_eq!(model.seen().len(), asked, "{change}");
    }
}
