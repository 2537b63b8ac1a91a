//! The crash matrix: whatever the service does, at each of its durable steps it is ended, made to fail or
//! let hang, and afterwards every question has one answer, and every promise that `doctor` knows is kept.
//!
//! `BYTESTACK_TEST_CELLS` chooses cells by a part of their plan, such as `blob.after_sync=abort`.

mod points;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytestack::failpoint;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::process::{posts, run_in};
use points::{Cell, ELSEWHERE, cells};
use world::World;

/// Cells wait most of the time.
const AT_ONCE: usize = 6;
const QUESTIONS: usize = 3;
/// Monday to Monday: a schedule that was to fire a week before it says it will.
const WEEKLY: &str = "0 0 * * 1";
const A_WEEK_AGO: &str = "UPDATE schedule SET due_at = due_at - 604800000, next_at = next_at - 604800000 \
     WHERE due_at IS NOT NULL AND NOT EXISTS \
     (SELECT 1 FROM job WHERE job.query_id = schedule.query_id)";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
async fn whatever_happens_at_a_durable_step_nothing_is_lost_or_doubled() {
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let only = std::env::var("BYTESTACK_TEST_CELLS").unwrap_or_default();
    let database = std::env::var("BYTESTACK_TEST_DATABASE").unwrap_or("sqlite".to_owned());
    let began = Instant::now();
    let all = cells(is_full, database == "postgres");
    let all = all.into_iter().filter(|cell| cell.plan().contains(&only));
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for cell in all {
        let turns = Arc::clone(&turns);
        running.spawn(async move {
            let _turn = turns.acquire_owned().await.unwrap();
            let mut alone = JoinSet::new();
            alone.spawn(go_through(cell));
            (cell, alone.join_next().await.unwrap().is_ok())
        });
    }
    let done = running.join_all().await;
    let failed: Vec<&Cell> =
        done.iter().filter(|(_, is_clean)| !is_clean).map(|(cell, _)| cell).collect();
    eprintln!(
        "crash matrix on {database}: {} cells, {} clean, in {:.0} s",
        done.len(),
        done.len() - failed.len(),
        began.elapsed().as_secs_f64()
    );
    assert!(failed.is_empty(), "{failed:#?}");
}

/// A small workload with everything in it, while what the cell says happens; then the checks.
async fn go_through(cell: Cell) {
    let mut world = World::new(cell).await;
    world
        .insist("an upload", |client| async move {
            let status = client.try_upload("posts", posts(20)).await.ok()?;
            (status == 201).then_some(())
        })
        .await;
    let mut acknowledged = BTreeSet::new();
    for number in 0..QUESTIONS {
        let asked = world.ask(question(number, &Value::Null)).await;
        acknowledged.insert(text(&asked["job"]["id"]).to_owned());
        if number == 0 {
            acknowledged.insert(world.run_again(text(&asked["query"]["id"])).await);
        }
    }
    world.ask(question(QUESTIONS, &json!({ "cron": WEEKLY }))).await;
    world.change(A_WEEK_AGO).await;
    world.get_over().await;
    let expected = QUESTIONS + 2;
    let seen = world.see(ALL, |seen| have_all_ended(seen, expected)).await;
    check(&seen, &acknowledged, expected);
    check_received(&seen, &mut world, expected);
    let (stopped, examined) = world.examine();
    assert_eq!(stopped.code, Some(0), "{cell:?}: {}", stopped.log);
    assert_eq!(examined.code, Some(0), "{cell:?}: {:#?}\n{}", examined.printed, stopped.log);
    assert_eq!(examined.printed.last().unwrap(), "every promise is kept");
}

fn question(number: usize, schedule: &Value) -> Value {
    json!({
        "prompt": format!("How many times was acme or word{number} mentioned?"),
        "dateRange": { "start": "2024-02-01T00:00:00Z", "end": "2024-03-01T00:00:00Z" },
        "sources": ["dataset:posts"], "schedule": schedule, "idempotencyKey": number.to_string(),
    })
}

const ALL: &str = "{
    jobs(first: 100) { totalCount nodes { id status } }
    events(first: 100) { nodes { id seq payload } }
    storageObjects(first: 100) { nodes { job { id } } }
    deliveries(first: 100) { nodes { status event { id } } } }";

fn nodes<'a>(seen: &'a Value, connection: &str) -> &'a Vec<Value> {
    seen[connection]["nodes"].as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

fn have_all_ended(seen: &Value, expected: usize) -> bool {
    let all_are = |connection, status| {
        nodes(seen, connection).iter().all(|node| node["status"] == status)
            && nodes(seen, connection).len() >= expected
    };
    all_are("jobs", "COMPLETED") && all_are("deliveries", "SUCCEEDED")
}

/// Each job has ended once, with one result and one event, and one delivery of it.
fn check(seen: &Value, acknowledged: &BTreeSet<String>, expected: usize) {
    let of = |connection: &str, id: fn(&Value) -> &Value| -> Vec<String> {
        let mut ids: Vec<String> =
            nodes(seen, connection).iter().map(|node| text(id(node)).to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    let jobs = of("jobs", |job| &job["id"]);
    assert_eq!(jobs.len(), expected, "{seen:#}");
    assert!(acknowledged.iter().all(|job| jobs.contains(job)), "{acknowledged:?} {seen:#}");
    assert_eq!(of("events", |event| &event["payload"]["job_id"]), jobs, "one event each");
    assert_eq!(of("storageObjects", |object| &object["job"]["id"]), jobs, "one result each");
    let events = of("events", |event| &event["id"]);
    assert_eq!(of("deliveries", |one| &one["event"]["id"]), events, "one delivery each");
    let mut seqs: Vec<u64> =
        nodes(seen, "events").iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=expected as u64).collect::<Vec<u64>>(), "the log is dense");
}

/// Each event arrived at least once, and always with the same bytes.
fn check_received(seen: &Value, world: &mut World, expected: usize) {
    let mut bodies: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for received in world.receiver.rest() {
        let id = received.header("webhook-id").to_owned();
        bodies.entry(id).or_default().insert(received.body.to_vec());
    }
    assert_eq!(bodies.len(), expected, "{bodies:?}");
    for event in nodes(seen, "events") {
        let bodies = &bodies[text(&event["id"])];
        assert_eq!(bodies.len(), 1, "always the same bytes: {bodies:?}");
        let body: Value = serde_json::from_slice(bodies.first().unwrap()).unwrap();
        assert_eq!(body, event["payload"]);
    }
}

/// Files of `src` below a folder.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

#[test]
fn every_point_is_reached_at_one_place_and_is_in_the_matrix() {
    let texts = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let all = cells(true, true);
    for point in failpoint::ALL {
        let calls = [format!("reach(\"{point}\")"), format!("reach_blocking(\"{point}\")")];
        let count = |text: &String| {
            calls.iter().map(|call| text.matches(call.as_str()).count()).sum::<usize>()
        };
        let places: usize = texts.iter().map(count).sum();
        assert_eq!(places, 1, "{point}");
        let is_elsewhere = ELSEWHERE.contains(point);
        assert!(is_elsewhere || all.iter().any(|cell| cell.point == *point), "{point}");
    }
    let reached = |text: &String| text.matches("reach(\"").count();
    let blocking = |text: &String| text.matches("reach_blocking(\"").count();
    let places: usize = texts.iter().map(|text| reached(text) + blocking(text)).sum();
    assert_eq!(places, failpoint::ALL.len(), "each place has its point in the list");
}

#[test]
fn a_plan_that_cannot_be_used_keeps_the_service_from_starting() {
    let data = tempfile::tempdir().unwrap();
    let plan = [("BYTESTACK_FAIL_POINTS", "runner.after_claim=explode")];
    let ended = run_in(data.path(), &["serve"], &plan);
    assert_eq!(ended.code, Some(1));
    let expected = "error: BYTESTACK_FAIL_POINTS cannot be used: `explode` is not abort, error";
    assert!(ended.log.starts_with(expected), "{}", ended.log);
}
