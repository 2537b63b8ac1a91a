//! The commands of one transaction, in the order they are applied: claims after what adds or frees
//! something to claim, and last what takes a number from the workspaces' logs, which nodes take turns at.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::mem;
use std::time::Instant;

use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::oneshot;

use super::finish::Effects;
use super::{
    Claim, Claimed, Command, EndAttempt, Finish, GiveBack, Heartbeat, NewRun, Outcome, Pending,
    Started, Submission, Submitted, Tx, attempt, claim, finish, heartbeat, run, submit,
};
use crate::failpoint::{Injected, reach};
use crate::metrics::Metrics;
use crate::model::id::WorkspaceId;
use crate::model::task::TaskKind;
use crate::store::link::{Broken, Link};
use crate::store::wake::Topic;
use crate::store::{StoreError, Wakes};

/// So many ends for each new job are many.
const MANY: usize = 8;

#[derive(Default)]
pub(super) struct Batch {
    submits: Vec<Pending<Submission, Submitted>>,
    runs: Vec<Pending<NewRun, Started>>,
    heartbeats: Vec<Pending<Heartbeat, Vec<String>>>,
    give_backs: Vec<Pending<GiveBack, ()>>,
    pub(super) finishes: Vec<Pending<Finish, Outcome>>,
    pub(super) attempts: Vec<Pending<EndAttempt, bool>>,
    claims: Vec<Pending<Claim, Vec<Claimed>>>,
}

/// The answers of a committed batch, each list in the order of its commands.
pub(super) struct Answers {
    submits: Vec<Submitted>,
    runs: Vec<Started>,
    heartbeats: Vec<Vec<String>>,
    pub(super) finishes: Vec<Outcome>,
    pub(super) attempts: Vec<bool>,
    pub(super) claims: Vec<Vec<Claimed>>,
    effects: Effects,
    /// Attempts have ended that others waited for.
    freed: bool,
}

impl Batch {
    /// Adds a merged command; rare ones run by themselves and are not added.
    pub fn push(&mut self, command: Command) {
        match command {
            Command::Submit(pending) => self.submits.push(*pending),
            Command::Run(pending) => self.runs.push(*pending),
            Command::Heartbeat(pending) => self.heartbeats.push(pending),
            Command::GiveBack(pending) => self.give_backs.push(pending),
            Command::Finish(pending) => self.finishes.push(*pending),
            Command::EndAttempt(pending) => self.attempts.push(*pending),
            Command::Claim(pending) => self.claims.push(pending),
            Command::Rare(rare) => rare.answer(Err(StoreError::Closed)),
        }
    }

    /// A few that make jobs do not wait for the ends of many: they are committed by themselves, before.
    pub fn quickest_first(mut self) -> impl Iterator<Item = Self> {
        let mut first = Self::default();
        if (self.submits.len() + self.runs.len()) * MANY <= self.finishes.len() {
            mem::swap(&mut first.submits, &mut self.submits);
            mem::swap(&mut first.runs, &mut self.runs);
        }
        [first, self].into_iter()
    }

    pub(super) fn len(&self) -> usize {
        self.submits.len()
            + self.runs.len()
            + self.heartbeats.len()
            + self.give_backs.len()
            + self.finishes.len()
            + self.attempts.len()
            + self.claims.len()
    }

    /// Commits all together, or, when that fails, each by itself; answers every caller.
    pub async fn commit(self, database: &Link, wakes: &Wakes, metrics: &Metrics) {
        if self.len() == 0 {
            return;
        }
        match self.try_commit(database, metrics).await {
            Ok(answers) => self.answer(answers, wakes),
            Err(error) if self.len() == 1 => self.fail(error),
            Err(error) => {
                let cause = error.source().map(ToString::to_string);
                tracing::warn!(%error, cause, "a merged transaction failed; its commands are tried one by one");
                let mut singles = self.split().into_iter();
                // Each would wait as long as the first for a database that is away.
                let mut is_away = false;
                while !is_away && let Some(single) = singles.next() {
                    match single.try_commit(database, metrics).await {
                        Ok(answers) => single.answer(answers, wakes),
                        Err(error) => {
                            is_away = error.is_broken();
                            single.fail(error);
                        }
                    }
                }
                singles.for_each(|single| single.fail(StoreError::away()));
            }
        }
    }

    async fn try_commit(&self, database: &Link, metrics: &Metrics) -> Result<Answers, StoreError> {
        let began = Instant::now();
        let done = if let Some(file) = database.in_place() {
            self.write_in(Tx::begin_in_place(file)).await
        } else {
            let write = async |connection| {
                if self.is_one_statement(&connection) {
                    self.write_as_one(connection).await
                } else {
                    self.write_in(Tx::begin(&connection).await).await
                }
            };
            database.within(write).await
        };
        self.count(done.as_ref().ok(), began.elapsed(), metrics);
        done
    }

    async fn write_in(&self, tx: Result<Tx, StoreError>) -> Result<Answers, StoreError> {
        let tx = tx?;
        let answers = self.apply(&tx).await?;
        self.reach_before_commit().await?;
        tx.commit().await?;
        self.reach_after_commit().await?;
        Ok(answers)
    }

    /// Once it has run it is committed.
    async fn write_as_one(&self, connection: DatabaseConnection) -> Result<Answers, StoreError> {
        self.reach_before_commit().await?;
        let answers = self.apply(&Tx::of_one_statement(connection)).await?;
        self.reach_after_commit().await?;
        Ok(answers)
    }

    /// Whether one statement writes all of it. SQLite gains nothing by it.
    fn is_one_statement(&self, connection: &DatabaseConnection) -> bool {
        let is_one = match (self.len(), self.claims.as_slice()) {
            (1, [claim]) => claim.input.is_one_statement(),
            (all, _) => {
                let without_key = |one: &Pending<Submission, _>| one.input.idempotency.is_none();
                all == self.submits.len() && self.submits.iter().all(without_key)
            }
        };
        is_one && connection.get_database_backend() != DbBackend::Sqlite
    }

    async fn reach_before_commit(&self) -> Result<(), Injected> {
        if !self.submits.is_empty() {
            reach("writer.before_commit.submit").await?;
        }
        if !self.runs.is_empty() {
            reach("writer.before_commit.run").await?;
        }
        if !self.heartbeats.is_empty() {
            reach("writer.before_commit.heartbeat").await?;
        }
        if !self.give_backs.is_empty() {
            reach("writer.before_commit.give_back").await?;
        }
        if !self.finishes.is_empty() {
            reach("writer.before_commit.finish").await?;
        }
        if !self.attempts.is_empty() {
            reach("writer.before_commit.end_attempt").await?;
        }
        if !self.claims.is_empty() {
            reach("writer.before_commit.claim").await?;
        }
        Ok(())
    }

    async fn reach_after_commit(&self) -> Result<(), Injected> {
        if !self.submits.is_empty() {
            reach("writer.after_commit.submit").await?;
        }
        if !self.runs.is_empty() {
            reach("writer.after_commit.run").await?;
        }
        if !self.heartbeats.is_empty() {
            reach("writer.after_commit.heartbeat").await?;
        }
        if !self.give_backs.is_empty() {
            reach("writer.after_commit.give_back").await?;
        }
        if !self.finishes.is_empty() {
            reach("writer.after_commit.finish").await?;
        }
        if !self.attempts.is_empty() {
            reach("writer.after_commit.end_attempt").await?;
        }
        if !self.claims.is_empty() {
            reach("writer.after_commit.claim").await?;
        }
        Ok(())
    }

    async fn apply(&self, tx: &Tx) -> Result<Answers, StoreError> {
        let submits = submit::apply(tx, &inputs(&self.submits)).await?;
        let runs = run::apply(tx, &inputs(&self.runs)).await?;
        let heartbeats = heartbeat::apply(tx, &inputs(&self.heartbeats)).await?;
        heartbeat::give_back(tx, &inputs(&self.give_backs)).await?;
        let (attempts, freed) = attempt::apply(tx, &inputs(&self.attempts)).await?;
        let ending = inputs(&self.finishes);
        let taken = finish::take(tx, &ending).await?;
        let claims = claim::apply(tx, &inputs(&self.claims)).await?;
        let (finishes, effects) = finish::end(tx, &ending, &taken).await?;
        Ok(Answers { submits, runs, heartbeats, finishes, attempts, claims, effects, freed })
    }

    fn answer(self, answers: Answers, wakes: &Wakes) {
        let given_back = !self.give_backs.is_empty();
        let new_jobs = given_back
            || answers.effects.released
            || answers.submits.iter().any(Submitted::added_task)
            || answers.runs.iter().any(|run| matches!(run, Started::New { .. }));
        let new_webhooks = given_back || answers.effects.delivers || answers.freed;
        let copied = given_back || answers.effects.copied;
        let new_schedules = answers.submits.iter().any(Submitted::added_schedule);
        let logs: BTreeSet<WorkspaceId> = self
            .finishes
            .iter()
            .zip(&answers.finishes)
            .filter(|(_, outcome)| **outcome == Outcome::Ended)
            .map(|(pending, _)| pending.input.workspace_id())
            .collect();
        let settled = given_back || !answers.finishes.is_empty() || !answers.attempts.is_empty();
        reply(self.submits, answers.submits);
        reply(self.runs, answers.runs);
        reply(self.heartbeats, answers.heartbeats);
        let done = vec![(); self.give_backs.len()];
        reply(self.give_backs, done);
        reply(self.finishes, answers.finishes);
        reply(self.attempts, answers.attempts);
        reply(self.claims, answers.claims);
        if new_jobs {
            wakes.committed(Topic::Queue(TaskKind::Job));
        }
        if copied {
            wakes.committed(Topic::Queue(TaskKind::Bucket));
        }
        if new_schedules {
            wakes.committed(Topic::Schedules);
        }
        if new_webhooks {
            wakes.committed(Topic::Queue(TaskKind::Webhook));
        }
        for workspace in logs {
            wakes.committed(Topic::Events(workspace));
        }
        if settled {
            wakes.settled();
        }
    }

    /// Answers the one command of this batch with what failed.
    fn fail(self, error: StoreError) {
        let mut error = Some(error);
        let mut take = || error.take().unwrap_or(StoreError::Closed);
        self.submits.into_iter().for_each(|one| send(one.reply, Err(take())));
        self.runs.into_iter().for_each(|one| send(one.reply, Err(take())));
        self.heartbeats.into_iter().for_each(|one| send(one.reply, Err(take())));
        self.give_backs.into_iter().for_each(|one| send(one.reply, Err(take())));
        self.claims.into_iter().for_each(|one| send(one.reply, Err(take())));
        self.finishes.into_iter().for_each(|one| send(one.reply, Err(take())));
        self.attempts.into_iter().for_each(|one| send(one.reply, Err(take())));
    }

    fn split(self) -> Vec<Self> {
        let mut singles = Vec::with_capacity(self.len());
        singles.extend(
            self.submits.into_iter().map(|one| Self { submits: vec![one], ..Self::default() }),
        );
        singles
            .extend(self.runs.into_iter().map(|one| Self { runs: vec![one], ..Self::default() }));
        singles.extend(
            self.heartbeats
                .into_iter()
                .map(|one| Self { heartbeats: vec![one], ..Self::default() }),
        );
        singles.extend(
            self.give_backs
                .into_iter()
                .map(|one| Self { give_backs: vec![one], ..Self::default() }),
        );
        singles.extend(
            self.claims.into_iter().map(|one| Self { claims: vec![one], ..Self::default() }),
        );
        singles.extend(
            self.finishes.into_iter().map(|one| Self { finishes: vec![one], ..Self::default() }),
        );
        singles.extend(
            self.attempts.into_iter().map(|one| Self { attempts: vec![one], ..Self::default() }),
        );
        singles
    }
}

fn inputs<I, O>(pending: &[Pending<I, O>]) -> Vec<&I> {
    pending.iter().map(|pending| &pending.input).collect()
}

fn reply<I, O>(pending: Vec<Pending<I, O>>, answers: Vec<O>) {
    for (pending, answer) in pending.into_iter().zip(answers) {
        send(pending.reply, Ok(answer));
    }
}

/// A caller may have gone; what was committed stays.
fn send<O>(reply: oneshot::Sender<Result<O, StoreError>>, answer: Result<O, StoreError>) {
    drop(reply.send(answer));
}
