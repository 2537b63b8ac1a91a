//! Firing: schedules that are due are taken, decided about, and moved on in the commit that makes their jobs.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{give_keys, model};
use crate::failpoint;
use crate::model::id::{JobId, QueryId};
use crate::model::job::Job;
use crate::model::schedule::QuerySchedule;
use crate::model::task::TaskKind;
use crate::store::convert::{Row, millis};
use crate::store::entity::schedule;
use crate::store::run::{existing, insert};
use crate::store::sql::{Binder, Script, for_each};
use crate::store::wake::Topic;
use crate::store::{Store, StoreError, Tx};

/// What is to become of one schedule that is due.
#[derive(Clone, Debug, Default)]
pub struct Fired {
    pub jobs: Vec<Job>,
    /// Of these, those that wait for the others of their query.
    pub held: Vec<JobId>,
    /// Jobs of the query that are to make way.
    pub called_off: Vec<JobId>,
    /// Fires that make no job, as another has not ended.
    pub left_out: u64,
}

/// Jobs made in one commit; schedules that would make more wait for the next one.
const MOST_JOBS: usize = 1_000;

/// What a look at the schedules that are due came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiredDue {
    pub schedules: usize,
    pub jobs: usize,
    pub left_out: u64,
    /// There may be more that is due.
    pub more: bool,
}

/// A job of a query that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub job: JobId,
    /// It waits for another.
    pub held: bool,
}

/// Decides about one schedule that is due: what is made, and where the schedule stands then.
pub type Decide =
    Box<dyn FnMut(&mut QuerySchedule, &[Unfinished]) -> Result<Fired, StoreError> + Send>;

impl Store {
    /// Takes up to `count` schedules that are due, lets `decide` say what becomes of each, and commits
    /// the jobs it made with the schedules' new standing. Schedules that another node has just now are
    /// left to it.
    pub async fn fire_due(
        &self,
        now_ms: i64,
        count: u64,
        decide: Decide,
    ) -> Result<FiredDue, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |fired: &FiredDue| {
            if fired.jobs > 0 {
                wakes.committed(Topic::Queue(TaskKind::Job));
                wakes.committed(Topic::Cancels);
            }
        };
        let fired = self
            .writer
            .write_then(tell, move |tx: &Tx| Box::pin(fire_due(tx, now_ms, count, decide)))
            .await?;
        if fired.jobs > 0 {
            failpoint::reach("schedule.after_commit").await?;
        }
        Ok(fired)
    }
}

async fn fire_due(
    tx: &Tx,
    now_ms: i64,
    count: u64,
    mut decide: Decide,
) -> Result<FiredDue, StoreError> {
    let mut due = take_due(tx, now_ms, count).await?;
    let is_full = due.len() as u64 == count;
    let ids: Vec<String> = due.iter().map(|schedule| schedule.query_id.to_string()).collect();
    if ids.is_empty() {
        return Ok(FiredDue::default());
    }
    let there = existing(tx, &ids).await?;
    let unfinished = unfinished(tx, &ids).await?;
    let mut all = Fired::default();
    let mut decided = 0;
    for schedule in &mut due {
        if all.jobs.len() >= MOST_JOBS {
            break;
        }
        decided += 1;
        if !there.contains(&schedule.query_id.to_string()) {
            schedule.next_at = None;
            continue;
        }
        let runs = unfinished.get(&schedule.query_id).map_or(&[][..], Vec::as_slice);
        let fired = decide(schedule, runs)?;
        all.jobs.extend(fired.jobs);
        all.held.extend(fired.held);
        all.called_off.extend(fired.called_off);
        all.left_out += fired.left_out;
    }
    let more = is_full || decided < due.len();
    due.truncate(decided);
    leave_out_made(tx, &mut all.jobs).await?;
    give_keys(tx, &mut all.jobs).await?;
    let mut script = Script::new(tx.backend());
    script.add(|binder| advance(binder, &due));
    if !all.called_off.is_empty() {
        script.add(|binder| make_way(binder, &all.called_off));
    }
    insert(&all.jobs, &all.held.into_iter().collect(), &mut script)?;
    script.run(tx.connection()).await?;
    if !all.jobs.is_empty() {
        failpoint::reach("schedule.before_commit").await?;
    }
    Ok(FiredDue { schedules: due.len(), jobs: all.jobs.len(), left_out: all.left_out, more })
}

/// A clock that went back, or a schedule given anew after that, may come to a fire that was made before:
/// it stays made once, and keeps no other schedule waiting.
async fn leave_out_made(tx: &Tx, jobs: &mut Vec<Job>) -> Result<(), StoreError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let mut binder = Binder::new(tx.backend());
    let fires = jobs
        .iter()
        .map(|job| [job.query_id.to_string().into(), job.scheduled_for.map(millis).into()]);
    let fires = binder.rows(fires);
    let sql = for_each(
        tx.backend(),
        &fires,
        "job.query_id AS query_id, job.scheduled_for AS scheduled_for",
        "job",
        "job.query_id = asked.column1 AND job.scheduled_for = asked.column2 \
         AND job.\"trigger\" = 'scheduled'",
    );
    let mut made = HashSet::new();
    for row in tx.connection().query_all_raw(binder.statement(sql)).await? {
        let query: String = row.try_get("", "query_id")?;
        made.insert((query, row.try_get::<i64>("", "scheduled_for")?));
    }
    let is_new = |job: &Job| {
        let fire = (job.query_id.to_string(), job.scheduled_for.map(millis).unwrap_or_default());
        !made.contains(&fire)
    };
    jobs.retain(is_new);
    Ok(())
}

async fn take_due(tx: &Tx, now_ms: i64, count: u64) -> Result<Vec<QuerySchedule>, StoreError> {
    let mut select = schedule::Entity::find()
        .filter(schedule::Column::DueAt.lte(now_ms))
        .order_by_asc(schedule::Column::DueAt)
        .limit(count);
    if tx.backend() != DbBackend::Sqlite {
        use sea_orm::sea_query::{LockBehavior, LockType};
        select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = select.all(tx.connection()).await?;
    rows.iter().map(model).collect()
}

/// The jobs of these queries that have not ended, oldest first.
async fn unfinished(
    tx: &Tx,
    queries: &[String],
) -> Result<HashMap<QueryId, Vec<Unfinished>>, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let asked = binder.rows(queries.iter().map(|id| [id.as_str().into()]));
    let columns = "task.id AS id, task.query_id AS query_id, task.held AS held";
    let on = "task.query_id = asked.column1";
    let sql = for_each(tx.backend(), &asked, columns, "task", on);
    let mut unfinished: HashMap<QueryId, Vec<Unfinished>> = HashMap::new();
    for row in tx.connection().query_all_raw(binder.statement(sql)).await? {
        let (id, query): (String, String) = (row.try_get("", "id")?, row.try_get("", "query_id")?);
        let at = Row { table: "task", id: &id };
        let one = Unfinished { job: at.parse(&id)?, held: row.try_get("", "held")? };
        unfinished.entry(at.parse(&query)?).or_default().push(one);
    }
    for jobs in unfinished.values_mut() {
        jobs.sort_by_key(|one| one.job);
    }
    Ok(unfinished)
}

fn advance(binder: &mut Binder, due: &[QuerySchedule]) -> String {
    let fired = binder.rows(due.iter().map(|schedule| {
        [
            schedule.query_id.to_string().into(),
            schedule.next_at.map(millis).into(),
            schedule.due_at().map(millis).into(),
        ]
    }));
    format!(
        "UPDATE schedule SET next_at = fired.column2, due_at = fired.column3 \
         FROM ({fired}) AS fired WHERE schedule.query_id = fired.column1"
    )
}

/// The tasks are called off; those that wait are taken up at once, to end.
fn make_way(binder: &mut Binder, jobs: &[JobId]) -> String {
    let ids = binder.one_of(jobs.iter().map(ToString::to_string));
    format!(
        "UPDATE task SET cancel_requested = TRUE, held = FALSE, \
         due_at = CASE WHEN lease_token IS NULL THEN 0 ELSE due_at END WHERE id {ids}"
    )
}
