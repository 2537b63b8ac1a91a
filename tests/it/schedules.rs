//! Queries that run by themselves: what fires, once, when, and what stops it. The clock goes only when a
//! test lets it.

use std::collections::BTreeSet;

use bytestack::clock::Clock;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::support::receiver::{Receiver, Reply};
use crate::support::rows::Rows;
use crate::support::{TestApp, TestClock, TestOptions, question, with};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Runs a mutation that takes a query; answers its payload.
async fn change(app: &TestApp, mutation: &str, input: Value) -> Value {
    let name = mutation.split(' ').next().unwrap();
    let kind = match name {
        "scheduleQuery" => "ScheduleQueryInput",
        "backfillQuery" => "BackfillQueryInput",
        _ => "QueryIdInput",
    };
    let text = format!(
        "mutation ($input: {kind}!) {{ {name}(input: $input) {{ {}
         userErrors {{ code message path }} }} }}",
        mutation.strip_prefix(name).unwrap()
    );
    app.graphql(&text, json!({ "input": input })).await[name].clone()
}

/// A saved query that does not run at once, with this schedule.
async fn scheduled(app: &TestApp, question: Value, schedule: Value) -> Value {
    app.ask(with(question, json!({ "schedule": schedule }))).await
}

async fn look(app: &TestApp, query: &Value) -> Value {
    let text = "query ($id: ID!) { query(id: $id) { state schedule { cron timezone nextRunAt pausedAt
        stoppedByJob { id } } jobs(last: 50) { nodes { id status trigger scheduledFor referenceTime } } } }";
    app.graphql(text, json!({ "id": query["query"]["id"] })).await["query"].clone()
}

/// The fire times of a query's runs, in the order they were made.
fn fires(seen: &Value) -> Vec<&str> {
    let jobs = seen["jobs"]["nodes"].as_array().unwrap();
    jobs.iter().rev().map(|job| job["scheduledFor"].as_str().unwrap()).collect()
}

/// Lets time pass and waits for the end of the next job of a query.
async fn next_end(app: &TestApp, query: &mut Value, milliseconds: i64) -> Value {
    app.clock.advance(milliseconds);
    let event = app.ended(query).await;
    query["cursor"] = event["cursor"].clone();
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_runs_at_the_times_of_its_schedule_and_is_asked_of_those_instants() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    // It is 17:30 in UTC, 18:30 in Berlin.
    let schedule = json!({ "cron": "0 8,20 * * *", "timezone": "Europe/Berlin" });
    let mut query = scheduled(&app, question(), schedule).await;
    assert_eq!(query["job"], Value::Null, "a scheduled query waits for its time");
    let seen = look(&app, &query).await;
    assert_eq!(seen["state"], "ACTIVE");
    assert_eq!(seen["schedule"]["nextRunAt"], "2026-11-23T19:00:00Z");

    app.clock.advance(89 * MINUTE);
    assert_eq!(fires(&look(&app, &query).await), [""; 0], "not before its time");
    let first = next_end(&app, &mut query, MINUTE).await;
    assert_eq!(first["status"], "COMPLETED");
    let key = first["storageKey"].as_str().unwrap();
    assert!(key.ends_with("_2026-11-23T19-00-00Z.json"), "{key}");
    next_end(&app, &mut query, 12 * HOUR).await;
    let seen = look(&app, &query).await;
    assert_eq!(fires(&seen), ["2026-11-23T19:00:00Z", "2026-11-24T07:00:00Z"]);
    assert_eq!(seen["schedule"]["nextRunAt"], "2026-11-24T19:00:00Z");
    let job = &seen["jobs"]["nodes"][0];
    assert_eq!(
        [&job["trigger"], &job["referenceTime"]],
        [&json!("SCHEDULED"), &job["scheduledFor"]]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_fires_are_made_up_for_as_asked_after_a_stop() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let mut queries = Vec::new();
    for policy in ["ALL", "LAST", "NONE"] {
        let schedule = json!({
            "interval": "EVERY_HOUR", "catchUp": policy, "overlap": "BUFFER_ALL", "onFailure": "CONTINUE"
        });
        queries.push(scheduled(&app, question(), schedule).await);
    }
    let clock = TestClock::at("2026-11-23T20:40:00Z");
    let app = app.restart(TestOptions { clock, ..TestOptions::default() }).await;
    let all = ["2026-11-23T18:00:00Z", "2026-11-23T19:00:00Z", "2026-11-23T20:00:00Z"];
    let [every, last, none] = queries.as_mut_slice() else { panic!() };
    for _ in all {
        next_end(&app, every, 0).await;
    }
    next_end(&app, last, 0).await;
    assert_eq!(fires(&look(&app, every).await), all, "one after the other");
    assert_eq!(fires(&look(&app, last).await), all[2..]);
    let on_time = next_end(&app, none, 20 * MINUTE).await;
    assert!(on_time["storageKey"].as_str().unwrap().contains("T21-00-00Z"), "{on_time}");
    assert_eq!(fires(&look(&app, none).await), ["2026-11-23T21:00:00Z"]);
    next_end(&app, every, 0).await;
    next_end(&app, last, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_stops_the_schedule_until_it_is_resumed() {
    let feed = Receiver::answering(&[Reply::Status(404)]).await;
    let app = TestApp::with(TestOptions::reaching(&feed)).await;
    let question = json!({ "prompt": "How many times was Acme mentioned?",
                           "sources": [format!("rss:{}", feed.url("/feed.xml"))] });
    let mut query = scheduled(&app, question, json!({ "interval": "EVERY_HOUR" })).await;
    let failed = next_end(&app, &mut query, 30 * MINUTE).await;
    assert_eq!(failed["status"], "FAILED", "{failed:#}");
    let seen = look(&app, &query).await;
    assert_eq!([&seen["state"], &seen["schedule"]["nextRunAt"]], [&json!("FAILED"), &Value::Null]);
    assert_eq!(seen["schedule"]["stoppedByJob"]["id"], failed["jobId"]);

    app.clock.advance(5 * HOUR);
    let id = json!({ "queryId": query["query"]["id"] });
    let resumed = change(&app, "resumeQuery query { state schedule { nextRunAt } }", id).await;
    assert_eq!(resumed["query"]["state"], "ACTIVE", "{resumed:#}");
    assert_eq!(resumed["query"]["schedule"]["nextRunAt"], "2026-11-24T00:00:00Z");
    assert_eq!(fires(&look(&app, &query).await).len(), 1, "what it missed is not made up for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_schedule_fires_nothing_and_goes_on_from_now() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let mut query = scheduled(&app, question(), json!({ "cron": "*/10 * * * *" })).await;
    let id = json!({ "queryId": query["query"]["id"] });
    let paused = change(&app, "pauseQuery query { state }", id.clone()).await;
    assert_eq!(paused["query"]["state"], "PAUSED", "{paused:#}");
    app.clock.advance(HOUR);
    change(&app, "resumeQuery query { state }", id.clone()).await;
    next_end(&app, &mut query, 10 * MINUTE).await;
    assert_eq!(fires(&look(&app, &query).await), ["2026-11-23T18:40:00Z"]);

    let gone = change(&app, "unscheduleQuery query { schedule { cron } }", id.clone()).await;
    assert_eq!(gone["query"]["schedule"], Value::Null);
    let again = change(&app, "pauseQuery query { state }", id).await;
    assert_eq!(again["userErrors"][0]["code"], "NO_SCHEDULE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fire_waits_for_the_run_before_it_or_calls_it_off() {
    let mut feed = Receiver::answering(&[Reply::Hang; 4]).await;
    let app = TestApp::with(TestOptions::reaching(&feed)).await;
    let asked = |path: &str| {
        json!({ "prompt": "How many times was Acme mentioned?",
                "sources": [format!("rss:{}", feed.url(path))] })
    };
    let minutely =
        |overlap| json!({ "cron": "* * * * *", "overlap": overlap, "onFailure": "CONTINUE" });
    let buffered = scheduled(&app, asked("/buffered"), minutely("BUFFER_ONE")).await;
    let replaced = scheduled(&app, asked("/replaced"), minutely("CANCEL_OTHER")).await;
    app.clock.advance(MINUTE);
    feed.next().await;
    feed.next().await;
    // Both run. The next fire of one waits, that of the other takes its place.
    app.clock.advance(MINUTE);
    let second = feed.next().await;
    assert_eq!(second.path, "/replaced");
    let states = async |query: &Value| -> Vec<String> {
        let seen = look(&app, query).await;
        let jobs = seen["jobs"]["nodes"].as_array().unwrap().clone();
        jobs.iter().map(|job| job["status"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(&replaced).await, ["RUNNING", "CANCELLED"]);
    app.clock.advance(MINUTE);
    let third = feed.next().await;
    assert_eq!(third.path, "/replaced");
    assert_eq!(states(&buffered).await, ["QUEUED", "RUNNING"], "one waits, another is left out");
    let metrics = app.get("/metrics").await.bytes;
    let metrics = String::from_utf8(metrics).unwrap();
    assert!(metrics.contains("\nbytestack_jobs_left_out_total 1\n"), "{metrics}");
    for query in [&buffered, &replaced] {
        change(&app, "pauseQuery query { state }", json!({ "queryId": query["query"]["id"] }))
            .await;
    }
    // The one that waited starts when the first has ended.
    let jobs = look(&app, &buffered).await["jobs"]["nodes"].clone();
    let cancel = "mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { userErrors { code } } }";
    app.graphql(cancel, json!({ "id": jobs[1]["id"] })).await;
    assert_eq!(feed.next().await.path, "/buffered");
    let replaced = look(&app, &replaced).await["jobs"]["nodes"][0]["id"].clone();
    for job in [&jobs[0]["id"], &replaced] {
        app.graphql(cancel, json!({ "id": job })).await;
    }
    app.running().idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_schedulers_fire_each_time_once() {
    const QUERIES: usize = 20;
    const FIRES: usize = 5;
    let app = TestApp::with_posts(TestOptions::default()).await;
    for _ in 0..QUERIES {
        let schedule = json!({ "cron": "* * * * *", "overlap": "ALLOW_ALL" });
        scheduled(&app, question(), schedule).await;
    }
    let others: Vec<CancellationToken> = (0..3).map(|_| CancellationToken::new()).collect();
    let mut schedulers = JoinSet::new();
    for stop in &others {
        schedulers.spawn(bytestack::scheduler::run(app.running().domain.clone(), stop.clone()));
    }
    let count = "{ jobs(first: 100) { totalCount nodes { scheduledFor query { id } } } }";
    for minute in 1..=FIRES {
        app.clock.advance(MINUTE);
        while app.counts().await[1] < (minute * QUERIES) as u64 {
            tokio::task::yield_now().await;
        }
    }
    others.iter().for_each(CancellationToken::cancel);
    schedulers.join_all().await;
    app.running().idle().await.unwrap();
    let jobs = app.graphql(count, json!({})).await["jobs"].clone();
    assert_eq!(jobs["totalCount"], QUERIES * FIRES);
    let distinct: BTreeSet<String> =
        jobs["nodes"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), QUERIES * FIRES, "each query and time once");
}

#[tokio::test(flavor = "multi_thread")]
async fn schedules_go_by_the_databases_clock_however_wrong_the_nodes_is() {
    let year = Clock::system().now().year();
    let new_year = |year: i32| format!("{year}-01-01T00:00:00Z").parse::<DateTime<Utc>>().unwrap();
    for (wrong_by, way) in [(5 * HOUR, "ahead of"), (-5 * HOUR, "behind")] {
        let clock = TestClock::wrong_by(wrong_by);
        let app = TestApp::on_postgres(TestOptions { clock, ..TestOptions::default() }).await;
        app.upload("posts", "text/csv", "text\nAcme\n").await;
        let schedule = json!({ "cron": "0 0 1 1 *", "timezone": "UTC", "catchUp": "LAST" });
        let query = scheduled(&app, question(), schedule).await;
        let rows = Rows::at(&app.database_url()).await;
        let due = |at: DateTime<Utc>| {
            format!("UPDATE schedule SET next_at = {0}, due_at = {0}", at.timestamp_millis())
        };
        // Past by a clock that is ahead, and not by the database's.
        let later = Clock::system().now() + TimeDelta::hours(1);
        rows.execute(&due(later)).await;
        let domain = &app.running().domain;
        let ahead = domain.clock_ahead().await.unwrap();
        assert_eq!(
            domain.fire_due(ahead).await.unwrap(),
            (0, false),
            "it is due in an hour, {way}"
        );
        let next = rows.text("SELECT CAST(next_at AS TEXT) FROM schedule").await;
        assert_eq!(next, later.timestamp_millis().to_string(), "nobody took it, {way}");
        let ready = app.get("/readyz").await;
        assert_eq!(ready.status, StatusCode::OK);
        let said = String::from_utf8(ready.bytes).unwrap();
        assert!(said.starts_with("ready\nthe clock is ") && said.contains(way), "{said}");

        rows.execute(&due(new_year(year))).await;
        app.ended(&query).await;
        assert_eq!(fires(&look(&app, &query).await), [format!("{year}-01-01T00:00:00Z")], "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fire_that_was_made_is_not_made_again_and_holds_up_nobody() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let minutely = || json!({ "cron": "* * * * *" });
    let mut again = scheduled(&app, question(), minutely()).await;
    next_end(&app, &mut again, MINUTE).await;
    // The clock was ahead and is put right; the schedule, given anew, comes to the same fire.
    app.clock.advance(-MINUTE);
    let input = json!({ "queryId": again["query"]["id"], "schedule": minutely() });
    let given = change(&app, "scheduleQuery query { schedule { nextRunAt } }", input).await;
    assert_eq!(given["query"]["schedule"]["nextRunAt"], "2026-11-23T17:31:00Z");
    let mut other = scheduled(&app, question(), minutely()).await;
    next_end(&app, &mut other, MINUTE).await;
    next_end(&app, &mut again, MINUTE).await;
    next_end(&app, &mut other, 0).await;
    let both = ["2026-11-23T17:31:00Z", "2026-11-23T17:32:00Z"];
    assert_eq!(fires(&look(&app, &again).await), both, "each once");
    assert_eq!(fires(&look(&app, &other).await), both);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daily_question_about_today_is_answered_at_midnight() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = json!({ "prompt": "How many times was Acme mentioned today?", "sources": ["dataset:posts"] });
    let mut query = scheduled(&app, asked, json!({ "interval": "DAILY" })).await;
    let event = next_end(&app, &mut query, 7 * HOUR).await;
    assert_eq!(event["status"], "COMPLETED", "{event:#}");
    let key = event["storageKey"].as_str().unwrap();
    let document = app.get(&format!("/v1/storage/{key}")).await.json();
    assert_eq!(
        [&document["window"]["from"], &document["window"]["to"]],
        ["2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_range_is_run_over_for_each_of_its_instants() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let mut query = scheduled(&app, question(), json!({ "interval": "DAILY" })).await;
    let input =
        |from: &str, to: &str| json!({ "queryId": query["query"]["id"], "from": from, "to": to });
    let (three, long, ahead) = (
        input("2026-11-19T12:00:00Z", "2026-11-22T00:00:00Z"),
        input("1990-01-01T00:00:00Z", "2026-11-22T00:00:00Z"),
        input("2026-11-19T12:00:00Z", "2027-11-22T00:00:00Z"),
    );
    let made = change(&app, "backfillQuery runs", three).await;
    assert_eq!([&made["runs"], &made["userErrors"]], [&json!(3), &json!([])]);
    for _ in 0..3 {
        assert_eq!(next_end(&app, &mut query, 0).await["status"], "COMPLETED");
    }
    let seen = look(&app, &query).await;
    let mut instants = fires(&seen);
    instants.sort_unstable();
    assert_eq!(instants, ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"]);
    assert_eq!(seen["jobs"]["nodes"][0]["trigger"], "BACKFILL");
    for (input, field) in [(long, "from"), (ahead, "to")] {
        let refused = change(&app, "backfillQuery runs", input).await;
        assert_eq!(refused["userErrors"][0]["path"], json!([field]), "{refused:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_and_a_backfill_can_be_asked_for_again() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let mut query = app.ask(with(question(), json!({ "run": false }))).await;
    let id = query["query"]["id"].clone();
    let daily =
        json!({ "queryId": id, "schedule": { "interval": "DAILY" }, "idempotencyKey": "k" });
    let hourly = with(daily.clone(), json!({ "schedule": { "interval": "EVERY_HOUR" } }));
    let asked = |input: Value| change(&app, "scheduleQuery query { id }", input);
    let first = asked(daily.clone()).await;
    assert_eq!([&first["query"]["id"], &first["userErrors"]], [&id, &json!([])]);
    let other = asked(with(hourly.clone(), json!({ "idempotencyKey": "other" }))).await;
    assert_eq!(other["userErrors"], json!([]));
    assert_eq!(asked(daily.clone()).await, first, "a repeat is answered, and");
    let seen = look(&app, &query).await;
    assert_eq!(seen["schedule"]["cron"], "0 * * * *", "what was asked for later stays");
    let refused = asked(hourly).await;
    assert_eq!(refused["query"], Value::Null);
    assert_eq!(refused["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(refused["userErrors"][0]["path"], json!(["idempotencyKey"]));
    let wrong = asked(with(daily, json!({ "idempotencyKey": "" }))).await;
    assert_eq!(wrong["userErrors"][0]["code"], "IDEMPOTENCY_KEY_INVALID");

    let range = json!({ "queryId": id, "from": "2026-11-22T00:00:00Z", "to": "2026-11-22T03:00:00Z",
                        "idempotencyKey": "k" });
    let filled = |input: Value| change(&app, "backfillQuery runs", input);
    let made = join_all((0..10).map(|_| filled(range.clone()))).await;
    for made in made {
        assert_eq!([&made["runs"], &made["userErrors"]], [&json!(3), &json!([])], "{made:#}");
    }
    let refused = filled(with(range, json!({ "to": "2026-11-22T04:00:00Z" }))).await;
    assert_eq!(refused["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    for _ in 0..3 {
        next_end(&app, &mut query, 0).await;
    }
    assert_eq!(fires(&look(&app, &query).await).len(), 3, "each fire was run once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_the_next_fires_and_what_is_wrong() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let text = "query ($schedule: ScheduleInput!, $count: Int = 10) {
        previewSchedule(schedule: $schedule, count: $count) }";
    let schedule = json!({ "cron": "30 2 * 3 *", "timezone": "America/New_York" });
    let answer = app.graphql(text, json!({ "schedule": schedule, "count": 9 })).await;
    let fires = answer["previewSchedule"].as_array().unwrap();
    // The clock is set forward on the eighth.
    assert_eq!(
        [&fires[6], &fires[7], &fires[8]],
        ["2027-03-07T07:30:00Z", "2027-03-08T07:30:00Z", "2027-03-09T07:30:00Z"]
    );
    let wrong = json!({ "schedule": { "cron": "61 * * * *" } });
    let answer = app.try_graphql(&app.key, text, wrong).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert!(error["message"].as_str().unwrap().contains("minute"), "{answer}");

    let refused =
        app.try_ask(with(question(), json!({ "schedule": { "cron": "0 0 31 2 *" } }))).await;
    assert_eq!(refused["userErrors"][0]["code"], "SCHEDULE_INVALID", "{refused:#}");
    assert_eq!(refused["userErrors"][0]["path"], json!(["schedule", "cron"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_takes_a_schedule_in_each_documented_form() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    for (schedule, next) in [
        (json!("0 9 * * *"), "2026-11-24T09:00:00Z"),
        (json!({ "type": "cron", "expression": "0 9 * * *" }), "2026-11-24T09:00:00Z"),
        (json!("every_6_hours"), "2026-11-23T18:00:00Z"),
        (json!({ "type": "daily" }), "2026-11-24T00:00:00Z"),
    ] {
        let answer =
            app.post("/v1/queries", with(question(), json!({ "schedule": schedule }))).await;
        let body = answer.json();
        assert_eq!(answer.status, StatusCode::CREATED, "{body:#}");
        assert_eq!([&body["status"], &body["job_id"]], [&json!("active"), &Value::Null]);
        assert_eq!(body["next_run_at"], next);
    }
    let answer = app.post("/v1/queries", with(question(), json!({ "schedule": "weekly" }))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["code"], "SCHEDULE_INVALID", "{:#}", answer.json());
    for wrong in [json!(5), json!({ "type": "cron", "expression": "0 9 * * *", "zone": "UTC" })] {
        let answer = app.post("/v1/queries", with(question(), json!({ "schedule": wrong }))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{:#}", answer.json());
        let told = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(told.contains("the name of an interval"), "{told}");
    }
}
