use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::time::Duration;

use deadpool_postgres::Client;
use futures::future::BoxFuture;
use tokio_postgres::Row;
use udam_domain::StoreError;

use crate::connections::Connections;
use crate::error::{Unreadable, is_transient};
use crate::mailing::Mailing;
use crate::statements::Statements;

pub(crate) use crate::statements::Parameters;

/// Largest number of attempts at a transaction that fails because of concurrent ones.
const MAX_ATTEMPTS: u32 = 5;

/// The statements of a transaction look rows up by key, so that one plan suits all parameters: from
/// row to row, along indexes. Left to choose, the server plans each execution anew, which takes longer than
/// the execution; or it keeps a plan that scans a table which was small at the time and has since grown.
const PLAN_BY_KEY: &str = "SET LOCAL plan_cache_mode = force_generic_plan;
    SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

/// An open transaction. `'scope` is the lifetime of what its body borrows.
pub(crate) struct Transaction<'scope> {
    client: Client,
    statements: Statements,
    mailing: Mailing,
    scope: PhantomData<&'scope ()>,
}

/// Why the body of a transaction failed. The transaction is rolled back in either case.
#[derive(Debug)]
pub(crate) enum TxError<E> {
    /// A statement failed. If only because of concurrent transactions, the body runs again.
    Database(tokio_postgres::Error),
    /// The body failed with this error, which is returned to the caller.
    Abort(E),
}

/// Result of the body of a transaction, or of a part of it.
pub(crate) type TxResult<T, E = StoreError> = Result<T, TxError<E>>;

impl<E> From<tokio_postgres::Error> for TxError<E> {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl<E: From<StoreError>> From<Unreadable> for TxError<E> {
    fn from(error: Unreadable) -> Self {
        Self::Abort(StoreError::from(error).into())
    }
}

impl<E: From<StoreError>> From<StoreError> for TxError<E> {
    fn from(error: StoreError) -> Self {
        Self::Abort(error.into())
    }
}

impl Transaction<'_> {
    /// Begins the transaction, with plans by key only: see [`PLAN_BY_KEY`].
    pub(crate) async fn begin(&self) -> Result<(), tokio_postgres::Error> {
        let begin = format!("{} {PLAN_BY_KEY}", self.statements.begin());
        self.batch_execute(&begin).await
    }

    /// Whether mails are written.
    pub(crate) const fn mailing(&self) -> Mailing {
        self.mailing
    }

    /// Runs statements without parameters.
    pub(crate) async fn batch_execute(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(sql).await
    }

    /// Lifts the restriction to plans by key, for statements that read whole tables.
    pub(crate) async fn plan_freely(&self) -> Result<(), tokio_postgres::Error> {
        self.batch_execute(
            "SET LOCAL plan_cache_mode = auto;
            SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on;
            SET LOCAL enable_mergejoin = on",
        )
        .await
    }

    /// Commits the transaction. If a statement has failed, the server rolls back instead and reports
    /// success.
    pub(crate) async fn commit(&self) -> Result<(), tokio_postgres::Error> {
        self.batch_execute("COMMIT").await
    }

    /// Prepares those statements that have not been prepared before, on this connection or, behind a pooler, in
    /// this process. Prepared statements that are sent together run in the order in which they are first
    /// polled.
    pub(crate) async fn prepare_all(
        &self,
        statements: &[&str],
    ) -> Result<(), tokio_postgres::Error> {
        for sql in statements {
            self.statements.prepare(&self.client, sql).await?;
        }
        Ok(())
    }

    /// Returns all rows of a statement, which is prepared on first use.
    pub(crate) async fn rows(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let statement = self.statements.prepare(&self.client, sql).await?;
        statement.rows(&self.client, parameters).await
    }

    /// Returns the row of a statement that has at most one.
    pub(crate) async fn row(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, tokio_postgres::Error> {
        let statement = self.statements.prepare(&self.client, sql).await?;
        statement.row(&self.client, parameters).await
    }

    /// Returns the row of a statement that has exactly one.
    pub(crate) async fn one(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Row, tokio_postgres::Error> {
        let statement = self.statements.prepare(&self.client, sql).await?;
        statement.one(&self.client, parameters).await
    }

    /// Runs a statement and returns the number of rows that it changed.
    pub(crate) async fn run(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, tokio_postgres::Error> {
        let statement = self.statements.prepare(&self.client, sql).await?;
        statement.run(&self.client, parameters).await
    }
}

/// Way of sending `BEGIN` and `COMMIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// [`run`] does, each in a round trip of its own.
    Managed,
    /// The body does, together with its first and its last statements. It fails unless both succeed.
    Pipelined,
}

/// The body of a transaction: an asynchronous closure that runs once per attempt.
pub(crate) trait Body<'scope, T, E>:
    for<'t> Fn(&'t Transaction<'scope>) -> BoxFuture<'t, Result<T, TxError<E>>> + Send + Sync
{
}

impl<'scope, T, E, F> Body<'scope, T, E> for F where
    F: for<'t> Fn(&'t Transaction<'scope>) -> BoxFuture<'t, Result<T, TxError<E>>> + Send + Sync
{
}

/// Runs `body` in a transaction, and again if concurrent transactions made it fail.
pub(crate) async fn run<'scope, T, E>(
    connections: &Connections,
    mode: Mode,
    body: &impl Body<'scope, T, E>,
) -> Result<T, E>
where
    E: From<StoreError>,
{
    let mut attempt = 1;
    loop {
        let client = connections.get().await?;
        match attempt_once(client, connections, mode, body).await {
            Ok(value) => return Ok(value),
            Err(TxError::Abort(error)) => return Err(error),
            Err(TxError::Database(error)) if attempt < MAX_ATTEMPTS && is_transient(&error) => {
                tokio::time::sleep(backoff(attempt)).await;
                attempt = attempt.saturating_add(1);
            }
            Err(TxError::Database(error)) => {
                return Err(connections.statement_failed(error).into());
            }
        }
    }
}

async fn attempt_once<'scope, T, E>(
    client: Client,
    connections: &Connections,
    mode: Mode,
    body: &impl Body<'scope, T, E>,
) -> Result<T, TxError<E>> {
    let mut guard = ConnectionGuard::default();
    let transaction = guard.hold(client, connections);
    if mode == Mode::Managed {
        transaction.begin().await?;
    }
    match body(transaction).await {
        Ok(value) => {
            if mode == Mode::Managed {
                // If the body has ignored the failure of a statement, COMMIT alone would roll back and
                // report success. Any statement before it fails in that state.
                transaction.batch_execute("SELECT; COMMIT").await?;
            }
            guard.release();
            Ok(value)
        }
        Err(error) => {
            if transaction.batch_execute("ROLLBACK").await.is_ok() {
                guard.release();
            }
            Err(error)
        }
    }
}

/// Holds the connection of a transaction, and closes it on drop unless it has been released. If the future
/// that runs the transaction is dropped or panics, the pool does not get back a connection inside one.
#[derive(Default)]
struct ConnectionGuard<'scope>(Option<Transaction<'scope>>);

impl<'scope> ConnectionGuard<'scope> {
    fn hold(&mut self, client: Client, connections: &Connections) -> &Transaction<'scope> {
        self.0.insert(Transaction {
            client,
            statements: connections.statements().clone(),
            mailing: connections.mailing(),
            scope: PhantomData,
        })
    }

    /// Returns the connection to the pool.
    fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for ConnectionGuard<'_> {
    fn drop(&mut self) {
        if let Some(transaction) = self.0.take() {
            drop(Client::take(transaction.client));
        }
    }
}

/// A random delay of up to 5 ms after the first attempt, and up to twice as long after each further one, so
/// that transactions that conflicted do not do so again.
fn backoff(attempt: u32) -> Duration {
    // A hash with random keys is random enough to spread retries.
    let random = RandomState::new().hash_one(attempt);
    let ceiling = 5_000_u64.saturating_mul(1 << attempt.saturating_sub(1).min(10));
    Duration::from_micros(random.checked_rem(ceiling).unwrap_or_default())
}

#[cfg(test)]
mod tests;
