use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use thiserror::Error;

/// Checks whether what the server depends on is there.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Asks the database whether it is there, accepts writes, and its schema is up to date.
    ///
    /// # Errors
    /// [`NotReady`]
    async fn check(&self) -> Result<(), NotReady>;
}

/// Why no requests should be sent to the server now. The cause is for the log.
#[derive(Debug, Error)]
pub enum NotReady {
    /// The database did not answer.
    #[error("the database did not answer")]
    Database(#[source] Box<dyn Error + Send + Sync>),
    /// The database accepts no writes: it is a standby, or a failover is under way.
    #[error("the database is read-only")]
    ReadOnly,
    /// The schema is older than this server.
    #[error("migrations are yet to be applied")]
    Migrations,
    /// The server has been asked to stop.
    #[error("the server is stopping")]
    Stopping,
}

/// What a server needs to be ready, in the order in which it is checked: what comes after one that fails is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The server has not been asked to stop.
    Running,
    /// The database answers.
    Database,
    /// The database accepts writes.
    Writable,
    /// The schema is not older than the server.
    Migrations,
}

impl NotReady {
    /// The check that has failed.
    #[must_use]
    pub const fn failed(&self) -> Check {
        match self {
            Self::Stopping => Check::Running,
            Self::Database(_) => Check::Database,
            Self::ReadOnly => Check::Writable,
            Self::Migrations => Check::Migrations,
        }
    }
}

/// Whether the server should be sent requests: it is ready, and has not been asked to stop.
pub struct Health {
    readiness: Arc<dyn Readiness>,
    stopping: AtomicBool,
}

impl Health {
    /// The health of a server that depends on what `readiness` checks.
    #[must_use]
    pub fn new(readiness: Arc<dyn Readiness>) -> Self {
        Self {
            readiness,
            stopping: AtomicBool::new(false),
        }
    }

    /// From now on, [`check`](Self::check) fails with [`NotReady::Stopping`].
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Checks whether the server can serve.
    ///
    /// # Errors
    /// [`NotReady`]
    pub async fn check(&self) -> Result<(), NotReady> {
        if self.stopping.load(Ordering::Relaxed) {
            Err(NotReady::Stopping)
        } else {
            self.readiness.check().await
        }
    }
}
