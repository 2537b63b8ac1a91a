//! Browsers that are signed in: by a key or by a link, until they sign out, the time is over or the key
//! is revoked.

mod often;
mod origins;
mod sockets;

use bytestack::model::api_key::Scope;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::task::JoinSet;

use crate::support::process::Server;
use crate::support::rows::Rows;
use crate::support::{Answer, TestApp, TestOptions, plain_client, without_worker};

const NAME: &str = "bytestack_session";
const HOURS: i64 = 3_600_000;
const MINUTES: i64 = 60_000;
const WORKSPACE: &str = "{ workspace { id } }";

/// The cookie that an answer sets, as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Signs in with a key.
async fn signed_in(app: &TestApp, key: &str) -> String {
    let request = app.request(Method::POST, "/v1/session").json(&json!({ "api_key": key }));
    let answer = Answer::of(request).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.json());
    cookie(&answer)
}

/// A request as a page of the service makes it.
fn from_page(app: &TestApp, method: Method, path: &str, cookie: &str) -> RequestBuilder {
    let request = app.request(method, path).header("cookie", cookie);
    request.header("sec-fetch-site", "same-origin")
}

async fn get(app: &TestApp, path: &str, cookie: &str) -> Answer {
    Answer::of(from_page(app, Method::GET, path, cookie)).await
}

async fn shown(app: &TestApp, cookie: &str) -> Value {
    let answer = get(app, "/v1/session", cookie).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

fn nobody() -> Value {
    json!({ "signed_in": false })
}

async fn sign_out(app: &TestApp, cookie: &str) {
    let answer = Answer::of(from_page(app, Method::DELETE, "/v1/session", cookie)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let cleared = format!("{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    assert_eq!(answer.header("set-cookie"), cleared);
}

async fn graphql(app: &TestApp, cookie: &str, query: &str) -> Answer {
    let request = from_page(app, Method::POST, "/graphql", cookie);
    Answer::of(request.json(&json!({ "query": query }))).await
}

/// A new link, as `serve` prints it, without the address.
async fn link(app: &TestApp) -> String {
    let link = app.running().domain.new_login_link().await.unwrap().unwrap();
    link.strip_prefix(&format!("http://{}", app.address)).unwrap().to_owned()
}

async fn follow(app: &TestApp, method: Method, link: &str) -> Answer {
    Answer::of(plain_client().request(method, format!("http://{}{link}", app.address))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_signs_in_and_the_cookie_stands_for_it_until_it_signs_out() {
    let app = TestApp::start().await;
    let reader = app.key(app.workspace, Scope::Read).await;
    let by_body = app.request(Method::POST, "/v1/session").json(&json!({ "api_key": reader }));
    let by_header = app.request(Method::POST, "/v1/session").bearer_auth(&reader);
    for request in [by_body, by_header] {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.json());
        assert_eq!(answer.header("cache-control"), "no-store");
        let (cookie, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
        let secret = cookie.strip_prefix("bytestack_session=").unwrap();
        assert_eq!(secret.len(), 43, "32 random bytes: {secret}");
        let expected = json!({ "signed_in": true, "id": answer.json()["id"], "key_name": "other",
            "workspace": app.workspace.to_string(), "scope": "read",
            "expires_at": "2026-11-24T05:30:00Z" });
        assert_eq!(answer.json(), expected);
        assert!(expected["id"].as_str().unwrap().starts_with("ses_"), "{expected:#}");
        assert_eq!(shown(&app, cookie).await, expected);

        let found = graphql(&app, cookie, WORKSPACE).await.json();
        assert_eq!(found["data"]["workspace"]["id"], app.workspace.to_string(), "{found:#}");
        let path = format!("/graphql?query={WORKSPACE}").replace(' ', "%20");
        assert_eq!(get(&app, &path, cookie).await.json()["data"], found["data"]);
        let change = "mutation { updateWorkspace(input: { name: \"n\" }) { userErrors { code } } }";
        let refused = graphql(&app, cookie, change).await.json();
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused:#}");
        assert_eq!(get(&app, "/v1/storage/x", cookie).await.status, StatusCode::NOT_FOUND);

        sign_out(&app, cookie).await;
        assert_eq!(shown(&app, cookie).await, nobody());
        assert_eq!(get(&app, "/v1/storage/x", cookie).await.status, StatusCode::UNAUTHORIZED);
        sign_out(&app, cookie).await;
    }
    assert_eq!(shown(&app, "other=cookie").await, nobody());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_hashes_are_kept_and_they_go_when_the_time_is_over() {
    let app = TestApp::with(without_worker()).await;
    let rows = Rows::at(&app.database_url()).await;
    let (cookie, link) = (signed_in(&app, &app.key).await, link(&app).await);
    let hash = async |table: &str| {
        rows.text(&format!("SELECT coalesce(max(secret_hash), '') FROM {table}")).await
    };
    for (table, secret) in
        [("session", cookie.split_once('=').unwrap().1), ("login_link", &link["/login/".len()..])]
    {
        let hash = hash(table).await;
        assert!(hash.len() == 64 && !hash.contains(secret), "{table}: {hash}");
    }
    let domain = &app.running().domain;
    assert_eq!(domain.remove_expired_sessions().await.unwrap(), 0);
    app.clock.advance(10 * MINUTES);
    assert_eq!(domain.remove_expired_sessions().await.unwrap(), 1);
    assert_eq!([hash("login_link").await, hash("session").await.len().to_string()], ["", "64"]);
    app.clock.advance(12 * HOURS);
    assert_eq!(domain.remove_expired_sessions().await.unwrap(), 1);
    assert_eq!(hash("session").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_12_hours_or_with_its_key() {
    let app = TestApp::start().await;
    let lasting = signed_in(&app, &app.key).await;
    let create = "mutation { createApiKey(input: { name: \"brief\", scope: ADMIN, \
                  expiresAt: \"2026-11-23T18:30:00Z\" }) { secret } }";
    let brief = app.graphql(create, json!({})).await["createApiKey"]["secret"].clone();
    let brief = signed_in(&app, brief.as_str().unwrap()).await;
    assert_eq!(shown(&app, &brief).await["expires_at"], "2026-11-23T18:30:00Z");
    let domain = &app.running().domain;
    let (key, secret) = domain.create_api_key(app.workspace, "revoked", Scope::Read).await.unwrap();
    let revoked = signed_in(&app, &secret).await;
    assert_eq!(shown(&app, &revoked).await["key_name"], "revoked");
    domain.revoke_api_key(app.workspace, key.id).await.unwrap();
    assert_eq!(shown(&app, &revoked).await, nobody());
    assert_eq!(get(&app, "/v1/events", &revoked).await.status, StatusCode::UNAUTHORIZED);

    app.clock.advance(HOURS - 1);
    assert_eq!(get(&app, "/v1/events", &brief).await.status, StatusCode::OK);
    app.clock.advance(1);
    assert_eq!(get(&app, "/v1/events", &brief).await.status, StatusCode::UNAUTHORIZED);
    app.clock.advance(11 * HOURS - 1);
    assert_eq!(get(&app, "/v1/events", &lasting).await.status, StatusCode::OK);
    app.clock.advance(1);
    let refused = get(&app, "/v1/events", &lasting).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.json()["detail"].as_str().unwrap().contains("sign in again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_in_once() {
    let app = TestApp::start().await;
    let link = link(&app).await;
    // What looks at a link does not use it up.
    assert_eq!(follow(&app, Method::HEAD, &link).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = follow(&app, Method::GET, &link).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let attributes = "; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict";
    assert!(answer.header("set-cookie").ends_with(attributes), "{answer:?}");
    // The oldest admin key is that of the first start.
    let seen = shown(&app, &cookie(&answer)).await;
    assert_eq!([&seen["key_name"], &seen["scope"]], ["first", "admin"], "{seen:#}");
    for link in [&link, "/login/never"] {
        let again = follow(&app, Method::GET, link).await;
        assert_eq!((again.status, again.header("set-cookie")), (StatusCode::UNAUTHORIZED, ""));
        assert_eq!(again.json()["code"], "LOGIN_LINK_INVALID", "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_follow_a_link_at_once_one_is_signed_in() {
    let app = TestApp::start().await;
    // Connections that are there already, so that all come at the same moment.
    let client = plain_client();
    let at_once = async |url: String| {
        let mut following = JoinSet::new();
        for _ in 0..6 {
            following.spawn(Answer::of(client.get(&url)));
        }
        following.join_all().await
    };
    at_once(format!("http://{}/healthz", app.address)).await;
    for _ in 0..5 {
        let answers = at_once(format!("http://{}{}", app.address, link(&app).await)).await;
        let mut statuses: Vec<u16> = answers.iter().map(|one| one.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 401, 401, 401, 401, 401]);
    }
    let rows = Rows::at(&app.database_url()).await;
    assert_eq!(rows.text("SELECT CAST(count(*) AS TEXT) FROM session").await, "5");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lasts_ten_minutes_on_whichever_process_and_no_longer_than_its_key() {
    let app = TestApp::start().await;
    let [first, second] = [link(&app).await, link(&app).await];
    let clock = app.clock.clone();
    clock.advance(10 * MINUTES - 1);
    let app = app.restart(TestOptions { clock, ..TestOptions::default() }).await;
    assert_eq!(follow(&app, Method::GET, &first).await.status, StatusCode::SEE_OTHER);
    app.clock.advance(1);
    assert_eq!(follow(&app, Method::GET, &second).await.status, StatusCode::UNAUTHORIZED);

    let (third, domain) = (link(&app).await, &app.running().domain);
    for key in domain.api_keys(app.workspace).await.unwrap() {
        domain.revoke_api_key(app.workspace, key.id).await.unwrap();
    }
    assert_eq!(follow(&app, Method::GET, &third).await.status, StatusCode::UNAUTHORIZED);
    app.key(app.workspace, Scope::Write).await;
    assert_eq!(domain.new_login_link().await.unwrap(), None, "no admin key works");
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_prints_a_link_that_works_where_it_has_the_api() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let link = server.printed("sign in at ").to_owned();
    let answer = Answer::of(plain_client().get(&link)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{link}");
    let session = link.split_once("/login/").unwrap().0.to_owned() + "/v1/session";
    let request = plain_client().get(session).header("cookie", cookie(&answer));
    let shown = Answer::of(request.header("sec-fetch-site", "same-origin")).await.json();
    assert_eq!(shown["signed_in"], true, "{shown:#}");
    server.process.terminate();
    let server = Server::start(data.path(), &["--roles", "worker"], &[], "");
    assert_eq!(server.process.printed.len(), 1, "{:?}", server.process.printed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_could_not_be_followed_is_not_in_the_log() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let link = server.printed("sign in at ").to_owned();
    let rows = Rows::of(data.path(), None).await;
    rows.execute("ALTER TABLE login_link RENAME TO gone").await;
    let answer = Answer::of(plain_client().get(&link)).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{answer:?}");
    let log = server.process.log();
    assert!(log.contains("/login/{token}"), "the request is: {log}");
    assert!(!log.contains(link.rsplit_once('/').unwrap().1), "its secret is not: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_names_the_key_of_a_session() {
    let app = TestApp::start().await;
    let cookie_by_link = cookie(&follow(&app, Method::GET, &link(&app).await).await);
    let session = shown(&app, &cookie_by_link).await["id"].clone();
    let change = "mutation { updateWorkspace(input: { name: \"ours\" }) { userErrors { code } } }";
    graphql(&app, &cookie_by_link, change).await;
    sign_out(&app, &cookie_by_link).await;
    signed_in(&app, &app.key).await;
    let log = "{ auditLog(first: 4) { nodes { operation objectId apiKey { name } detail } } }";
    let log = app.graphql(log, json!({})).await["auditLog"]["nodes"].clone();
    let told = |entry: &Value| json!([entry["operation"], entry["apiKey"]["name"]]);
    let told: Vec<Value> = log.as_array().unwrap().iter().map(told).collect();
    let expected = json!([
        ["signIn", "test"],
        ["signOut", "first"],
        ["updateWorkspace", "first"],
        ["signIn", "first"]
    ]);
    assert_eq!(json!(told), expected, "{log:#}");
    assert_eq!([&log[1]["objectId"], &log[3]["objectId"]], [&session, &session]);
    assert_eq!(
        [&log[0]["detail"], &log[3]["detail"]],
        [&json!({"by": "key"}), &json!({"by": "link"})]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_makes_the_cookie_ignored() {
    let app = TestApp::start().await;
    let elsewhere = app.another_workspace().await;
    let stranger = app.key(elsewhere, Scope::Admin).await;
    let cookie = signed_in(&app, &app.key).await;
    let who = async |key: &str, site: &str| {
        let request = app.request(Method::POST, "/graphql").header("cookie", &cookie);
        let request = request.header("sec-fetch-site", site).bearer_auth(key);
        Answer::of(request.json(&json!({ "query": WORKSPACE }))).await.json()
    };
    for site in ["same-origin", "cross-site"] {
        let theirs = who(&stranger, site).await;
        assert_eq!(theirs["data"]["workspace"]["id"], elsewhere.to_string(), "{theirs:#}");
        let nobody = who("bsk_no", site).await;
        assert_eq!(nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{nobody:#}");
    }
    let with_key = |method| from_page(&app, method, "/v1/session", &cookie).bearer_auth(&app.key);
    assert_eq!(Answer::of(with_key(Method::GET)).await.json(), nobody());
    let refused = Answer::of(with_key(Method::DELETE)).await;
    assert_eq!((refused.status, refused.header("set-cookie")), (StatusCode::BAD_REQUEST, ""));
    assert_eq!(shown(&app, &cookie).await["signed_in"], true);
}
