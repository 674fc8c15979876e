use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::ops::Deref;
use std::time::Duration;

use deadpool_postgres::{Client, ClientWrapper, Pool};
use futures::future::BoxFuture;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use udam_domain::StoreError;

use crate::error::{Unreadable, is_transient, pool_error, store_error};

/// How often a transaction is tried that others keep undoing.
const ATTEMPTS: u32 = 5;

/// What runs in a transaction looks rows up by their keys, so that one plan fits all: from row to row,
/// along indexes. Left to choose, the server plans anew each time, which takes longer than the work; or it
/// reads a table whole that was small when it planned and is not any more.
const BY_KEY: &str = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan;
    SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

/// A transaction under way. `'scope` is what its body borrows from outside.
pub(crate) struct Transaction<'scope> {
    client: Client,
    scope: PhantomData<&'scope ()>,
}

/// Why the body of a transaction stopped; either way, it is rolled back.
#[derive(Debug)]
pub(crate) enum TxError<E> {
    /// A statement failed.
    Database(tokio_postgres::Error),
    /// The body has its answer, and it is this error.
    Answer(E),
}

impl<E> From<tokio_postgres::Error> for TxError<E> {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl<E: From<StoreError>> From<Unreadable> for TxError<E> {
    fn from(error: Unreadable) -> Self {
        Self::Answer(StoreError::from(error).into())
    }
}

impl<E: From<StoreError>> From<StoreError> for TxError<E> {
    fn from(error: StoreError) -> Self {
        Self::Answer(error.into())
    }
}

impl Deref for Transaction<'_> {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

/// What a statement is given.
pub(crate) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Transaction<'_> {
    /// Begins it, as [`BY_KEY`] says.
    pub(crate) async fn begin(&self) -> Result<(), tokio_postgres::Error> {
        self.batch_execute(BY_KEY).await
    }

    /// Lets the server plan as it sees fit, for what reads whole tables.
    pub(crate) async fn plan_freely(&self) -> Result<(), tokio_postgres::Error> {
        self.batch_execute(
            "SET LOCAL plan_cache_mode = auto;
            SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on;
            SET LOCAL enable_mergejoin = on",
        )
        .await
    }

    /// Commits it. After a statement has failed the server rolls back instead, and says nothing of it.
    pub(crate) async fn commit(&self) -> Result<(), tokio_postgres::Error> {
        self.batch_execute("COMMIT").await
    }

    /// Prepares what this connection has not prepared yet; it keeps them as long as it lives. Statements
    /// that are sent together afterwards run in the order in which they are polled first.
    pub(crate) async fn prepare_all(
        &self,
        statements: &[&str],
    ) -> Result<(), tokio_postgres::Error> {
        for sql in statements {
            self.prepare_cached(sql).await?;
        }
        Ok(())
    }

    /// All rows of a statement, which is prepared on first use.
    pub(crate) async fn rows(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let statement = self.prepare_cached(sql).await?;
        self.query(&statement, parameters).await
    }

    /// The row of a statement that has at most one.
    pub(crate) async fn row(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, tokio_postgres::Error> {
        let statement = self.prepare_cached(sql).await?;
        self.query_opt(&statement, parameters).await
    }

    /// How many rows a statement has changed.
    pub(crate) async fn run(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, tokio_postgres::Error> {
        let statement = self.prepare_cached(sql).await?;
        self.execute(&statement, parameters).await
    }
}

/// Who sends `BEGIN` and `COMMIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Whoever runs the transaction, each as a round trip of its own.
    Ours,
    /// The body, together with what it sends first and last. It answers for the failure of each.
    TheBodys,
}

/// Runs `body` in a transaction, and again when others have undone it.
pub(crate) async fn run<'scope, T, E, B>(pool: &Pool, ends: Ends, body: &B) -> Result<T, E>
where
    E: From<StoreError>,
    B: for<'t> Fn(&'t Transaction<'scope>) -> BoxFuture<'t, Result<T, TxError<E>>> + Sync,
{
    let mut attempt = 1;
    loop {
        let client = pool.get().await.map_err(pool_error)?;
        match attempt_once(client, ends, body).await {
            Ok(value) => return Ok(value),
            Err(TxError::Answer(answer)) => return Err(answer),
            Err(TxError::Database(error)) if attempt < ATTEMPTS && is_transient(&error) => {
                tokio::time::sleep(pause_after(attempt)).await;
                attempt = attempt.saturating_add(1);
            }
            Err(TxError::Database(error)) => return Err(store_error(error).into()),
        }
    }
}

async fn attempt_once<'scope, T, E, B>(
    client: Client,
    ends: Ends,
    body: &B,
) -> Result<T, TxError<E>>
where
    B: for<'t> Fn(&'t Transaction<'scope>) -> BoxFuture<'t, Result<T, TxError<E>>>,
{
    let mut leash = Leash::default();
    let transaction = leash.hold(client);
    if ends == Ends::Ours {
        transaction.begin().await?;
    }
    match body(transaction).await {
        Ok(value) => {
            if ends == Ends::Ours {
                // A body that has swallowed a failed statement believes that all is well, and COMMIT
                // would quietly roll back; any statement before it fails then, and says so.
                transaction.batch_execute("SELECT; COMMIT").await?;
            }
            leash.release();
            Ok(value)
        }
        Err(error) => {
            if transaction.batch_execute("ROLLBACK").await.is_ok() {
                leash.release();
            }
            Err(error)
        }
    }
}

/// Holds the connection of a transaction, and closes it unless it is released: whatever happens to
/// the future that runs the transaction, the pool never sees a connection inside one.
#[derive(Default)]
struct Leash<'scope>(Option<Transaction<'scope>>);

impl<'scope> Leash<'scope> {
    fn hold(&mut self, client: Client) -> &Transaction<'scope> {
        self.0.insert(Transaction {
            client,
            scope: PhantomData,
        })
    }

    fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for Leash<'_> {
    fn drop(&mut self) {
        if let Some(transaction) = self.0.take() {
            drop(Client::take(transaction.client));
        }
    }
}

/// A pause of up to 5 ms, twice that, … so that those who undid each other do not meet again.
fn pause_after(attempt: u32) -> Duration {
    // Spreading retries needs no good randomness, only a different one for each.
    let chance = RandomState::new().hash_one(attempt);
    let ceiling = 5_000_u64.saturating_mul(1 << attempt.saturating_sub(1).min(10));
    Duration::from_micros(chance.checked_rem(ceiling).unwrap_or_default())
}

#[cfg(test)]
mod tests;
