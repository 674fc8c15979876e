use std::ops::Deref;

use deadpool_postgres::{ClientWrapper, Pool, Runtime};
use futures::future::BoxFuture;
use tokio_postgres::Row;
use udam_domain::StoreError;

use crate::connection::{self, Bounds, ConnectError};
use crate::error::{pool_error, store_error};
use crate::settings::PoolSettings;
use crate::transaction::{Ends, Parameters, Transaction, TxError, run};

/// The connections that all stores share. A clone is the same pool.
#[derive(Debug, Clone)]
pub struct PgPool {
    pool: Pool,
}

/// How busy a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// How many connections it may have.
    pub max_size: usize,
    /// How many it has.
    pub size: usize,
    /// How many of them are free.
    pub available: usize,
    /// How many callers wait for one.
    pub waiting: usize,
}

impl PgPool {
    /// Makes the pool. Connections are made when they are first needed.
    ///
    /// # Errors
    /// [`ConnectError`]
    pub fn connect(settings: &PoolSettings) -> Result<Self, ConnectError> {
        let bounds = Bounds {
            statement: Some(settings.statement_timeout),
            lock: Some(settings.lock_timeout),
            idle_in_transaction: Some(settings.idle_in_transaction_timeout),
        };
        Self::bounded(settings, bounds)
    }

    /// As [`connect`](Self::connect), with other bounds on what its connections do.
    pub(crate) fn bounded(settings: &PoolSettings, bounds: Bounds) -> Result<Self, ConnectError> {
        let pool = Pool::builder(connection::manager(settings, bounds)?)
            .max_size(settings.max_connections.get())
            .wait_timeout(Some(settings.wait_timeout))
            .create_timeout(Some(settings.connect_timeout))
            .recycle_timeout(Some(settings.connect_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(ConnectError::Pool)?;
        Ok(Self { pool })
    }

    /// How busy the pool is.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        PoolStatus {
            max_size: status.max_size,
            size: status.size,
            available: status.available,
            waiting: status.waiting,
        }
    }

    /// A connection for statements that each stand alone.
    pub(crate) async fn client(&self) -> Result<Client, StoreError> {
        self.pool.get().await.map(Client).map_err(pool_error)
    }

    /// A connection that ends when it is dropped, and with it all that a session holds.
    pub(crate) async fn detached_client(&self) -> Result<ClientWrapper, StoreError> {
        let client = self.pool.get().await.map_err(pool_error)?;
        Ok(deadpool_postgres::Client::take(client))
    }

    /// Runs `body` in a transaction and answers once it is committed.
    ///
    /// The body runs again, from the start, when a deadlock or a serialization failure has undone it;
    /// it must leave no trace outside the transaction. What else fails, or what it answers as an
    /// error, rolls everything back. `'scope` is what the body borrows.
    pub(crate) async fn transaction<'scope, T, E>(
        &self,
        body: impl for<'t> Fn(&'t Transaction<'scope>) -> BoxFuture<'t, Result<T, TxError<E>>>
        + Send
        + Sync,
    ) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        run(&self.pool, Ends::Ours, &body).await
    }

    /// As [`transaction`](Self::transaction), but the body begins and commits by itself, to save the
    /// round trips. It must answer with an error unless everything has succeeded, `COMMIT` with it.
    pub(crate) async fn pipelined_transaction<'scope, T, E>(
        &self,
        body: impl for<'t> Fn(&'t Transaction<'scope>) -> BoxFuture<'t, Result<T, TxError<E>>>
        + Send
        + Sync,
    ) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        run(&self.pool, Ends::TheBodys, &body).await
    }
}

/// A connection, back in the pool when dropped. Each statement is its own transaction.
pub(crate) struct Client(deadpool_postgres::Client);

impl Deref for Client {
    type Target = deadpool_postgres::Client;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Client {
    /// All rows of a statement, which is prepared on first use.
    pub(crate) async fn rows(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare_cached(sql).await.map_err(store_error)?;
        self.query(&statement, parameters)
            .await
            .map_err(store_error)
    }

    /// The row of a statement that has at most one.
    pub(crate) async fn row(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, StoreError> {
        let statement = self.prepare_cached(sql).await.map_err(store_error)?;
        self.query_opt(&statement, parameters)
            .await
            .map_err(store_error)
    }

    /// How many rows a statement has changed.
    pub(crate) async fn run(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, StoreError> {
        let statement = self.prepare_cached(sql).await.map_err(store_error)?;
        self.execute(&statement, parameters)
            .await
            .map_err(store_error)
    }
}
