//! Requests that bring about every status which the description has.

use std::collections::BTreeSet;

use bytestack::model::api_key::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, question, with};
use crate::tenants::tables::ROUTES;

const KEY: &str = "idempotency-key";
const COOKIE: &str = "bytestack_session=some";

/// What the requests speak of.
pub struct Things {
    query: String,
    waiting: String,
    failed: String,
    key: String,
    etag: String,
    reader: String,
    webhook: String,
    /// The tokens of a link that works and of one that was revoked.
    links: [String; 2],
}

impl Things {
    pub async fn of(app: &TestApp) -> Self {
        let ended = app.ended(&app.ask(question()).await).await;
        let [query, key] = ["queryId", "storageKey"].map(|name| text(&ended[name]));
        let etag = app.get(&format!("/v1/storage/{key}")).await.header("etag").to_owned();
        let scheduled = with(question(), json!({ "schedule": { "interval": "DAILY" } }));
        let waiting = text(&app.ask(scheduled).await["query"]["id"]);
        let nonsense = with(question(), json!({ "prompt": "Write a poem about Acme" }));
        let failed = app.ended(&app.ask(nonsense).await).await;
        assert_eq!(failed["status"], "FAILED");
        let failed = text(&failed["queryId"]);
        let request = app.authorized(Method::POST, "/v1/queries").header(KEY, "used");
        Answer::of(request.json(&question())).await;
        let reader = app.key(app.workspace, Scope::Read).await;
        let hook = |key: &str, path: &str| {
            let body = json!({ "url": format!("https://example.com/{path}"), "events": ["storage.deleted"] });
            let request = app.authorized(Method::POST, "/v1/webhooks").header(KEY, key);
            Answer::of(request.json(&body))
        };
        let webhook = text(&hook("hook", "used").await.json()["id"]);
        let gone = text(&hook("gone", "gone").await.json()["id"]);
        let path = format!("/v1/webhooks/{gone}");
        Answer::of(app.authorized(Method::DELETE, &path)).await;
        let links = [link(app, &key).await, link(app, &key).await];
        let revoke = "mutation ($id: ID!) { revokeDownloadLink(input: {downloadLinkId: $id}) {
            userErrors { code } } }";
        app.graphql(revoke, json!({ "id": links[1].0 })).await;
        let links = links.map(|(_, token)| token);
        Self { query, waiting, failed, key, etag, reader, webhook, links }
    }
}

/// A new link: its id and its token.
async fn link(app: &TestApp, key: &str) -> (Value, String) {
    let create = "mutation ($key: String!) { createDownloadLink(input: {storageKey: $key}) {
        downloadLink { id url } } }";
    let made = app.graphql(create, json!({ "key": key })).await["createDownloadLink"].clone();
    let url = text(&made["downloadLink"]["url"]);
    (made["downloadLink"]["id"].clone(), url.rsplit('/').next().unwrap().to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Who asks.
#[derive(Clone, Copy)]
enum By {
    Admin,
    Reader,
    Nobody,
}

/// A request and what it is answered with.
pub struct Case {
    /// As in the description.
    pub route: String,
    pub path: String,
    pub status: u16,
    /// Empty where the answer is no problem, or has no body.
    pub code: &'static str,
    by: By,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Case {
    fn new(
        route: impl Into<String>,
        path: impl Into<String>,
        status: u16,
        code: &'static str,
    ) -> Self {
        let (by, headers, body) = (By::Admin, Vec::new(), Vec::new());
        Self { route: route.into(), path: path.into(), status, code, by, headers, body }
    }

    fn by(self, by: By) -> Self {
        Self { by, ..self }
    }

    fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }

    fn sending(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub async fn answer(&self, app: &TestApp, things: &Things) -> Answer {
        let (method, _) = self.route.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let mut request = match self.by {
            By::Admin => app.authorized(method, &self.path),
            By::Reader => app.request(method, &self.path).bearer_auth(&things.reader),
            By::Nobody => app.request(method, &self.path),
        };
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Answer::of(request.body(self.body.clone())).await
    }
}

pub fn cases(things: &Things) -> Vec<Case> {
    let mut all = Vec::new();
    all.push(Case::new("GET /v1/openapi.json", "/v1/openapi.json", 200, "").by(By::Nobody));
    all.extend(asking());
    all.extend(queries(things));
    all.extend(events(things));
    all.extend(downloads(things));
    all.extend(many_results(things));
    all.extend(links(things));
    all.extend(deleting(things));
    all.extend(uploads());
    all.extend(datasets());
    all.extend(webhooks(things));
    all.extend(sessions());
    all.extend(cookies_from_elsewhere());
    all
}

fn webhooks(things: &Things) -> Vec<Case> {
    let case = |path: &str, more: Value, status, code| {
        let url = format!("https://example.com/{path}");
        let body = with(json!({ "url": url, "events": ["storage.deleted"] }), more).to_string();
        Case::new("POST /v1/webhooks", "/v1/webhooks", status, code).sending(body)
    };
    let nothing = || json!({});
    let list = |asked: &str, status, code| {
        Case::new("GET /v1/webhooks", format!("/v1/webhooks{asked}"), status, code)
    };
    let delete = |id: &str, status, code| {
        Case::new("DELETE /v1/webhooks/{id}", format!("/v1/webhooks/{id}"), status, code)
    };
    let key = |status, code| {
        Case::new("GET /v1/webhooks/public-key", "/v1/webhooks/public-key", status, code)
    };
    vec![
        case("new", nothing(), 201, ""),
        case("used", nothing(), 201, "").with(KEY, "hook"),
        case("more", json!({ "ordered": true, "rate_limit_per_second": 9 }), 201, ""),
        case("new", nothing(), 401, "UNAUTHENTICATED").by(By::Nobody),
        case("new", nothing(), 403, "FORBIDDEN").by(By::Reader),
        case("gone", nothing(), 404, "WEBHOOK_UNKNOWN").with(KEY, "gone"),
        case("used", nothing(), 409, "URL_TAKEN"),
        case("other", nothing(), 422, "IDEMPOTENCY_KEY_REUSED").with(KEY, "hook"),
        case("new", nothing(), 400, "IDEMPOTENCY_KEY_INVALID").with(KEY, "k".repeat(256)),
        case("", json!({ "url": "ftp://x" }), 400, "URL_INVALID"),
        case("", json!({ "url": "http://127.0.0.1/" }), 400, "URL_FORBIDDEN"),
        case("", json!({ "events": [] }), 400, "EVENTS_INVALID"),
        case("", json!({ "events": ["job.begun"] }), 400, "EVENTS_INVALID"),
        case("", json!({ "rate_limit_per_second": 0 }), 400, "RATE_LIMIT_INVALID"),
        case("", json!({ "more": 1 }), 400, "BAD_USER_INPUT"),
        case("new", nothing(), 413, "PAYLOAD_TOO_LARGE").sending(vec![b' '; 2 * 1024 * 1024 + 1]),
        list("", 200, ""),
        list("?limit=1", 200, ""),
        list("", 401, "UNAUTHENTICATED").by(By::Nobody),
        list("", 403, "FORBIDDEN").by(By::Reader),
        list("?after=there", 400, "CURSOR_INVALID"),
        list("?limit=many", 400, "BAD_USER_INPUT"),
        delete(&things.webhook, 401, "UNAUTHENTICATED").by(By::Nobody),
        delete(&things.webhook, 403, "FORBIDDEN").by(By::Reader),
        delete(&things.webhook, 204, ""),
        delete(&things.webhook, 404, "WEBHOOK_UNKNOWN"),
        delete("%FF", 400, "BAD_USER_INPUT"),
        key(200, ""),
        key(401, "UNAUTHENTICATED").by(By::Nobody),
    ]
}

fn sessions() -> Vec<Case> {
    let case = |method, status, code| Case::new(method, "/v1/session", status, code);
    let [sign_in, show, sign_out] = ["POST /v1/session", "GET /v1/session", "DELETE /v1/session"];
    let elsewhere = |case: Case| case.with("sec-fetch-site", "cross-site");
    vec![
        case(sign_in, 201, ""),
        case(sign_in, 400, "BAD_USER_INPUT").by(By::Nobody),
        case(sign_in, 401, "UNAUTHENTICATED").by(By::Nobody).sending(r#"{"api_key":"bsk_no"}"#),
        elsewhere(case(sign_in, 403, "SESSION_CROSS_ORIGIN")),
        case(sign_in, 413, "PAYLOAD_TOO_LARGE").by(By::Nobody).sending(vec![b' '; 3 << 20]),
        case(show, 200, ""),
        case(sign_out, 204, "").by(By::Nobody),
        case(sign_out, 400, "BAD_USER_INPUT"),
        case(sign_out, 403, "SESSION_CROSS_ORIGIN").by(By::Nobody).with("cookie", COOKIE),
    ]
}

/// Each route that needs somebody, with a cookie that another site's page makes the browser send.
fn cookies_from_elsewhere() -> Vec<Case> {
    let routes = ROUTES.iter().map(|row| (row.0, row.1)).collect::<BTreeSet<_>>();
    let case = |(method, route): (&str, &str)| {
        let code = if method == "HEAD" { "" } else { "SESSION_CROSS_ORIGIN" };
        let path = route.replace(['{', '}'], "");
        Case::new(format!("{method} {route}"), path, 403, code)
            .by(By::Nobody)
            .with("cookie", COOKIE)
    };
    routes.into_iter().map(case).collect()
}

fn asking() -> Vec<Case> {
    let case = |more: Value, status, code| {
        let body = with(question(), more).to_string();
        Case::new("POST /v1/queries", "/v1/queries", status, code).sending(body)
    };
    let nothing = || json!({});
    let wrong = json!({ "limit": 0, "timezone": "Mars", "sources": ["nobody", "rss:x"] });
    let days = json!({ "start": "today", "end": "2026-11-01" });
    vec![
        case(nothing(), 202, ""),
        case(nothing(), 202, "").with(KEY, "new"),
        case(json!({ "schedule": "daily" }), 201, ""),
        case(nothing(), 401, "UNAUTHENTICATED").by(By::Nobody),
        case(nothing(), 403, "FORBIDDEN").by(By::Reader),
        case(json!({ "limit": 5 }), 422, "IDEMPOTENCY_KEY_REUSED").with(KEY, "used"),
        case(nothing(), 400, "IDEMPOTENCY_KEY_INVALID").with(KEY, "k".repeat(256)),
        case(json!({ "prompt": " " }), 400, "PROMPT_EMPTY"),
        case(wrong, 400, "LIMIT_OUT_OF_RANGE"),
        case(json!({ "date_range": days }), 400, "DATE_RANGE_INVALID"),
        case(json!({ "schedule": "0 0 0 0 0" }), 400, "SCHEDULE_INVALID"),
        case(json!({ "webhook_url": "http://127.0.0.1/" }), 400, "WEBHOOK_URL_FORBIDDEN"),
        case(json!({ "webhook_url": "ftp://x" }), 400, "WEBHOOK_URL_INVALID"),
        case(json!({ "sources": ["x"] }), 400, "SOURCE_NOT_CONFIGURED"),
        case(json!({ "more": 1 }), 400, "BAD_USER_INPUT"),
        case(nothing(), 413, "PAYLOAD_TOO_LARGE").sending(vec![b' '; 2 * 1024 * 1024 + 1]),
    ]
}

fn queries(things: &Things) -> Vec<Case> {
    let case = |id: &str, status, code| {
        Case::new("GET /v1/queries/{id}", format!("/v1/queries/{id}"), status, code)
    };
    vec![
        case(&things.query, 200, ""),
        case(&things.waiting, 200, ""),
        case(&things.failed, 200, ""),
        case(&things.query, 401, "UNAUTHENTICATED").by(By::Nobody),
        case("qry_no", 404, "QUERY_UNKNOWN"),
        case("%FF", 400, "BAD_USER_INPUT"),
    ]
}

fn events(things: &Things) -> Vec<Case> {
    let case = |asked: &str, status, code| {
        Case::new("GET /v1/events", format!("/v1/events{asked}"), status, code)
    };
    let of_query = format!("?query_id={}&types=job.completed&limit=1&wait=9", things.query);
    vec![
        case("", 200, ""),
        case(&of_query, 200, ""),
        case(&format!("?query_id={}", things.waiting), 200, ""),
        case("", 401, "UNAUTHENTICATED").by(By::Nobody),
        case("?after=there", 400, "CURSOR_INVALID"),
        case("?limit=many", 400, "BAD_USER_INPUT"),
        case("?more=1", 400, "BAD_USER_INPUT"),
    ]
}

fn downloads(things: &Things) -> Vec<Case> {
    let both = |name: &str, status, code: [&'static str; 2]| {
        let path = format!("/v1/storage/{name}");
        [("GET /v1/storage/{key}", code[0]), ("HEAD /v1/storage/{key}", code[1])]
            .map(|(route, code)| Case::new(route, path.clone(), status, code))
    };
    let known =
        both(&things.key, 304, ["", ""]).map(|case| case.with("if-none-match", &things.etag));
    let nobody = both(&things.key, 401, ["UNAUTHENTICATED", ""]).map(|case| case.by(By::Nobody));
    let unmatched = both(&things.key, 412, ["PRECONDITION_FAILED", ""])
        .map(|case| case.with("if-match", "\"other\""));
    let uncoded = both(&things.key, 406, ["CODING_NOT_ACCEPTABLE", ""])
        .map(|case| case.with("accept-encoding", "*;q=0"));
    let get = |asked: &str, status, code| {
        let path = format!("/v1/storage/{}{asked}", things.key);
        Case::new("GET /v1/storage/{key}", path, status, code)
    };
    let parts = vec![
        get("", 206, "").with("range", "bytes=0-9"),
        get("", 416, "RANGE_NOT_SATISFIABLE").with("range", "bytes=999999-"),
        get("?format=csv", 200, ""),
        get("?format=parquet&rows=by_source", 200, ""),
        get("?format=csv&rows=series", 400, "ROWS_UNKNOWN"),
        get("?format=xml", 400, "BAD_USER_INPUT"),
    ];
    let all = [
        parts,
        unmatched.into(),
        uncoded.into(),
        both(&things.key, 200, ["", ""]).into(),
        both(&things.query, 200, ["", ""]).into(),
        known.into(),
        nobody.into(),
        both("never.json", 404, ["STORAGE_OBJECT_UNKNOWN", ""]).into(),
        both(&things.waiting, 404, ["RESULT_NOT_READY", ""]).into(),
        both(&things.failed, 404, ["NO_RESULT", ""]).into(),
        both("%FF", 400, ["BAD_USER_INPUT", ""]).into(),
    ];
    all.into_iter().flatten().collect()
}

fn many_results(things: &Things) -> Vec<Case> {
    let list = |asked: &str, status, code| {
        Case::new("GET /v1/storage", format!("/v1/storage{asked}"), status, code)
    };
    let export = |asked: &str, status, code| {
        Case::new("GET /v1/storage/export", format!("/v1/storage/export{asked}"), status, code)
    };
    vec![
        list("", 200, ""),
        list(&format!("?query_id={}&order=-size_bytes&limit=1", things.query), 200, ""),
        list("", 401, "UNAUTHENTICATED").by(By::Nobody),
        list("?after=there", 400, "CURSOR_INVALID"),
        list("?more=1", 400, "BAD_USER_INPUT"),
        export("", 200, ""),
        export("?format=zip", 200, ""),
        export("", 401, "UNAUTHENTICATED").by(By::Nobody),
        export("?after=there", 400, "CURSOR_INVALID"),
        export("?format=tar", 400, "BAD_USER_INPUT"),
        export("", 406, "CODING_NOT_ACCEPTABLE").with("accept-encoding", "*;q=0"),
    ]
}

fn links(things: &Things) -> Vec<Case> {
    let [works, revoked] = &things.links;
    let case = |asked: &str, status, code| {
        let path = format!("/v1/download/{asked}");
        Case::new("GET /v1/download/{token}", path, status, code).by(By::Nobody)
    };
    vec![
        case(works, 200, ""),
        case(&format!("{works}?format=csv"), 200, ""),
        case(works, 206, "").with("range", "bytes=0-9"),
        case(works, 304, "").with("if-none-match", &things.etag),
        case(works, 406, "CODING_NOT_ACCEPTABLE").with("accept-encoding", "*;q=0"),
        case(works, 412, "PRECONDITION_FAILED").with("if-match", "\"other\""),
        case(works, 416, "RANGE_NOT_SATISFIABLE").with("range", "bytes=999999-"),
        case(&format!("{works}?format=csv&rows=series"), 400, "ROWS_UNKNOWN"),
        case("never", 404, "DOWNLOAD_LINK_UNKNOWN"),
        case(revoked, 410, "DOWNLOAD_LINK_REVOKED"),
    ]
}

/// After the downloads, which want what is deleted here.
fn deleting(things: &Things) -> Vec<Case> {
    let case = |name: &str, status, code| {
        Case::new("DELETE /v1/storage/{key}", format!("/v1/storage/{name}"), status, code)
    };
    let gone = Case::new(
        "GET /v1/storage/{key}",
        format!("/v1/storage/{}", things.key),
        404,
        "RESULT_DELETED",
    );
    vec![
        case(&things.key, 401, "UNAUTHENTICATED").by(By::Nobody),
        case(&things.key, 403, "FORBIDDEN").by(By::Reader),
        case(&things.query, 400, "STORAGE_KEY_IS_QUERY"),
        case("%FF", 400, "BAD_USER_INPUT"),
        case("never.json", 404, "STORAGE_OBJECT_UNKNOWN"),
        case(&things.key, 204, ""),
        case(&things.key, 404, "RESULT_DELETED"),
        gone,
        Case::new("GET /v1/events", "/v1/events?types=storage.deleted", 200, ""),
    ]
}

fn uploads() -> Vec<Case> {
    let case = |name: &str, body: &str, status, code| {
        let path = format!("/v1/datasets/{name}");
        Case::new("PUT /v1/datasets/{name}", path, status, code).sending(body)
    };
    let (good, mixed) = ("text\nAcme\n", "text,published_at\nAcme,4/8/2016\nAcme,never\n");
    let doubtful = "text,published_at\nAcme,25/8/2016\nAcme,8/25/2016\n";
    vec![
        case("new", good, 201, "").with("content-type", "text/csv"),
        case("new?on_error=skip", mixed, 201, ""),
        case("lines", "{\"text\":\"Acme\"}\n", 201, "")
            .with("content-type", "application/x-ndjson"),
        case("new", good, 401, "UNAUTHENTICATED").by(By::Nobody),
        case("new", good, 403, "FORBIDDEN").by(By::Reader),
        case("%FF", good, 400, "BAD_USER_INPUT"),
        case("New", good, 400, "DATASET_NAME_INVALID"),
        case("new?txt=text", good, 400, "DATASET_PARAMETER_UNKNOWN"),
        case("new?text=a&text=b", good, 400, "DATASET_PARAMETER_DUPLICATE"),
        case("new?format=xml", good, 400, "DATASET_PARAMETER_INVALID"),
        case("new", mixed, 422, "DATASET_ROWS_INVALID"),
        case("new", doubtful, 422, "DATASET_DATE_ORDER_MIXED"),
        case("new?text=tweet", good, 422, "DATASET_COLUMN_UNKNOWN"),
        case("new", "likes\n1\n", 422, "DATASET_TEXT_COLUMN_MISSING"),
        case("new", "PK\u{3}\u{4}", 422, "DATASET_NOT_TEXT"),
        case("new", "", 422, "DATASET_EMPTY"),
    ]
}

fn datasets() -> Vec<Case> {
    let case = |name: &str, status, code| {
        Case::new("GET /v1/datasets/{name}", format!("/v1/datasets/{name}"), status, code)
    };
    let delete = |name: &str, status, code| {
        Case::new("DELETE /v1/datasets/{name}", format!("/v1/datasets/{name}"), status, code)
    };
    let list = |asked: &str, status, code| {
        Case::new("GET /v1/datasets", format!("/v1/datasets{asked}"), status, code)
    };
    vec![
        list("", 200, ""),
        list("?limit=1", 200, ""),
        list(&format!("?after=ds_{}", "0".repeat(26)), 200, ""),
        list("", 401, "UNAUTHENTICATED").by(By::Nobody),
        list("?after=there", 400, "CURSOR_INVALID"),
        list("?limit=many", 400, "BAD_USER_INPUT"),
        list("?more=1", 400, "BAD_USER_INPUT"),
        case("posts", 200, ""),
        case("posts", 401, "UNAUTHENTICATED").by(By::Nobody),
        case("never", 404, "DATASET_UNKNOWN"),
        case("%FF", 400, "BAD_USER_INPUT"),
        delete("lines", 401, "UNAUTHENTICATED").by(By::Nobody),
        delete("lines", 403, "FORBIDDEN").by(By::Reader),
        delete("lines", 204, ""),
        delete("lines", 404, "DATASET_UNKNOWN"),
        delete("%FF", 400, "BAD_USER_INPUT"),
    ]
}
