//! Who changed what and when: an entry for each change, from whichever face, in the change's own commit.

use std::collections::BTreeSet;

use bytestack::model::api_key::Scope;
use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::rows::Rows;
use crate::support::s3::{BUCKET, KEY_ID, Profile, REGION, S3Double, SECRET};
use crate::support::schema::root_fields;
use crate::support::{Answer, TestApp, TestOptions, question, with, without_worker};

const LOG: &str =
    "query ($filter: AuditFilter) { auditLog(first: 100, filter: $filter) { totalCount nodes {
    id at apiKey { id name } operation objectId detail } } }";

async fn log(app: &TestApp, filter: Value) -> Vec<Value> {
    let found = app.graphql(LOG, json!({ "filter": filter })).await["auditLog"].clone();
    let entries = found["nodes"].as_array().unwrap().clone();
    assert_eq!(found["totalCount"], entries.len());
    entries
}

/// Executes one mutation by its input; it must not be refused.
async fn mutate(app: &TestApp, field: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let kind = match field {
        "deleteQuery" | "pauseQuery" | "resumeQuery" | "unscheduleQuery" => "QueryIdInput",
        "resumeBucket" | "disconnectBucket" => "BucketNameInput",
        "testWebhookEndpoint" | "deleteWebhookEndpoint" => "WebhookEndpointIdInput",
        _ => kind.as_str(),
    };
    let shown = match field {
        "createQuery" => "query { id } job { id }",
        "runQuery" | "retryJob" | "cancelJob" => "job { id }",
        "backfillQuery" => "runs",
        "createApiKey" | "revokeApiKey" => "apiKey { id }",
        "createDownloadLink" | "revokeDownloadLink" => "downloadLink { id }",
        "pinChart" | "unpinChart" => "pin { id }",
        "deleteDataset" => "dataset { id }",
        "deleteStorageObjects" => "storageObjectIds",
        "updateWorkspace" => "workspace { id }",
        "setRetentionPolicy" => "retention { resultDays }",
        "connectBucket" | "resumeBucket" => "bucket { name }",
        "disconnectBucket" => "disconnected",
        "backfillBucket" => "queued",
        "createWebhookEndpoint"
        | "updateWebhookEndpoint"
        | "deleteWebhookEndpoint"
        | "rotateWebhookSecret" => "webhookEndpoint { id }",
        "testWebhookEndpoint" | "redeliver" => "delivery { id }",
        "rotateSigningSecret" => "secret",
        "recoverDeliveries" => "recovered",
        _ => "query { id }",
    };
    let text = format!(
        "mutation ($input: {kind}!) {{ {field}(input: $input) {{ {shown} userErrors {{ code message }} }} }}"
    );
    let payload = app.graphql(&text, json!({ "input": input })).await[field].clone();
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    payload
}

fn mutations() -> BTreeSet<String> {
    let mutations = root_fields().filter(|(root, _)| root == "Mutation");
    mutations.map(|(_, field)| field).collect()
}

/// What is made first, so that each mutation has something to change.
struct Begun {
    app: TestApp,
    query: Value,
    ended: Value,
    /// The id of the ended job's result.
    object: Value,
    spare: Value,
    /// A webhook endpoint that is disabled, and what was skipped for it.
    endpoint: Value,
    skipped: Value,
    link: Value,
    pin: Value,
}

async fn begun() -> Begun {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let endpoint = json!({ "url": "https://example.com/end", "events": ["job.completed"] });
    let (endpoint, _) = app.register(endpoint).await;
    let disable = json!({ "webhookEndpointId": endpoint, "state": "DISABLED" });
    mutate(&app, "updateWebhookEndpoint", disable).await;
    let asked = app.ask(question()).await;
    app.ended(&asked).await;
    let skipped = app.graphql("{ deliveries(first: 1) { nodes { id } } }", json!({})).await;
    let skipped = skipped["deliveries"]["nodes"][0]["id"].clone();
    let clock = app.clock.clone();
    // From here on nothing runs, so that a job can be called off while it waits.
    let mut options = TestOptions { clock, ..without_worker() };
    options.settings.insert("ALLOW_PRIVATE", "127.0.0.0/8".to_owned());
    let app = app.restart(options).await;
    let spare = mutate(&app, "createApiKey", json!({ "name": "spare", "scope": "READ" })).await;
    let (query, ended) = (asked["query"]["id"].clone(), asked["job"]["id"].clone());
    let object = json!(ended.as_str().unwrap().replace("job_", "obj_"));
    let spare = spare["apiKey"]["id"].clone();
    let link = mutate(&app, "createDownloadLink", json!({ "storageKey": ended })).await;
    let link = link["downloadLink"]["id"].clone();
    let pin = mutate(&app, "pinChart", json!({ "queryId": query, "chart": "TREND" })).await;
    let pin = pin["pin"]["id"].clone();
    Begun { app, query, ended, object, spare, endpoint, skipped, link, pin }
}

/// The key of the test, as entries show it.
async fn own_key(app: &TestApp) -> Value {
    let keys = app.graphql("{ apiKeys(first: 9) { nodes { id last4 } } }", json!({})).await;
    let mut keys = keys["apiKeys"]["nodes"].as_array().unwrap().iter();
    let own = keys.find(|key| app.key.ends_with(key["last4"].as_str().unwrap())).unwrap();
    json!({ "id": own["id"], "name": "test" })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_leaves_one_entry_of_its_own() {
    let Begun { app, query, ended, object, spare, endpoint, skipped, link, pin } = begun().await;
    let own = &own_key(&app).await;
    let waiting = mutate(&app, "runQuery", json!({ "queryId": query })).await["job"]["id"].clone();
    let workspace = json!(app.workspace.to_string());
    let (made, of_query) = (json!(null), json!({ "queryId": query }));
    let daily = json!({ "queryId": query, "schedule": { "interval": "DAILY" } });
    let range = json!({ "from": "2026-11-01T00:00:00Z", "to": "2026-11-02T12:00:00Z" });
    let of_endpoint = json!({ "webhookEndpointId": endpoint });
    let enable = json!({ "state": "ENABLED", "force": true });
    let since = json!({ "since": "2026-11-01T00:00:00Z" });
    let store = S3Double::start(Profile::Aws).await;
    let bucket = json!({ "endpoint": store.endpoint(), "name": BUCKET, "region": REGION,
        "accessKeyId": KEY_ID, "secretAccessKey": SECRET });
    let steps = [
        ("createQuery", with(question(), json!({ "run": false })), &made),
        ("updateQuery", with(of_query.clone(), json!({ "name": "n", "limit": 3 })), &query),
        ("runQuery", of_query.clone(), &query),
        ("retryJob", json!({ "jobId": ended }), &ended),
        ("cancelJob", json!({ "jobId": waiting }), &waiting),
        ("scheduleQuery", daily, &query),
        ("pauseQuery", of_query.clone(), &query),
        ("resumeQuery", of_query.clone(), &query),
        ("backfillQuery", with(of_query.clone(), range), &query),
        ("unscheduleQuery", of_query.clone(), &query),
        ("createDownloadLink", json!({ "storageKey": ended }), &made),
        ("revokeDownloadLink", json!({ "downloadLinkId": link }), &link),
        ("pinChart", with(of_query.clone(), json!({ "chart": "SHARE_OF_VOICE" })), &made),
        ("unpinChart", json!({ "pinId": pin }), &pin),
        (
            "createWebhookEndpoint",
            json!({ "url": "https://example.com/", "events": ["query.deleted"] }),
            &made,
        ),
        ("updateWebhookEndpoint", with(of_endpoint.clone(), enable), &endpoint),
        ("rotateWebhookSecret", of_endpoint.clone(), &endpoint),
        ("rotateSigningSecret", json!({ "overlapHours": 2 }), &workspace),
        ("testWebhookEndpoint", of_endpoint.clone(), &endpoint),
        ("redeliver", json!({ "deliveryId": skipped }), &skipped),
        ("recoverDeliveries", with(of_endpoint.clone(), since), &endpoint),
        ("deleteWebhookEndpoint", of_endpoint.clone(), &endpoint),
        ("deleteStorageObjects", json!({ "keys": [ended] }), &object),
        ("deleteQuery", of_query.clone(), &query),
        ("deleteDataset", json!({ "name": "posts" }), &made),
        ("setRetentionPolicy", json!({ "resultDays": 9_000 }), &workspace),
        ("updateWorkspace", json!({ "timezone": "Asia/Tokyo" }), &workspace),
        ("connectBucket", bucket, &workspace),
        ("resumeBucket", json!({ "name": BUCKET }), &workspace),
        ("backfillBucket", json!({ "name": BUCKET }), &workspace),
        ("disconnectBucket", json!({ "name": BUCKET }), &workspace),
        ("createApiKey", json!({ "name": "another", "scope": "WRITE" }), &made),
        ("revokeApiKey", json!({ "apiKeyId": spare }), &spare),
    ];
    let mut left = mutations();
    for (field, input, object) in steps {
        assert!(left.remove(field), "{field} is no mutation");
        let before = log(&app, json!({})).await.len();
        app.clock.advance(1_000);
        let payload = mutate(&app, field, input).await;
        let entries = log(&app, json!({})).await;
        assert_eq!(entries.len(), before + 1, "{field}");
        let entry = &entries[0];
        assert_eq!([&entry["operation"], &entry["apiKey"]], [&json!(field), own], "{entry:#}");
        assert_eq!(entry["at"], json!(app.clock.clock().now().format("%FT%TZ").to_string()));
        let shown = payload.as_object().unwrap().values().next().unwrap();
        let object = if object.is_null() { &shown["id"] } else { object };
        assert_eq!(&entry["objectId"], object, "{field}: {payload:#}");
    }
    assert_eq!(left, BTreeSet::new(), "a mutation is not tried here");
    details_tell_what_was_given(&app).await;
    app.stop().await;
}

async fn details_tell_what_was_given(app: &TestApp) {
    let detail = |operation| {
        let filter = json!({ "operations": [operation] });
        async { log(app, filter).await[0]["detail"].clone() }
    };
    assert_eq!(detail("updateQuery").await, json!({ "changed": ["limit", "name"] }));
    assert_eq!(detail("deleteQuery").await, json!(null));
    let key = json!({ "name": "another", "scope": "write", "expiresAt": null });
    assert_eq!(detail("createApiKey").await, key);
    assert_eq!(detail("pinChart").await["chart"], "share_of_voice");
    assert_eq!(detail("unpinChart").await["chart"], "trend");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_nothing_leaves_no_entry() {
    let Begun { app, query, .. } = begun().await;
    let keyed = json!({ "queryId": query, "idempotencyKey": "k" });
    let keyed_question = with(question(), json!({ "idempotencyKey": "k", "run": false }));
    mutate(&app, "runQuery", keyed.clone()).await;
    mutate(&app, "createQuery", keyed_question.clone()).await;
    let before = log(&app, json!({})).await;
    mutate(&app, "runQuery", keyed).await;
    mutate(&app, "createQuery", keyed_question).await;
    mutate(&app, "pinChart", json!({ "queryId": query, "chart": "TREND" })).await;
    for text in [
        "mutation { pinChart(input: { queryId: \"qry_1\", chart: TREND }) { userErrors { code } } }",
        "mutation { unpinChart(input: { pinId: \"pin_00000000000000000000000000\" }) { userErrors { code } } }",
        "mutation { deleteQuery(input: { queryId: \"qry_00000000000000000000000000\" }) { userErrors { code } } }",
        "mutation { deleteDataset(input: { name: \"never\" }) { userErrors { code } } }",
        "mutation { deleteStorageObjects(input: { filter: {} }) { userErrors { code } } }",
        "mutation { createApiKey(input: { name: \"\", scope: READ }) { userErrors { code } } }",
        "mutation { updateWorkspace(input: { timezone: \"Mars\" }) { userErrors { code } } }",
        "mutation { setRetentionPolicy(input: { eventDays: 0 }) { userErrors { code } } }",
        "mutation { createQuery(input: { prompt: \"\" }) { userErrors { code } } }",
    ] {
        let answer = app.graphql(text, json!({})).await;
        let payload = answer.as_object().unwrap().values().next().unwrap();
        assert_ne!(payload["userErrors"], json!([]), "{text}");
    }
    let reader = app.key(app.workspace, Scope::Read).await;
    let made = log(&app, json!({})).await;
    let refused =
        "mutation ($id: ID!) { deleteQuery(input: { queryId: $id }) { userErrors { code } } }";
    let answer = app.try_graphql(&reader, refused, json!({ "id": query })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(log(&app, json!({})).await, made);
    assert_eq!(made.len(), before.len() + 1, "but for the reader's key");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_without_its_entry_is_not_made() {
    let Begun { app, query, ended, spare, endpoint, skipped, pin, .. } = begun().await;
    let waiting = mutate(&app, "runQuery", json!({ "queryId": query })).await["job"]["id"].clone();
    let rows = Rows::at(&app.database_url()).await;
    let counts = "SELECT (SELECT count(*) FROM query WHERE deleted_at IS NULL) || ' ' || \
         (SELECT count(*) FROM job) || ' ' || (SELECT count(*) FROM task) || ' ' || \
         (SELECT count(*) FROM api_key WHERE revoked_at IS NULL) || ' ' || \
         (SELECT count(*) FROM dataset WHERE deleted_at IS NULL) || ' ' || \
         (SELECT count(*) FROM workspace WHERE timezone = 'UTC') || ' ' || \
         (SELECT count(*) FROM schedule) || ' ' || (SELECT count(*) FROM webhook_endpoint) || ' ' || \
         (SELECT count(*) FROM webhook_secret WHERE previous_secret IS NULL) || ' ' || \
         (SELECT count(*) FROM workspace WHERE previous_signing_secret IS NULL) || ' ' || \
         (SELECT count(*) FROM webhook_endpoint WHERE ordered OR state = 'disabled') || ' ' || \
         (SELECT count(*) FROM delivery WHERE status = 'skipped') || ' ' || \
         (SELECT count(*) FROM storage_object) || ' ' || (SELECT count(*) FROM retention) || ' ' || \
         (SELECT count(*) FROM pin)";
    let before = rows.text(counts).await;
    let (refuse, allow) = if rows.is_sqlite() {
        let raise = "BEGIN SELECT RAISE(ABORT, 'no room'); END";
        (
            format!("CREATE TRIGGER no_room BEFORE INSERT ON audit_entry {raise}"),
            "DROP TRIGGER no_room",
        )
    } else {
        let add = "ALTER TABLE audit_entry ADD CONSTRAINT no_room CHECK (FALSE) NOT VALID";
        (add.to_owned(), "ALTER TABLE audit_entry DROP CONSTRAINT no_room")
    };
    // So that what is skipped can be asked for.
    rows.execute("UPDATE delivery SET endpoint_id = NULL").await;
    rows.execute(&refuse).await;
    let changes = [
        format!("runQuery(input: {{queryId: {query}}})"),
        format!("pinChart(input: {{queryId: {query}, chart: FIGURES}})"),
        format!("unpinChart(input: {{pinId: {pin}}})"),
        format!("deleteQuery(input: {{queryId: {query}}})"),
        format!("updateQuery(input: {{queryId: {query}, name: \"n\"}})"),
        format!("scheduleQuery(input: {{queryId: {query}, schedule: {{interval: DAILY}}}})"),
        format!("retryJob(input: {{jobId: {ended}}})"),
        format!("cancelJob(input: {{jobId: {waiting}}})"),
        format!("revokeApiKey(input: {{apiKeyId: {spare}}})"),
        "createQuery(input: {prompt: \"How many times was Acme mentioned?\"})".to_owned(),
        "deleteDataset(input: {name: \"posts\"})".to_owned(),
        format!("deleteStorageObjects(input: {{keys: [{ended}]}})"),
        "updateWorkspace(input: {timezone: \"Asia/Tokyo\"})".to_owned(),
        "setRetentionPolicy(input: {resultDays: 9})".to_owned(),
        "createApiKey(input: {name: \"x\", scope: READ})".to_owned(),
        "createWebhookEndpoint(input: {url: \"https://a.example\", events: [\"job.completed\"]})"
            .to_owned(),
        format!("updateWebhookEndpoint(input: {{webhookEndpointId: {endpoint}, ordered: true}})"),
        format!("rotateWebhookSecret(input: {{webhookEndpointId: {endpoint}}})"),
        "rotateSigningSecret(input: {})".to_owned(),
        format!("testWebhookEndpoint(input: {{webhookEndpointId: {endpoint}}})"),
        format!("redeliver(input: {{deliveryId: {skipped}}})"),
        format!("deleteWebhookEndpoint(input: {{webhookEndpointId: {endpoint}}})"),
    ];
    for change in changes {
        let text = format!("mutation {{ {change} {{ userErrors {{ code }} }} }}");
        let answer = app.try_graphql(&app.key, &text, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{text}: {answer:#}");
        assert_eq!(rows.text(counts).await, before, "{text}");
    }
    rows.execute(allow).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_and_the_operator_are_in_it_too_and_old_entries_go() {
    let app = TestApp::with_posts(without_worker()).await;
    let asked = app.post("/v1/queries", question()).await.json();
    let entry = &log(&app, json!({ "operations": ["createQuery"] })).await[0];
    assert_eq!([&entry["objectId"], &entry["detail"]["jobId"]], [&asked["id"], &asked["job_id"]]);
    assert_eq!(entry["apiKey"]["name"], "test");
    let uploaded = &log(&app, json!({ "operations": ["uploadDataset"] })).await[0];
    assert_eq!(uploaded["detail"], json!({ "name": "posts", "documents": 3 }));
    let deleted = Answer::of(app.authorized(Method::DELETE, "/v1/datasets/posts")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert_eq!(log(&app, json!({ "operations": ["deleteDataset"] })).await.len(), 1);

    let domain = &app.running().domain;
    domain.set_workspace_share(app.workspace, 2, None).await.unwrap();
    let workspace = json!({ "objectId": app.workspace.to_string() });
    let of_workspace = log(&app, workspace).await;
    let operations: Vec<&Value> = of_workspace.iter().map(|entry| &entry["operation"]).collect();
    assert_eq!(operations, ["setWorkspaceShare", "createWorkspace"]);
    assert!(of_workspace.iter().all(|entry| entry["apiKey"].is_null()), "{of_workspace:#?}");
    let key = log(&app, json!({ "operations": ["createQuery"] })).await[0]["apiKey"]["id"].clone();
    let by_key = log(&app, json!({ "apiKeyId": key })).await;
    assert_eq!(by_key.len(), 3, "asked, uploaded, deleted: {by_key:#?}");

    let elsewhere = app.key(app.another_workspace().await, Scope::Admin).await;
    let theirs = app.try_graphql(&elsewhere, LOG, json!({})).await;
    let theirs = theirs["data"]["auditLog"]["nodes"].as_array().unwrap().clone();
    let operations: Vec<&Value> = theirs.iter().map(|entry| &entry["operation"]).collect();
    assert_eq!(operations, ["createApiKey", "createWorkspace"]);

    let kept = TimeDelta::days(30);
    let all = log(&app, json!({})).await.len() as u64;
    assert_eq!(domain.trim_audit_logs(kept).await.unwrap(), 0);
    app.clock.advance(TimeDelta::days(31).num_milliseconds());
    mutate(&app, "updateWorkspace", json!({ "name": "renamed" })).await;
    assert_eq!(domain.trim_audit_logs(kept).await.unwrap(), all + 2);
    assert_eq!(log(&app, json!({})).await.len(), 1);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_does_not_exist_is_refused() {
    let app = TestApp::with(without_worker()).await;
    let others = ["uploadDataset", "signIn", "signOut", "createWorkspace", "setWorkspaceShare"];
    let known: Vec<String> = others.map(str::to_owned).into_iter().chain(mutations()).collect();
    for operation in &known {
        log(&app, json!({ "operations": [operation] })).await;
    }
    for wrong in ["createQuerry", "CREATE_QUERY", "create_query", ""] {
        let filter = json!({ "operations": ["signIn", wrong] });
        let answer = app.try_graphql(&app.key, LOG, json!({ "filter": filter })).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("`{wrong}` is not an operation")), "{message}");
        for operation in &known {
            assert!(message.contains(operation), "{operation} is not in: {message}");
        }
        assert_eq!(answer["data"]["auditLog"], Value::Null, "{answer:#}");
    }
}
