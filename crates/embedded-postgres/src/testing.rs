//! A database for each test.
//!
//! All tests of a process share one temporary cluster. It starts when a test first needs it and ends
//! with the process. A template database is prepared once, for example by applying migrations, and
//! each test gets a copy of it:
//!
//! ```no_run
//! use tokio::sync::OnceCell;
//! use udam_embedded_postgres::ConnectionUrl;
//! use udam_embedded_postgres::testing::{TemplateDatabase, TestDatabase};
//!
//! # async fn migrate(url: &str) -> std::io::Result<()> { Ok(()) }
//! async fn database() -> TestDatabase {
//!     static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
//!     let prepare = || TemplateDatabase::prepare(async |url| migrate(url.expose()).await);
//!     let template = TEMPLATE.get_or_try_init(prepare).await.unwrap();
//!     template.fresh().await.unwrap()
//! }
//! ```

mod base_backup;
mod pgbouncer;
mod standby;

use std::error::Error;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use thiserror::Error;
use tokio::task::spawn_blocking;

use crate::block_on::block_on;
use crate::cluster::Cluster;
use crate::connection_url::ConnectionUrl;
use crate::endpoint::Endpoint;
use crate::error::ClusterError;
use crate::settings::Settings;

pub use base_backup::BaseBackup;
pub use pgbouncer::{PgBouncer, PgBouncerError};
pub use standby::{Standby, StandbyError};

/// Why a test's database could not be created.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TestingError {
    /// The shared cluster did not start.
    #[error("cannot start the cluster for tests")]
    Shared(#[source] &'static ClusterError),
    /// An administrative statement failed.
    #[error("cannot create a test's database")]
    Database(#[source] ClusterError),
    /// The caller's closure returned an error.
    #[error("cannot prepare the template database")]
    Prepare(#[source] Box<dyn Error + Send + Sync>),
    /// The runtime shut down meanwhile.
    #[error("the runtime shut down before the cluster had started; await the database in the test")]
    Runtime(#[source] tokio::task::JoinError),
}

/// Returns the cluster that all tests of this process share. Blocks while it starts.
///
/// # Errors
/// [`TestingError::Shared`], the same one for every caller.
pub fn shared() -> Result<&'static Cluster, TestingError> {
    // A static is never dropped. The supervisor stops the server when the process ends.
    static SHARED: OnceLock<Result<Cluster, ClusterError>> = OnceLock::new();
    let start = || Cluster::temporary(&Settings::default());
    SHARED
        .get_or_init(start)
        .as_ref()
        .map_err(TestingError::Shared)
}

/// A database that is copied for each test, and not used itself.
#[derive(Debug)]
pub struct TemplateDatabase {
    name: String,
    cluster: &'static Cluster,
}

impl TemplateDatabase {
    /// Creates an empty database and calls `fill` with its URL. Connections that `fill` leaves open
    /// are terminated.
    ///
    /// # Errors
    /// [`TestingError::Prepare`] if `fill` fails.
    pub async fn prepare<F, P, E>(fill: F) -> Result<Self, TestingError>
    where
        F: FnOnce(ConnectionUrl) -> P,
        P: Future<Output = Result<(), E>>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let cluster = spawn_blocking(shared)
            .await
            .map_err(TestingError::Runtime)??;
        let name = numbered("template");
        cluster
            .create_database(&name, None)
            .await
            .map_err(TestingError::Database)?;
        fill(cluster.url_of(&name))
            .await
            .map_err(|error| TestingError::Prepare(error.into()))?;
        cluster
            .endpoint()
            .close_database(&name)
            .await
            .map_err(TestingError::Database)?;
        Ok(Self { name, cluster })
    }

    /// Creates a copy of the template.
    ///
    /// # Errors
    /// [`TestingError::Database`].
    pub async fn fresh(&self) -> Result<TestDatabase, TestingError> {
        let name = numbered("test");
        let template = Some(self.name.as_str());
        self.cluster
            .create_database(&name, template)
            .await
            .map_err(TestingError::Database)?;
        Ok(TestDatabase {
            name,
            endpoint: self.cluster.endpoint().clone(),
        })
    }
}

/// The database of one test. It is dropped with this value, in the background, even if there are
/// still connections to it.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    endpoint: Endpoint,
}

impl TestDatabase {
    /// Returns the superuser's URL of the database.
    #[must_use]
    pub fn url(&self) -> ConnectionUrl {
        self.endpoint.url(&self.name)
    }
}

impl Drop for TestDatabase {
    /// Saves space while many tests run. Nothing waits for it, because the end of the cluster removes
    /// the database in any case.
    fn drop(&mut self) {
        let (name, endpoint) = (self.name.clone(), self.endpoint.clone());
        thread::spawn(move || block_on(endpoint.drop_database(&name)));
    }
}

fn numbered(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{kind}_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
