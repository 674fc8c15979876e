use deadpool_postgres::{ClientWrapper, PoolError};
use tokio_postgres::Row;
use udam_domain::StoreError;

use crate::connection::{ConnectError, Timeouts};
use crate::connections::Connections;
use crate::settings::PoolSettings;
use crate::statements::Statements;
use crate::transaction::{Body, Mode, Parameters, run};

/// The pool of connections that all stores share. A clone is the same pool.
#[derive(Debug, Clone)]
pub struct PgPool {
    connections: Connections,
}

/// Snapshot of a pool's load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// Largest number of connections, as configured.
    pub max_size: usize,
    /// Number of open connections.
    pub size: usize,
    /// Number of open connections that are not in use.
    pub available: usize,
    /// Number of callers that wait for a connection.
    pub waiting: usize,
}

impl PgPool {
    /// Creates the pool. It opens connections when they are first needed.
    ///
    /// # Errors
    /// [`ConnectError`] when the settings are malformed; the database is not contacted.
    pub fn connect(settings: &PoolSettings) -> Result<Self, ConnectError> {
        let timeouts = Timeouts {
            statement: Some(settings.statement_timeout),
            lock: Some(settings.lock_timeout),
            idle_in_transaction: Some(settings.idle_in_transaction_timeout),
        };
        Self::with_timeouts(settings, timeouts)
    }

    /// As [`connect`](Self::connect), with other timeouts for its connections.
    pub(crate) fn with_timeouts(
        settings: &PoolSettings,
        timeouts: Timeouts,
    ) -> Result<Self, ConnectError> {
        let connections = Connections::new(settings, timeouts)?;
        Ok(Self { connections })
    }

    /// The load of the pool.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        let status = self.connections.status();
        PoolStatus {
            max_size: status.max_size,
            size: status.size,
            available: status.available,
            waiting: status.waiting,
        }
    }

    /// A connection on which each statement is a transaction of its own.
    pub(crate) async fn client(&self) -> Result<Client, StoreError> {
        Ok(Client {
            client: self.connections.get().await?,
            connections: self.connections.clone(),
        })
    }

    /// Opens a connection, unless one is open.
    pub(crate) async fn try_connect(&self) -> Result<(), PoolError> {
        self.connections.try_connect().await
    }

    /// A connection that does not return to the pool: it is closed when it is dropped, which ends its
    /// session with all that it holds.
    pub(crate) async fn detached_client(&self) -> Result<ClientWrapper, StoreError> {
        self.connections.detached_client().await
    }

    /// Converts the error of a statement. If its connection leads to the wrong server, all those opened so far are
    /// retired.
    pub(crate) fn statement_failed(&self, error: tokio_postgres::Error) -> StoreError {
        self.connections.statement_failed(error)
    }

    /// Closes all connections opened so far before their next use.
    pub(crate) fn retire_connections(&self, cause: &str) {
        self.connections.retire_connections(cause);
    }

    /// Runs `body` in a transaction, and returns when it is committed.
    ///
    /// The body runs again from the start when a deadlock or a serialization failure has rolled it back, so
    /// it must have no effects outside the transaction. Any other failure, and any error that the body
    /// returns, rolls the transaction back and is returned. `'scope` is the lifetime of what the body
    /// borrows.
    pub(crate) async fn transaction<'scope, T, E>(
        &self,
        body: impl Body<'scope, T, E>,
    ) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        run(&self.connections, Mode::Managed, &body).await
    }

    /// As [`transaction`](Self::transaction), but the body sends `BEGIN` and `COMMIT` itself, to save their
    /// round trips. It must return an error unless all statements have succeeded, `COMMIT` included.
    pub(crate) async fn pipelined_transaction<'scope, T, E>(
        &self,
        body: impl Body<'scope, T, E>,
    ) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        run(&self.connections, Mode::Pipelined, &body).await
    }
}

/// A connection of the pool, returned to it on drop. Each statement is a transaction of its own.
pub(crate) struct Client {
    client: deadpool_postgres::Client,
    connections: Connections,
}

impl Client {
    /// Returns all rows of a statement, which is prepared on first use.
    pub(crate) async fn rows(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        self.try_rows(sql, parameters)
            .await
            .map_err(|error| self.connections.statement_failed(error))
    }

    /// As [`rows`](Self::rows), with the database's error.
    pub(crate) async fn try_rows(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let statement = self.statements().prepare(&self.client, sql).await?;
        self.statements()
            .alone(&self.client, statement.rows(&self.client, parameters))
            .await
    }

    /// Returns the row of a statement that has at most one.
    pub(crate) async fn row(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, StoreError> {
        let row = async {
            let statement = self.statements().prepare(&self.client, sql).await?;
            self.statements()
                .alone(&self.client, statement.row(&self.client, parameters))
                .await
        };
        row.await
            .map_err(|error| self.connections.statement_failed(error))
    }

    /// Runs a statement and returns the number of rows that it changed.
    pub(crate) async fn run(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, StoreError> {
        let run = async {
            let statement = self.statements().prepare(&self.client, sql).await?;
            self.statements()
                .alone(&self.client, statement.run(&self.client, parameters))
                .await
        };
        run.await
            .map_err(|error| self.connections.statement_failed(error))
    }

    fn statements(&self) -> &Statements {
        self.connections.statements()
    }
}
