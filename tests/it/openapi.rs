//! The description of the REST routes says what the running server does: which routes there are, and
//! of every answer its status, media type, headers, codes and each of its fields.

mod cases;
mod description;

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions, question, with};
use crate::tenants::tables::{ROUTES, routes};
use cases::{Things, cases};
use description::Description;

/// Described, but nothing deletes a query yet. What a broken service answers is not tried here either.
const NEVER_SEEN: &[(&str, &str)] = &[("POST /v1/queries", "404")];

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_everybody_and_well_formed() {
    let app = TestApp::start().await;
    let answer = crate::support::Answer::of(app.request(Method::GET, "/v1/openapi.json")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let description = Description(answer.json());
    assert!(description.0["openapi"].as_str().unwrap().starts_with("3.1."));
    let ids: Vec<&str> = description.operations().map(|found| found.id).collect();
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "a name is used twice: {ids:?}"
    );
    for (name, schema) in description.0["components"]["schemas"].as_object().unwrap() {
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        description.strict(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_the_routes_of_the_router_and_no_others() {
    let app = TestApp::start().await;
    let description = Description::of(&app).await;
    let named = |route: &str| description.0["paths"][route].clone();
    let described: BTreeSet<&str> = description.operations().map(|found| found.route).collect();
    let served = routes().into_iter().filter(|route| route.starts_with("/v1/"));
    assert_eq!(described, served.collect());
    for route in described {
        let path = route.replace(['{', '}'], "");
        for method in ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let request = app.authorized(method.parse().unwrap(), &path);
            let is_served = request.send().await.unwrap().status() != 405;
            let is_described = named(route).get(method.to_lowercase()).is_some();
            assert_eq!(is_described, is_served, "{method} {route}");
        }
        // Every GET is answered as HEAD too; it is described where it is promised.
        let is_promised = ROUTES.iter().any(|row| row.0 == "HEAD" && row.1 == route);
        assert_eq!(named(route).get("head").is_some(), is_promised, "HEAD {route}");
    }
    let open = description.operations().filter(description::Operation::is_open);
    let open: BTreeSet<String> =
        open.map(|found| format!("{} {}", found.method, found.route)).collect();
    let session = ["DELETE", "GET", "POST"].map(|method| format!("{method} /v1/session"));
    let expected = session
        .into_iter()
        .chain(["download/{token}", "openapi.json"].map(|route| format!("GET /v1/{route}")))
        .collect();
    assert_eq!(open, expected, "all others need a key or a session");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_described() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let description = Description::of(&app).await;
    let things = Things::of(&app).await;
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    for case in cases(&things) {
        let answer = case.answer(&app, &things).await;
        let what = format!("{} of {}", case.route, case.path);
        assert_eq!(answer.status.as_u16(), case.status, "{what}");
        if let Err(fault) = description.check(&case.route, &answer) {
            faults.push(format!("{what}: {fault}"));
        }
        if !case.code.is_empty() {
            assert_eq!(answer.json()["code"], case.code, "{what}");
        }
        seen.insert((case.route.clone(), case.status.to_string()));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    let mut unseen = description.statuses();
    unseen.retain(|found| !seen.contains(found) && !["500", "503"].contains(&found.1.as_str()));
    let never = NEVER_SEEN.iter().map(|(route, status)| ((*route).into(), (*status).into()));
    assert_eq!(unseen, never.collect(), "described, and no case brings it about");
    app.running().idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_says_something_else_is_caught() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let description = Description::of(&app).await;
    let [found, missing] = ["posts", "never"].map(|name| format!("/v1/datasets/{name}"));
    let (found, missing) = (app.get(&found).await, app.get(&missing).await);
    let answers = "/paths/~1v1~1datasets~1{name}/get/responses";
    let set = "/components/schemas/Dataset";
    let code = format!("{answers}/404/content/application~1problem+json/schema/allOf/1/properties");
    let other = json!({ "enum": ["NOT_FOUND"] });
    for (answer, place, name, value, complaint) in [
        (&found, format!("{set}/properties"), "sha256", None, "('sha256' was unexpected)"),
        (
            &found,
            format!("{set}/properties"),
            "version",
            Some(json!({ "type": "string" })),
            "`/version`",
        ),
        (&found, set.to_owned(), "required", Some(json!(["owner"])), "\"owner\" is a required"),
        (&found, answers.to_owned(), "200", None, "the status 200 is not described"),
        (
            &found,
            format!("{answers}/200"),
            "headers",
            Some(json!({ "ETag": {} })),
            "no header ETag",
        ),
        (&found, format!("{answers}/200/content"), "application/json", None, "is not described"),
        (&found, format!("{answers}/200"), "content", None, "200 has a body"),
        (
            &missing,
            format!("{answers}/404/content"),
            "application/problem+json",
            None,
            "problem+json",
        ),
        (&missing, code, "code", Some(other), "`/code`"),
    ] {
        let mut changed = Description(description.0.clone());
        let members = changed.0.pointer_mut(&place).and_then(Value::as_object_mut);
        let members = members.unwrap_or_else(|| panic!("there is no {place}"));
        match value {
            Some(value) => members.insert(name.to_owned(), value),
            None => Some(members.remove(name).unwrap()),
        };
        let fault = changed.check("GET /v1/datasets/{name}", answer).unwrap_err();
        assert!(fault.contains(complaint), "{place} {name}: {fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_questions_it_describes_are_those_that_are_read() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let description = Description::of(&app).await;
    let body = &description.0["paths"]["/v1/queries"]["post"]["requestBody"]["content"];
    let validator = description.validator(&body["application/json"]["schema"]).unwrap();
    let days = json!({ "start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00+01:00" });
    let (long, many) = ("?".repeat(4001), vec!["hackernews"; 51]);
    for more in [
        json!({}),
        json!({ "date_range": days, "limit": 1000, "name": "n", "timezone": "Europe/Berlin" }),
        json!({ "sources": null, "date_range": null, "limit": null, "name": null }),
        json!({ "timezone": null, "schedule": null, "webhook_url": null }),
        json!({ "schedule": "daily" }),
        json!({ "schedule": { "type": "cron", "expression": "0 8 * * *" } }),
        json!({ "schedule": { "type": "daily" } }),
        json!({ "schedule": { "expression": "0 8 * * *" } }),
        json!({ "schedule": { "type": "daily", "more": 1 } }),
        json!({ "schedule": 8 }),
        json!({ "prompt": "" }),
        json!({ "prompt": null }),
        json!({ "prompt": long }),
        json!({ "sources": many }),
        json!({ "sources": "hackernews" }),
        json!({ "limit": 0 }),
        json!({ "limit": 1001 }),
        json!({ "limit": 1.5 }),
        json!({ "name": "" }),
        json!({ "name": "n".repeat(201) }),
        json!({ "date_range": with(days.clone(), json!({ "start": "yesterday" })) }),
        json!({ "date_range": with(days.clone(), json!({ "zone": "UTC" })) }),
        json!({ "date_range": { "start": "2026-11-01T00:00:00Z" } }),
        json!({ "dateRange": days }),
    ] {
        let asked = with(question(), more);
        let answer = app.post("/v1/queries", asked.clone()).await;
        let is_read = answer.status.is_success();
        assert!(is_read || answer.status == StatusCode::BAD_REQUEST, "{asked}");
        assert_eq!(validator.is_valid(&asked), is_read, "{asked}: {:#}", answer.json());
    }
    app.running().idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bounds_of_parameters_are_the_servers() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    // A log with an event answers at once, however long it may wait.
    app.ended(&app.ask(question()).await).await;
    let description = Description::of(&app).await;
    let mut tried = Vec::new();
    for route in ["/v1/events", "/v1/datasets", "/v1/storage"] {
        let parameters = description.0["paths"][route]["get"]["parameters"].as_array().unwrap();
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap();
            let bound = |which: &str| parameter["schema"][which].as_i64();
            for (edge, beyond) in [(bound("minimum"), -1), (bound("maximum"), 1)] {
                let Some(edge) = edge else { continue };
                let status = async |value: i64| {
                    app.get(&format!("{route}?{name}={value}")).await.status.as_u16()
                };
                assert_eq!(status(edge).await, 200, "{route}: {name}={edge}");
                assert_eq!(status(edge + beyond).await, 400, "{route}: {name}={}", edge + beyond);
                tried.push(format!("{name} {beyond}"));
            }
        }
    }
    assert_eq!(
        tried,
        ["wait -1", "wait 1", "limit -1", "limit 1", "limit -1", "limit 1", "limit -1", "limit 1"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parameters_of_an_upload_are_those_that_are_taken() {
    let app = TestApp::start().await;
    let description = Description::of(&app).await;
    let upload = &description.0["paths"]["/v1/datasets/{name}"]["put"];
    let is_in_query = |parameter: &&Value| parameter["in"] == "query";
    let parameters = upload["parameters"].as_array().unwrap().iter().filter(is_in_query);
    let mut count = 0;
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap();
        let known = parameter["schema"]["enum"].as_array();
        let column = json!(if name == "timezone" { "Europe/Berlin" } else { "text" });
        for value in known.unwrap_or(&vec![column]) {
            let value = value.as_str().unwrap();
            let body = if value.contains("json") { "{\"text\":\"Acme\"}" } else { "text\nAcme\n" };
            let path = format!("{}?text=text&{name}={value}", name.replace('_', "-"));
            let path = path.replacen("text=text&text=", "text=", 1);
            let answer = app.upload(&path, "text/plain", body).await;
            let code = answer.json()["code"].to_string();
            assert!(!code.contains("PARAMETER"), "{path}: {code}");
            count += 1;
        }
    }
    assert_eq!(count, 14 + 2 + 3 + 1 + 3);
}
