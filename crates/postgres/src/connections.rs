//! Opening connections and keeping them.

use std::sync::Arc;

use deadpool_postgres::{ClientWrapper, Hook, HookError, Pool, PoolError, QueueMode, Runtime};
use futures::{FutureExt, TryFutureExt};
use udam_domain::{StoreError, error_chain};

use crate::connection::{ConnectError, Connector, Timeouts};
use crate::error::{leads_to_wrong_server, pool_error, store_error};
use crate::mailing::Mailing;
use crate::retirement::Retirement;
use crate::settings::{PoolSettings, Pooling};
use crate::statements::Statements;

/// The connections of a pool, and how statements are sent over them. A clone has the same ones.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: Pool,
    retirement: Retirement,
    statements: Statements,
    mailing: Mailing,
}

impl Connections {
    /// None yet: they are opened when they are first needed.
    pub(crate) fn new(settings: &PoolSettings, timeouts: Timeouts) -> Result<Self, ConnectError> {
        let Connector {
            manager,
            timeout,
            session,
        } = Connector::new(settings, timeouts)?;
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
        let statements = statements.logging_slow(settings.slow_statement);
        let pool = builder
            .max_size(settings.max_connections.get())
            // The connection that was used last: its process has what it needs in its caches.
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(settings.wait_timeout))
            .create_timeout(Some(timeout))
            .recycle_timeout(Some(settings.connect_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(ConnectError::Pool)?;
        Ok(Self {
            pool,
            retirement,
            statements,
            mailing: settings.mailing,
        })
    }

    /// Their number and load.
    pub(crate) fn status(&self) -> deadpool_postgres::Status {
        self.pool.status()
    }

    /// A connection for one attempt at a transaction.
    pub(crate) async fn get(&self) -> Result<deadpool_postgres::Client, StoreError> {
        self.pool.get().await.map_err(pool_error)
    }

    /// Opens a connection, unless one is open.
    pub(crate) async fn try_connect(&self) -> Result<(), PoolError> {
        self.pool.get().await.map(drop)
    }

    /// The way in which it sends statements.
    pub(crate) fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Whether mails are written.
    pub(crate) const fn mailing(&self) -> Mailing {
        self.mailing
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
}
