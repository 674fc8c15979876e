use std::sync::Arc;

use deadpool_postgres::{ClientWrapper, Hook, HookError, Pool, Runtime};
use futures::{FutureExt, TryFutureExt};
use tokio_postgres::Row;
use udam_domain::{StoreError, error_chain};

use crate::connection::{ConnectError, Connector, Timeouts};
use crate::error::{leads_to_wrong_server, pool_error, store_error};
use crate::retirement::Retirement;
use crate::settings::{PoolSettings, Pooling};
use crate::statements::Statements;
use crate::transaction::{Body, Mode, Parameters, run};

/// The pool of connections that all stores share. A clone is the same pool.
#[derive(Debug, Clone)]
pub struct PgPool {
    pool: Pool,
    retirement: Retirement,
    statements: Statements,
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
        let Connector { manager, session } = Connector::new(settings, timeouts)?;
        let retirement = Retirement::new();
        let retired = retirement.clone();
        let builder = Pool::builder(manager).pre_recycle(Hook::sync_fn(move |_, metrics| {
            if retired.is_retired(metrics.created) {
                Err(HookError::message("it leads to the wrong server"))
            } else {
                Ok(())
            }
        }));
        let (builder, statements) = match settings.pooling {
            Pooling::Session => {
                let session: Arc<str> = session.for_session().into();
                let set_up = Hook::async_fn(move |client: &mut ClientWrapper, _| {
                    let session = Arc::clone(&session);
                    let setting = async move { client.batch_execute(&session).await };
                    setting.map_err(HookError::Backend).boxed()
                });
                (builder.post_create(set_up), Statements::session())
            }
            Pooling::Transaction => {
                let statements = Statements::transaction(&session.for_transaction());
                (builder, statements)
            }
        };
        let pool = builder
            .max_size(settings.max_connections.get())
            .wait_timeout(Some(settings.wait_timeout))
            .create_timeout(Some(settings.connect_timeout))
            .recycle_timeout(Some(settings.connect_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(ConnectError::Pool)?;
        Ok(Self {
            pool,
            retirement,
            statements,
        })
    }

    /// The load of the pool.
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

    /// A connection on which each statement is a transaction of its own.
    pub(crate) async fn client(&self) -> Result<Client, StoreError> {
        let client = self.pool.get().await.map_err(pool_error)?;
        Ok(Client {
            client,
            pool: self.clone(),
        })
    }

    /// A connection for one attempt at a transaction.
    pub(crate) async fn get(&self) -> Result<deadpool_postgres::Client, StoreError> {
        self.pool.get().await.map_err(pool_error)
    }

    /// The way in which it sends statements.
    pub(crate) fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Converts the error of a statement. If its connection leads to the wrong server, all those opened so far are
    /// retired.
    pub(crate) fn statement_failed(&self, error: tokio_postgres::Error) -> StoreError {
        let is_wrong = leads_to_wrong_server(&error);
        let error = store_error(error);
        if is_wrong {
            self.retire_connections(&error_chain(&error));
        }
        error
    }

    /// Closes all connections opened so far before their next use.
    pub(crate) fn retire_connections(&self, cause: &str) {
        if self.retirement.retire_all() {
            tracing::warn!(cause, "connections to the database are replaced");
        }
    }

    /// A connection that does not return to the pool: it is closed when it is dropped, which ends its
    /// session with all that it holds.
    pub(crate) async fn detached_client(&self) -> Result<ClientWrapper, StoreError> {
        let client = self.pool.get().await.map_err(pool_error)?;
        Ok(deadpool_postgres::Client::take(client))
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
        run(self, Mode::Managed, &body).await
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
        run(self, Mode::Pipelined, &body).await
    }
}

/// A connection of the pool, returned to it on drop. Each statement is a transaction of its own.
pub(crate) struct Client {
    client: deadpool_postgres::Client,
    pool: PgPool,
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
            .map_err(|error| self.pool.statement_failed(error))
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
        row.await.map_err(|error| self.pool.statement_failed(error))
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
        run.await.map_err(|error| self.pool.statement_failed(error))
    }

    fn statements(&self) -> &Statements {
        self.pool.statements()
    }
}
