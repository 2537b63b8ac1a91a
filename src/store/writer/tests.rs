//! What the one write path promises, on a real database file.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;

use super::*;
use crate::clock::Clock;
use crate::model::audit_entry::AuditEntry;
use crate::model::delivery::{DeliveryAttempt, DeliveryStatus, NewDelivery};
use crate::model::event::{JOB_COMPLETED, JobCompleted};
use crate::model::id::{DeliveryId, WorkspaceId};
use crate::model::job::{Job, JobStatus, JobTrigger};
use crate::model::query::SavedQuery;
use crate::model::reading::{Intent, Reader, Reading};
use crate::model::storage_object::storage_key;
use crate::model::task::{DueLane, TaskKind};
use crate::model::workspace::Workspace;
use crate::store::test_database::{TestDatabase, polls_only};
use crate::store::{MasterKey, NewWorkspace, Place, Schema, Store};

const LEASE_MS: u32 = 60_000;
/// A lease that has run out by the time anybody looks.
const NO_LEASE: u32 = 0;

/// Somebody did something in a workspace.
fn entry(clock: &Clock, workspace_id: WorkspaceId) -> AuditEntry {
    AuditEntry {
        id: clock.new_id().unwrap(),
        workspace_id,
        at: clock.now(),
        key_id: None,
        operation: "test".to_owned(),
        object_id: None,
        detail: None,
    }
}

struct Fixture {
    store: Store,
    clock: Clock,
    workspace: WorkspaceId,
    _folder: tempfile::TempDir,
    _database: Option<TestDatabase>,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::wanted().await;
        let place = match &database {
            None => Place::Sqlite(folder.path().join("test.db")),
            Some(database) => Place::Postgres {
                url: database.url.clone().into(),
                schema: Schema::MigrateEmpty,
                poll_only: polls_only(),
            },
        };
        let store =
            Store::open(&place, MasterKey::new([1; 32]), Metrics::new("0").unwrap()).await.unwrap();
        let clock = Clock::system();
        let workspace = Workspace {
            id: clock.new_id().unwrap(),
            name: "test".into(),
            timezone: chrono_tz::Tz::UTC,
            keeps_documents: true,
            created_at: clock.now(),
        };
        let id = workspace.id;
        let (signing_secret, epoch) = ("whsec_x".to_owned(), "e".to_owned());
        let new = NewWorkspace { workspace, signing_secret, epoch };
        store.insert_workspace(new, true, entry(&clock, id)).await.unwrap();
        Self { store, clock, workspace: id, _folder: folder, _database: database }
    }

    fn submission(&self) -> Submission {
        let now: DateTime<Utc> = self.clock.now();
        let query = SavedQuery {
            id: self.clock.new_id().unwrap(),
            workspace_id: self.workspace,
            name: None,
            prompt: "mentions of Acme".into(),
            sources: Vec::new(),
            date_range: None,
            limit: 1,
            reading: Box::new(Reading::of(Intent::Count)),
            reader: Reader::of("builtin", "1"),
            assumptions: Vec::new(),
            timezone: chrono_tz::Tz::UTC,
            output_schema: None,
            webhook_url: None,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        let job = Job {
            id: self.clock.new_id().unwrap(),
            workspace_id: self.workspace,
            query_id: query.id,
            status: JobStatus::Queued,
            trigger: JobTrigger::Submitted,
            scheduled_for: None,
            storage_key: storage_key(query.id, now, 0),
            created_at: now,
            started_at: None,
            completed_at: None,
            attempt: 0,
            max_attempts: 5,
            error: None,
            sources: Vec::new(),
        };
        let audit = entry(&self.clock, self.workspace);
        Submission { query, job: Some(job), schedule: None, idempotency: None, audit }
    }

    async fn claim(&self, lease_ms: u32) -> Vec<Claimed> {
        self.claim_of(TaskKind::Job, lease_ms).await
    }

    async fn claim_of(&self, kind: TaskKind, lease_ms: u32) -> Vec<Claimed> {
        let worker = "node/1".to_owned();
        let lanes = self.store.due_lanes(kind).await.unwrap();
        let pick = |due: DueLane| Pick { lane: due.lane, count: 10, cap: due.cap };
        let picks = lanes.into_iter().map(pick).collect();
        let claim = Claim { worker, kind, picks, lease_ms, now_ms: 0 };
        self.store.claim(claim).await.unwrap()
    }

    async fn finish(&self, job: &Job, lease_token: i64) -> Outcome {
        self.finish_telling(job, lease_token, Vec::new()).await
    }

    async fn finish_telling(
        &self,
        job: &Job,
        lease_token: i64,
        deliveries: Vec<NewDelivery>,
    ) -> Outcome {
        let now = self.clock.now();
        let event = JobCompleted {
            event: JOB_COMPLETED.into(),
            id: self.clock.new_id().unwrap(),
            seq: 0,
            query_id: job.query_id,
            job_id: job.id,
            run_id: job.id,
            status: JobStatus::Failed,
            completed_at: now,
            timestamp: now,
            result_url: None,
            storage_key: None,
        };
        let (workspace, error, sources) = (self.workspace, None, Vec::new());
        let fence = Fence::Lease(lease_token);
        let finish = Finish {
            workspace,
            fence,
            error,
            sources,
            object: None,
            deliveries,
            scheduled: false,
            event,
            audit: None,
        };
        self.store.finish(finish).await.unwrap()
    }

    /// A job that has ended, announced to so many receivers.
    async fn announced(&self, receivers: usize) -> Vec<DeliveryId> {
        let submission = self.submission();
        let job = submission.job.clone().unwrap();
        self.store.submit(submission).await.unwrap();
        let task = self.claim(LEASE_MS).await.remove(0);
        let ids: Vec<DeliveryId> = (0..receivers).map(|_| self.clock.new_id().unwrap()).collect();
        let new = |id: &DeliveryId| NewDelivery { id: *id, target: "https://example.com".into() };
        let deliveries = ids.iter().map(new).collect();
        let outcome = self.finish_telling(&job, task.lease_token, deliveries).await;
        assert_eq!(outcome, Outcome::Ended);
        ids
    }

    async fn seqs(&self) -> Vec<u64> {
        let events = self.store.events_after(self.workspace, 0, &[], 100).await.unwrap();
        events.iter().map(|event| event.seq).collect()
    }
}

#[tokio::test]
async fn a_worker_whose_lease_was_taken_over_writes_nothing() {
    let fixture = Fixture::new().await;
    let submission = fixture.submission();
    let job = submission.job.clone().unwrap();
    fixture.store.submit(submission).await.unwrap();
    let stale = fixture.claim(NO_LEASE).await.remove(0);
    let current = fixture.claim(LEASE_MS).await.remove(0);
    assert_eq!((stale.attempt, current.attempt), (1, 2));
    assert!(fixture.claim(LEASE_MS).await.is_empty(), "a held lease is not given twice");

    assert_eq!(fixture.finish(&job, stale.lease_token).await, Outcome::LeaseLost);
    let leases = vec![(stale.id.clone(), stale.lease_token)];
    let beat = Heartbeat { leases, lease_ms: LEASE_MS };
    let lost = fixture.store.heartbeat(beat).await.unwrap();
    assert_eq!(lost, std::slice::from_ref(&stale.id));
    let (task, lease_token) = (stale.id.clone(), stale.lease_token);
    let give_back = GiveBack { task, lease_token, then: Then::Again };
    fixture.store.give_back(give_back).await.unwrap();
    let found = fixture.store.job(fixture.workspace, job.id).await.unwrap().unwrap();
    assert_eq!((found.status, fixture.seqs().await), (JobStatus::Running, vec![]));

    assert_eq!(fixture.finish(&job, current.lease_token).await, Outcome::Ended);
    assert_eq!(fixture.finish(&job, current.lease_token).await, Outcome::LeaseLost);
    assert_eq!(fixture.seqs().await, [1]);
}

#[tokio::test]
async fn a_task_given_back_keeps_its_attempts_or_waits_for_its_retry() {
    let fixture = Fixture::new().await;
    fixture.store.submit(fixture.submission()).await.unwrap();
    let first = fixture.claim(LEASE_MS).await.remove(0);
    let back = |claimed: &Claimed, then| GiveBack {
        task: claimed.id.clone(),
        lease_token: claimed.lease_token,
        then,
    };
    fixture.store.give_back(back(&first, Then::Again)).await.unwrap();
    let again = fixture.claim(LEASE_MS).await.remove(0);
    assert_eq!(again.attempt, 1, "an interrupted attempt does not count");
    fixture.store.give_back(back(&again, Then::Later(0))).await.unwrap();
    let retried = fixture.claim(LEASE_MS).await.remove(0);
    assert_eq!(retried.attempt, 2, "a failed one does");
    fixture.store.give_back(back(&retried, Then::Later(3_600_000))).await.unwrap();
    assert!(fixture.claim(LEASE_MS).await.is_empty(), "a retry is not due before its time");
}

#[tokio::test]
async fn a_task_with_nothing_to_do_goes_when_its_lease_is_held() {
    let fixture = Fixture::new().await;
    fixture.store.submit(fixture.submission()).await.unwrap();
    let lost = fixture.claim(0).await.remove(0);
    let held = fixture.claim(0).await.remove(0);
    let never = |claimed: &Claimed| GiveBack {
        task: claimed.id.clone(),
        lease_token: claimed.lease_token,
        then: Then::Never,
    };
    fixture.store.give_back(never(&lost)).await.unwrap();
    assert_eq!(fixture.claim(0).await.len(), 1, "another has it by now");
    fixture.store.give_back(never(&held)).await.unwrap();
    let held = fixture.claim(0).await.remove(0);
    fixture.store.give_back(never(&held)).await.unwrap();
    assert!(fixture.claim(0).await.is_empty());
}

#[tokio::test]
async fn one_callers_error_never_fails_its_neighbours() {
    let fixture = Fixture::new().await;
    let taken = fixture.submission();
    fixture.store.submit(taken.clone()).await.unwrap();
    let mut submissions: Vec<Submission> = (0..20).map(|_| fixture.submission()).collect();
    submissions.insert(10, taken);
    let answers = join_all(submissions.into_iter().map(|one| fixture.store.submit(one))).await;
    let failed: Vec<usize> = (0..answers.len()).filter(|index| answers[*index].is_err()).collect();
    assert_eq!(failed, [10], "only the one with an id that is taken");
    assert_eq!(fixture.store.unfinished_tasks().await.unwrap().len(), 21);
}

#[tokio::test]
async fn events_of_merged_ends_are_numbered_without_a_gap() {
    let fixture = Fixture::new().await;
    let submissions: Vec<Submission> = (0..10).map(|_| fixture.submission()).collect();
    let jobs: Vec<Job> = submissions.iter().filter_map(|one| one.job.clone()).collect();
    join_all(submissions.into_iter().map(|one| fixture.store.submit(one))).await;
    let claimed = fixture.claim(LEASE_MS).await;
    assert_eq!(claimed.len(), 10);
    let ends = claimed.iter().map(|task| {
        let job = jobs.iter().find(|job| job.id.to_string() == task.id).unwrap();
        fixture.finish(job, task.lease_token)
    });
    assert!(join_all(ends).await.iter().all(|outcome| *outcome == Outcome::Ended));
    assert_eq!(fixture.seqs().await, (1..=10).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_job_that_ends_without_its_lease_announces_nothing() {
    let fixture = Fixture::new().await;
    let submission = fixture.submission();
    let job = submission.job.clone().unwrap();
    fixture.store.submit(submission).await.unwrap();
    let stale = fixture.claim(NO_LEASE).await.remove(0);
    fixture.claim(LEASE_MS).await;
    let id = fixture.clock.new_id().unwrap();
    let deliveries = vec![NewDelivery { id, target: "https://example.com".into() }];
    let outcome = fixture.finish_telling(&job, stale.lease_token, deliveries).await;
    assert_eq!(outcome, Outcome::LeaseLost);
    assert!(fixture.claim_of(TaskKind::Webhook, LEASE_MS).await.is_empty());
    let found = fixture.store.deliveries_by_id(fixture.workspace, &[id]).await.unwrap();
    assert!(found.is_empty());
}

#[tokio::test]
async fn merged_attempts_end_each_as_it_should_and_only_under_its_lease() {
    use DeliveryStatus::{Failed, Pending, Succeeded};
    let fixture = Fixture::new().await;
    let ids = fixture.announced(4).await;
    assert!(fixture.claim(LEASE_MS).await.is_empty(), "workers of jobs are not given deliveries");
    let claimed = fixture.claim_of(TaskKind::Webhook, LEASE_MS).await;
    let token = |id: &DeliveryId| {
        claimed.iter().find(|task| task.id == id.to_string()).map(|task| task.lease_token).unwrap()
    };
    let end = |id: &DeliveryId, lease_token: i64, next: Next| {
        let (at, error) = (fixture.clock.now(), None);
        let attempt = DeliveryAttempt {
            number: 1,
            at,
            duration_ms: 5,
            status_code: Some(200),
            error,
            first_byte_ms: None,
            response_excerpt: None,
        };
        let (endpoint, is_ordered) = (None, false);
        let end = EndAttempt {
            delivery: *id,
            lease_token,
            attempt,
            next,
            endpoint,
            bucket: None,
            is_ordered,
        };
        fixture.store.end_attempt(end)
    };
    let held = join_all([
        end(&ids[0], token(&ids[0]), Next::Succeeded),
        end(&ids[1], token(&ids[1]), Next::Failed),
        end(&ids[2], token(&ids[2]), Next::Retry { after_ms: 3_600_000 }),
        end(&ids[3], token(&ids[3]) ^ 1, Next::Succeeded),
    ])
    .await;
    let held: Vec<bool> = held.into_iter().map(Result::unwrap).collect();
    assert_eq!(held, [true, true, true, false]);

    let found = fixture.store.deliveries_by_id(fixture.workspace, &ids).await.unwrap();
    let status = |id: &DeliveryId| found.iter().find(|found| found.id == *id).unwrap().status;
    assert_eq!([0, 1, 2, 3].map(|at| status(&ids[at])), [Succeeded, Failed, Pending, Pending]);
    let attempts = fixture.store.delivery_attempts(fixture.workspace, &ids).await.unwrap();
    assert_eq!([0, 1, 2, 3].map(|at| attempts.contains_key(&ids[at])), [true, true, true, false]);
    let mut left = [ids[2].to_string(), ids[3].to_string()];
    left.sort();
    assert_eq!(fixture.store.unfinished_tasks().await.unwrap(), left);
    assert!(fixture.claim_of(TaskKind::Webhook, LEASE_MS).await.is_empty(), "not due yet");
}

#[tokio::test]
async fn merged_runs_have_keys_of_their_own_and_are_made_once() {
    let fixture = Fixture::new().await;
    let mut submission = fixture.submission();
    let query = submission.query.id;
    let of = submission.job.take().unwrap();
    fixture.store.submit(submission).await.unwrap();
    let run = |key: Option<(&str, &str)>| {
        let job =
            Job { id: fixture.clock.new_id().unwrap(), created_at: of.created_at, ..of.clone() };
        let idempotency = key.map(|(key, hash)| IdempotencyKey {
            operation: "runQuery",
            key: key.to_owned(),
            request_hash: hash.to_owned(),
        });
        NewRun { job, idempotency, audit: entry(&fixture.clock, fixture.workspace) }
    };
    let mut runs: Vec<NewRun> = (0..12).map(|_| run(None)).collect();
    runs.extend([run(Some(("a", "1"))), run(Some(("a", "1"))), run(Some(("a", "2")))]);
    let (mut unknown, mut strange) = (run(None), run(None));
    unknown.job.query_id = fixture.clock.new_id().unwrap();
    strange.job.workspace_id = fixture.clock.new_id().unwrap();
    runs.extend([unknown, strange]);
    let later = run(None);
    let commits = || fixture.store.metrics().database.batch.get_sample_count();
    let before = commits();
    let made = join_all(runs.into_iter().map(|run| fixture.store.start_run(run))).await;
    let made: Vec<Started> = made.into_iter().map(Result::unwrap).collect();
    let commits = commits() - before;
    assert!(commits < 9, "17 runs that were handed over at once took {commits} commits");
    let job = |started: &Started| match started {
        Started::New { job, .. } => Some((**job).clone()),
        _ => None,
    };
    let jobs: Vec<Job> = made.iter().filter_map(job).collect();
    let keys: HashSet<String> = jobs.iter().map(|job| job.storage_key.clone()).collect();
    let expected = (0..13).map(|number| storage_key(query, of.created_at, number)).collect();
    assert_eq!(keys, expected, "each has the next that is free");
    for job in &jobs {
        let stored = fixture.store.job(fixture.workspace, job.id).await.unwrap().unwrap();
        assert_eq!(stored.storage_key, job.storage_key, "the answer says what was stored");
    }
    let first = job(&made[12]).unwrap().id;
    assert!(matches!(made[13], Started::Replayed { job, .. } if job == first), "{:?}", made[13]);
    assert_eq!(made[14..], [Started::KeyReused, Started::NoQuery, Started::NoQuery]);
    let later = fixture.store.start_run(later).await.unwrap();
    let after_them = storage_key(query, of.created_at, 13);
    assert_eq!(
        job(&later).unwrap().storage_key,
        after_them,
        "also those of other commits are seen"
    );
    assert_eq!(fixture.store.unfinished_tasks().await.unwrap().len(), 14);
}
