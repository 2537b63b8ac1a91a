//! What can be wrong with a row, and the one line that says so.

use chrono::DateTime;

use crate::support::rows::Rows;

/// Rows of a busy directory.
pub struct Ids {
    workspace: String,
    other_workspace: String,
    /// A completed job without a webhook, and its event's number.
    done: String,
    failed: String,
    running: String,
    queued: String,
    /// A delivery that arrived, its event and job, and one that is to be tried again.
    sent: String,
    sent_event: String,
    sent_job: String,
    waiting: String,
    dataset: String,
    dataset_blob: String,
    target: String,
    done_event: String,
    failed_event: String,
    done_query: String,
    done_key: String,
    failed_key: String,
    seq: i64,
    last_event: String,
    /// A query with a schedule, and a second before its next fire.
    scheduled: String,
    before_next: String,
}

pub struct Damage {
    pub sql: Vec<String>,
    pub found: Vec<String>,
}

impl Ids {
    pub async fn of(rows: &Rows) -> Self {
        let one = async |table: &str, column: &str, which: &str| {
            let sql = format!(
                "SELECT CAST({column} AS TEXT) FROM {table} WHERE {which} ORDER BY 1 LIMIT 1"
            );
            rows.text(&sql).await
        };
        let done = "status = 'completed' AND id NOT IN (SELECT job_id FROM delivery)";
        let (sent, waiting) = ("status = 'succeeded'", "status = 'pending'");
        let end = async |job: &str| {
            one("event", "id", &format!("payload LIKE '%\"job_id\":\"{job}\"%'")).await
        };
        let done = one("job", "id", done).await;
        let failed = one("job", "id", "status = 'failed'").await;
        let own = format!("id = '{done}'");
        Self {
            done_event: end(&done).await,
            failed_event: end(&failed).await,
            done_query: one("job", "query_id", &own).await,
            done_key: one("job", "storage_key", &own).await,
            failed_key: one("job", "storage_key", "status = 'failed'").await,
            done,
            failed,
            workspace: one("workspace", "id", "name = 'default'").await,
            other_workspace: one("workspace", "id", "name = 'other'").await,
            running: one("job", "id", "status = 'running'").await,
            queued: one("job", "id", "status = 'queued'").await,
            sent: one("delivery", "id", sent).await,
            sent_event: one("delivery", "event_id", sent).await,
            sent_job: one("delivery", "job_id", sent).await,
            target: one("delivery", "target", sent).await,
            waiting: one("delivery", "id", waiting).await,
            dataset: one("dataset", "id", "name = 'posts'").await,
            dataset_blob: one("dataset", "blob", "name = 'posts'").await,
            seq: one("event_counter", "seq", "seq > 0").await.parse().unwrap(),
            last_event: one("event", "id", "seq = (SELECT max(seq) FROM event)").await,
            scheduled: one("schedule", "query_id", "1 = 1").await,
            before_next: {
                let next: i64 = one("schedule", "next_at", "1 = 1").await.parse().unwrap();
                let before = DateTime::from_timestamp_millis(next - 1_000).unwrap();
                before.to_rfc3339()
            },
        }
    }
}

fn damage(sql: &[&str], found: &str) -> Damage {
    let sql = sql.iter().map(|sql| (*sql).to_owned()).collect();
    Damage { sql, found: vec![found.to_owned()] }
}

pub fn all(ids: &Ids) -> Vec<Damage> {
    [
        results(ids),
        ends(ids),
        tasks(ids),
        log(ids),
        deliveries(ids),
        bytes(ids),
        schedules(ids),
        others(ids),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn object(job: &str) -> String {
    job.replace("job_", "obj_")
}

fn results(ids: &Ids) -> Vec<Damage> {
    let Ids { done, failed, done_key, failed_key, .. } = ids;
    let (object, stray) = (object(done), object(failed));
    let copied = format!(
        "INSERT INTO storage_object SELECT '{stray}', workspace_id, query_id, '{failed}', '{failed_key}', \
         content_type, size_bytes, sha256, blob, created_at, expires_at \
         FROM storage_object WHERE id = '{object}'"
    );
    let body = format!(
        "INSERT INTO result_body SELECT '{stray}', zstd FROM result_body WHERE object_id = '{object}'"
    );
    let (second, second_body) =
        (copied.replace(failed.as_str(), done), body.replace(failed.as_str(), done));
    vec![
        damage(
            &[
                &format!("DELETE FROM result_body WHERE object_id = '{object}'"),
                &format!("DELETE FROM storage_object WHERE id = '{object}'"),
            ],
            &format!(
                "results: {done} is completed, but its result is not there; \
                 run the job again, or restore the row from a backup"
            ),
        ),
        damage(
            &[&copied, &body],
            &format!("results: {failed} is failed, but {stray} is there as its result"),
        ),
        damage(
            &[&second.replace(&stray, "obj_2"), &second_body.replace(&stray, "obj_2")],
            &format!(
                "results: obj_2 is a second result of {done}: a job's result has the job's own id"
            ),
        ),
        damage(
            &[
                &copied.replace(failed.as_str(), "job_0").replace(&stray, "obj_0"),
                &body.replace(&stray, "obj_0"),
            ],
            "results: obj_0 is the result of job_0, which is not there",
        ),
        damage(
            &[&format!("UPDATE storage_object SET key = 'k.json' WHERE id = '{object}'")],
            &format!("results: {object} is kept as k.json, but its job says {done_key}"),
        ),
    ]
}

fn schedules(ids: &Ids) -> Vec<Damage> {
    let row = format!("schedules: the schedule of {}", ids.scheduled);
    let (extra, queued, query) = ("job_00000000000000000000000001", &ids.queued, &ids.scheduled);
    let made = format!(
        "INSERT INTO job (id, workspace_id, query_id, status, \"trigger\", scheduled_for, storage_key, \
         created_at, attempt, max_attempts) SELECT '{extra}', workspace_id, '{query}', 'queued', \
         'scheduled', 1790000005000, '{query}_2026-09-21T14-13-25Z.json', created_at + 999999, 0, 5 \
         FROM job WHERE id = '{queued}'"
    );
    let task = format!(
        "INSERT INTO task (id, workspace_id, kind, due_at, attempt, max_attempts, lane, query_id) \
         SELECT '{extra}', workspace_id, kind, due_at, 0, 5, lane, '{query}' FROM task \
         WHERE id = '{queued}'"
    );
    vec![
        damage(
            &["UPDATE schedule SET due_at = due_at + 100000"],
            &format!("{row} is looked for at another time than it says; pause and resume it"),
        ),
        damage(
            &["UPDATE schedule SET paused_at = 1"],
            &format!("{row} is paused or stopped, but still has a next fire"),
        ),
        damage(
            &["UPDATE schedule SET next_at = NULL, due_at = NULL"],
            &format!("{row} fires no more, although it has fires to come; pause and resume it"),
        ),
        damage(
            &["UPDATE schedule SET overlap = 'perhaps'"],
            &format!(
                "{row} cannot be read: row {} of schedule cannot be read: \
                 `perhaps` is not an overlap policy",
                ids.scheduled
            ),
        ),
        damage(
            &[
                "UPDATE schedule SET jitter_seconds = 0, next_at = next_at - 1000, due_at = next_at - 1000",
            ],
            &format!(
                "{row} has {} as its next fire, which is none; pause and resume it",
                ids.before_next
            ),
        ),
        damage(
            &[&format!("UPDATE schedule SET workspace_id = '{}'", ids.other_workspace)],
            &format!("{row} is of {}, but its query of {}", ids.other_workspace, ids.workspace),
        ),
        damage(
            &[&made, &task],
            &format!(
                "schedules: {extra} was made by its schedule for 2026-09-21T14:13:25+00:00, \
                 which is no fire"
            ),
        ),
    ]
}

fn ends(ids: &Ids) -> Vec<Damage> {
    let Ids { done, failed, running, seq, done_event, failed_event, .. } = ids;
    let of = |job: &str| format!("WHERE payload LIKE '%\"job_id\":\"{job}\"%'");
    let next = seq + 1;
    // Rendered as the service would have, under the next number.
    let again = format!(
        "INSERT INTO event SELECT workspace_id, {next}, 'evt_00000000000000000000000001', epoch, type, \
         occurred_at, query_id, replace(replace(payload, id, 'evt_00000000000000000000000001'), \
         '\"seq\":' || CAST(seq AS TEXT) || ',', '\"seq\":{next},') FROM event {}",
        of(done)
    );
    let counted = format!("UPDATE event_counter SET seq = {next} WHERE seq > 0");
    let differs = |event: &str, member: &str| {
        format!("ends: {event} has a payload that does not fit its row or job: {member}")
    };
    let changed = |from: &str, to: &str| {
        format!("UPDATE event SET payload = replace(payload, '{from}', '{to}') {}", of(done))
    };
    vec![
        damage(
            &[&format!("UPDATE event SET type = 'other' {}", of(done))],
            &format!("ends: {done} is completed, but no event says so"),
        ),
        damage(
            &[&again, &counted],
            &format!("ends: {done} is completed, but 2 events say it ended"),
        ),
        damage(&[&changed("\"seq\":", "\"seq\":9")], &differs(done_event, "seq")),
        damage(&[&changed("\"id\":\"evt_0", "\"id\":\"evt_1")], &differs(done_event, "id")),
        damage(&[&changed("/v1/storage/", "/v2/storage/")], &differs(done_event, "result_url")),
        damage(
            &[&format!("UPDATE job SET completed_at = completed_at + 1 WHERE id = '{done}'")],
            &differs(done_event, "completed_at"),
        ),
        damage(
            &[&format!("UPDATE job SET status = 'cancelled' WHERE id = '{failed}'")],
            &differs(failed_event, "status"),
        ),
        Damage {
            sql: vec![format!("UPDATE job SET status = 'cancelled' WHERE id = '{running}'")],
            found: vec![
                format!("ends: {running} is cancelled, but no event says so"),
                format!("tasks: {running} is cancelled, but still has a task"),
            ],
        },
    ]
}

fn tasks(ids: &Ids) -> Vec<Damage> {
    let Ids { workspace, done, running, queued, waiting, sent, .. } = ids;
    let delete = |id: &str| format!("DELETE FROM task WHERE id = '{id}'");
    let copy = |to: &str| {
        format!(
            "INSERT INTO task (id, workspace_id, kind, due_at, attempt, max_attempts, lane, \
             cancel_requested, held) SELECT '{to}', workspace_id, kind, due_at, attempt, max_attempts, \
             lane, cancel_requested, held FROM task WHERE id = '{queued}'"
        )
    };
    let set = |id: &str, what: &str| format!("UPDATE task SET {what} WHERE id = '{id}'");
    let lost = "but has no task: nobody will take it up";
    vec![
        damage(&[&delete(queued)], &format!("tasks: {queued} is queued, {lost}")),
        damage(&[&delete(waiting)], &format!("tasks: {waiting} is pending, {lost}")),
        damage(&[&copy(done)], &format!("tasks: {done} is completed, but still has a task")),
        damage(
            &[&copy(sent), &set(sent, "kind = 'webhook'")],
            &format!("tasks: {sent} is succeeded, but still has a task"),
        ),
        damage(&[&copy("job_0")], "tasks: job_0 is the task of a job that is not there"),
        damage(
            &[&copy("dlv_0"), &set("dlv_0", "kind = 'webhook'")],
            "tasks: dlv_0 is the task of a delivery that is not there",
        ),
        damage(
            &[&set(queued, "lease_token = 1, leased_by = 'node/1'")],
            &format!("tasks: {queued} is queued, but its task is under a lease"),
        ),
        damage(
            &[&set(running, "lease_token = NULL, leased_by = NULL")],
            &format!("tasks: {running} is running, but its task is under no lease"),
        ),
        damage(
            &[&set(waiting, "leased_by = 'node/1'")],
            &format!(
                "tasks: {waiting} has a task whose lease has a token or a holder, but not both"
            ),
        ),
        damage(
            &[&set(queued, "held = TRUE")],
            &format!(
                "tasks: {queued} is held for other runs of its query, of which there are none"
            ),
        ),
        damage(
            &[&set(queued, &format!("lane = '{workspace}/7'"))],
            &format!(
                "tasks: {queued} waits in lane `{workspace}/7`, which is not one of its workspace"
            ),
        ),
    ]
}

fn log(ids: &Ids) -> Vec<Damage> {
    let Ids { workspace, other_workspace, seq, .. } = ids;
    let (next, beyond) = (seq + 1, seq + 2);
    // A query's event, so that no job lacks its own.
    let add = format!(
        "INSERT INTO event SELECT workspace_id, {beyond}, 'evt_2', epoch, 'query.deleted', \
         occurred_at, query_id, '{{}}' FROM event WHERE seq = {seq}"
    );
    let count = |seq: i64| format!("UPDATE event_counter SET seq = {seq} WHERE seq > 0");
    vec![
        damage(&[&add, &count(beyond)], &format!("log: {workspace} lacks event {next} of its log")),
        damage(
            &[&count(beyond)],
            &format!("log: {workspace} has a log that ends with event {seq}, but counts {beyond}"),
        ),
        damage(
            &["UPDATE event_counter SET trimmed = 1 WHERE seq > 0"],
            &format!("log: {workspace} still has event 1, but counts from 1 on"),
        ),
        damage(
            &[&format!("UPDATE event SET epoch = 'e2' WHERE seq = {seq}")],
            &format!("log: {workspace} has event {seq} of another epoch, e2"),
        ),
        damage(
            &[&format!("DELETE FROM event_counter WHERE workspace_id = '{other_workspace}'")],
            &format!("log: {other_workspace} has no counter of events: nothing can end there"),
        ),
    ]
}

fn deliveries(ids: &Ids) -> Vec<Damage> {
    let Ids { done_event, sent, sent_event, sent_job, waiting, target, .. } = ids;
    let set = |what: &str| format!("UPDATE delivery SET {what} WHERE id = '{sent}'");
    let untried = format!("DELETE FROM delivery_attempt WHERE delivery_id = '{sent}'");
    let never = |id: &str| format!("deliveries: {id} has an attempt that was never started");
    let columns =
        "workspace_id, target, event_id, query_id, job_id, status, created_at, completed_at";
    let registered = format!(
        "INSERT INTO webhook_endpoint (id, workspace_id, url, events, since_seq, state, ordered, \
         secret_last4, created_at) VALUES ('wh_0', '{}', 'u', '[\"job.completed\"]', {}, 'enabled', \
         FALSE, 'last', 0)",
        ids.workspace,
        ids.seq - 1
    );
    vec![
        damage(
            &[
                &format!(
                    "INSERT INTO delivery (id, {columns}) SELECT 'dlv_2', {columns} FROM delivery \
                     WHERE id = '{sent}'"
                ),
                &format!(
                    "INSERT INTO delivery_attempt (delivery_id, number, at, duration_ms) \
                     SELECT 'dlv_2', number, at, duration_ms FROM delivery_attempt \
                     WHERE delivery_id = '{sent}'"
                ),
            ],
            &format!("deliveries: {sent_event} is delivered to {target} 2 times over"),
        ),
        damage(
            &[&untried, &format!("DELETE FROM delivery WHERE id = '{sent}'")],
            &format!("deliveries: {sent_job} has ended, but has no delivery to {target}"),
        ),
        damage(
            &[&registered],
            &format!(
                "deliveries: {} has no delivery to wh_0, which is registered for it",
                ids.last_event
            ),
        ),
        damage(
            &[&set("event_id = 'evt_0'")],
            &format!("deliveries: {sent} brings evt_0, which is not there"),
        ),
        damage(
            &[&format!("UPDATE delivery SET event_id = '{done_event}' WHERE id = '{sent}'")],
            &format!("deliveries: {sent} brings {done_event}, which is not of {sent_job}"),
        ),
        damage(&[&untried], &format!("deliveries: {sent} is succeeded, but was never tried")),
        damage(
            &[&set("completed_at = NULL")],
            &format!("deliveries: {sent} is succeeded, but its times say something else"),
        ),
        damage(
            &[&format!("UPDATE delivery_attempt SET number = 0 WHERE delivery_id = '{sent}'")],
            &never(sent),
        ),
        damage(
            &[&format!("UPDATE delivery_attempt SET number = 4 WHERE delivery_id = '{waiting}'")],
            &never(waiting),
        ),
    ]
}

fn bytes(ids: &Ids) -> Vec<Damage> {
    let Ids { done, dataset, dataset_blob, .. } = ids;
    let object = object(done);
    let set = |what: &str| format!("UPDATE storage_object SET {what} WHERE id = '{object}'");
    let body = |what: &str| format!("{what} WHERE object_id = '{object}'");
    let damaged =
        |id: &str, what: &str| format!("bytes: {id} is damaged: {what}; restore it from a backup");
    vec![
        damage(
            &[&set("sha256 = 'x'")],
            &damaged(&object, "its row of bytes: its sha256 is another one"),
        ),
        damage(
            &[&set("size_bytes = 5")],
            &damaged(&object, "its row of bytes: it has more than the 5 bytes that it should"),
        ),
        damage(
            &[&body("DELETE FROM result_body")],
            &format!("bytes: {object} has no bytes; restore it from a backup"),
        ),
        damage(
            &[&set("blob = 'results/job_1/1-a'")],
            &format!("bytes: {object} has its bytes both in a row and a blob"),
        ),
        damage(
            &[&format!("UPDATE dataset SET documents = 51 WHERE id = '{dataset}'")],
            &damaged(dataset, &format!("blob {dataset_blob}: it has 50 documents rather than 51")),
        ),
    ]
}

fn others(ids: &Ids) -> Vec<Damage> {
    let Ids { workspace, other_workspace, done, done_query, failed, queued, waiting, .. } = ids;
    let object = object(done);
    let move_row = |table: &str, id: &str| {
        format!("UPDATE {table} SET workspace_id = '{other_workspace}' WHERE id = '{id}'")
    };
    let straddles = |table: &str, id: &str, other: &str, other_id: &str| {
        format!(
            "tenants: {id} ({table}) is of {other_workspace}, but its {other} {other_id} is of {workspace}"
        )
    };
    let lane = format!("UPDATE task SET lane = '{other_workspace}/0' WHERE id = '{queued}'");
    vec![
        damage(
            &[&format!("UPDATE job SET storage_key = 'x.json' WHERE id = '{failed}'")],
            &format!("names: {failed} has a storage key that is not its own: x.json"),
        ),
        damage(
            &[&format!("UPDATE job SET created_at = created_at + 60000 WHERE id = '{failed}'")],
            &format!("names: {failed} has a storage key that is not its own: {}", ids.failed_key),
        ),
        Damage {
            sql: vec![move_row("storage_object", &object)],
            found: vec![
                straddles("storage_object", &object, "job", done),
                straddles("storage_object", &object, "query", done_query),
            ],
        },
        damage(&[&move_row("task", queued), &lane], &straddles("task", queued, "job", queued)),
        damage(
            &[&move_row("task", waiting), &lane.replace(queued.as_str(), waiting)],
            &straddles("task", waiting, "delivery", waiting),
        ),
        damage(
            &[&format!(
                "UPDATE workspace SET signing_secret = (SELECT signing_secret FROM kept_workspace \
                 WHERE id = '{workspace}') WHERE id = '{other_workspace}'"
            )],
            &format!(
                "secrets: {other_workspace} has a signing secret that the master key does not open; \
                 give the key it was sealed with in BYTESTACK_MASTER_KEY"
            ),
        ),
    ]
}
