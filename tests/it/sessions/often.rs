//! A browser that asks often: its session is not read each time, and still ends when it ends.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{HOURS, from_page, graphql, nobody, shown, sign_out, signed_in};
use crate::support::rows::Rows;
use crate::support::{Answer, TestApp, without_worker};

const NOTHING: &str = "{ __typename }";
const REQUESTS: u64 = 60;
/// The session, its key and the workspace are read anew each second, however slow the machine is.
const FEW: u64 = 20;

async fn is_let_in(app: &TestApp, cookie: &str) -> bool {
    let answer = graphql(app, cookie, NOTHING).await.json();
    match answer["errors"][0]["extensions"]["code"].as_str() {
        None => true,
        Some("UNAUTHENTICATED") => false,
        Some(_) => panic!("{answer:#}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_cost_few_statements_and_signing_out_counts_at_once() {
    let app = TestApp::with(without_worker()).await;
    let cookies = [signed_in(&app, &app.key).await, signed_in(&app, &app.key).await];
    let [leaving, staying] = &cookies;
    let statements = &app.running().domain.metrics().database.reader.statements;
    let before = statements.get();
    for _ in 0..REQUESTS / 2 {
        assert!(is_let_in(&app, leaving).await);
        assert_eq!(shown(&app, staying).await["signed_in"], true);
    }
    let taken = statements.get() - before;
    assert!(taken < FEW, "{taken} statements for {REQUESTS} requests");

    sign_out(&app, leaving).await;
    assert!(!is_let_in(&app, leaving).await);
    assert_eq!(shown(&app, leaving).await, nobody());
    let refused = Answer::of(from_page(&app, Method::GET, "/v1/events", leaving)).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(is_let_in(&app, staying).await, "others are not concerned");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_out_of_elsewhere_ends_in_time_and_is_told_of_once() {
    let app = TestApp::with(without_worker()).await;
    let rows = Rows::at(&app.database_url()).await;
    let cookie = signed_in(&app, &app.key).await;
    assert!(is_let_in(&app, &cookie).await);
    // As another node does it.
    rows.execute("DELETE FROM session").await;
    let since = Instant::now();
    while is_let_in(&app, &cookie).await {
        assert!(since.elapsed() < Duration::from_secs(5), "it goes on working");
    }
    let again = signed_in(&app, &app.key).await;
    assert!(is_let_in(&app, &again).await);
    rows.execute("DELETE FROM session").await;
    sign_out(&app, &again).await;
    assert!(!is_let_in(&app, &again).await);
    let log = "{ auditLog(first: 1, filter: { operations: [\"signOut\"] }) { totalCount } }";
    let log: Value = app.graphql(log, json!({})).await;
    assert_eq!(log["auditLog"]["totalCount"], 0, "who came second signed out of nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_ones_are_removed_some_at_a_time() {
    let app = TestApp::with(without_worker()).await;
    let rows = Rows::at(&app.database_url()).await;
    let kept = signed_in(&app, &app.key).await;
    let numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500)";
    for (table, columns, values) in [
        ("session", "id, secret_hash, created_at", "'ses_' || n, 'hash' || n, 0"),
        ("login_link", "secret_hash", "'hash' || n"),
    ] {
        let sql = format!(
            "INSERT INTO {table} (workspace_id, key_id, expires_at, {columns}) {numbers} \
             SELECT own.workspace_id, own.id, n, {values} FROM numbers, \
             (SELECT workspace_id, id FROM api_key LIMIT 1) AS own"
        );
        rows.execute(&sql).await;
    }
    let domain = &app.running().domain;
    let commits = &domain.metrics().database.writer.statements;
    let before = commits.get();
    assert_eq!(domain.remove_expired_sessions().await.unwrap(), 3_000);
    assert!(commits.get() - before >= 3, "no transaction removes more than a thousand");
    assert_eq!(domain.remove_expired_sessions().await.unwrap(), 0);
    assert!(is_let_in(&app, &kept).await);
    app.clock.advance(12 * HOURS);
    assert_eq!(domain.remove_expired_sessions().await.unwrap(), 1);
}
