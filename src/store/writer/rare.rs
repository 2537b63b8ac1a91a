//! Rare operations: a closure over a transaction of its own that awaits nothing else.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use crate::failpoint;
use crate::store::link::Link;

use super::{Command, StoreError, Tx, Writer};

/// What a rare operation answers with.
pub type RareFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A rare operation with its type of answer hidden.
pub(super) trait Rare: Send {
    /// Does the work inside the transaction and keeps the value.
    fn apply<'a>(&'a mut self, tx: &'a Tx) -> RareFuture<'a, ()>;
    /// Answers the caller, after COMMIT or with what failed.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
    fn stops(&self) -> bool {
        false
    }
}

struct Operation<F, A, T> {
    work: Option<F>,
    committed: A,
    value: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, A, T> Rare for Operation<F, A, T>
where
    F: for<'a> FnOnce(&'a Tx) -> RareFuture<'a, T> + Send,
    A: FnOnce(&T) + Send,
    T: Send,
{
    fn apply<'a>(&'a mut self, tx: &'a Tx) -> RareFuture<'a, ()> {
        Box::pin(async move {
            let work = self.work.take().ok_or(StoreError::Closed)?;
            self.value = Some(work(tx).await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { value, reply, committed, .. } = *self;
        let answer = outcome.and_then(|()| value.ok_or(StoreError::Closed));
        if let Ok(value) = &answer {
            committed(value);
        }
        // The caller may have gone; what was committed stays.
        drop(reply.send(answer));
    }
}

/// Tells the writing task to end.
pub(super) struct Stop;

impl Rare for Stop {
    fn apply<'a>(&'a mut self, _: &'a Tx) -> RareFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn answer(self: Box<Self>, _: Result<(), StoreError>) {}

    fn stops(&self) -> bool {
        true
    }
}

/// Commits, counts and answers, in this order: also what failed may have been committed.
pub(super) async fn run(database: &Link, mut rare: Box<dyn Rare>, ended: &AtomicU64) {
    let outcome = commit(database, rare.as_mut()).await;
    ended.fetch_add(1, Ordering::Release);
    rare.answer(outcome);
}

async fn commit(database: &Link, rare: &mut dyn Rare) -> Result<(), StoreError> {
    database
        .within(async |connection| {
            let tx = Tx::begin(&connection).await?;
            rare.apply(&tx).await?;
            failpoint::reach("rare.before_commit").await?;
            tx.commit().await?;
            Ok(failpoint::reach("rare.after_commit").await?)
        })
        .await
}

impl Writer {
    /// Runs a rare operation in a transaction of its own and answers after COMMIT.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a Tx) -> RareFuture<'a, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_then(|_: &T| {}, work).await
    }

    /// The same, and calls `committed` between COMMIT and the answer, also when the caller has gone.
    pub async fn write_then<T: Send + 'static>(
        &self,
        committed: impl FnOnce(&T) + Send + 'static,
        work: impl for<'a> FnOnce(&'a Tx) -> RareFuture<'a, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let operation = Operation { work: Some(work), committed, value: None, reply };
        let command = Command::Rare(Box::new(operation));
        self.ends.commands.send(command).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}
