//! A database for each test, in a moment.
//!
//! All tests of a process share one temporary cluster, which starts with the first test that asks
//! for it and goes away with the process. A template is prepared once, say by applying migrations;
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

use std::error::Error;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use thiserror::Error;
use tokio::task::spawn_blocking;

use crate::blocking;
use crate::cluster::Cluster;
use crate::connection_url::ConnectionUrl;
use crate::endpoint::Endpoint;
use crate::error::ClusterError;
use crate::settings::Settings;

/// Why a test did not get its database.
#[derive(Debug, Error)]
pub enum TestingError {
    /// The cluster that all tests of the process share did not start.
    #[error("cannot start the cluster for tests")]
    Shared(#[source] &'static ClusterError),
    /// A statement about databases failed.
    #[error("cannot set up a test's database")]
    Database(#[source] ClusterError),
    /// The caller's own preparation failed.
    #[error("cannot prepare the template database")]
    Prepare(#[source] Box<dyn Error + Send + Sync>),
    /// The runtime is being shut down.
    #[error("the runtime ended before the cluster was up; let the test await its database")]
    Runtime(#[source] tokio::task::JoinError),
}

/// The cluster that all tests of this process share; blocks while it starts.
///
/// # Errors
/// What kept it from starting, the same each time.
pub fn shared() -> Result<&'static Cluster, TestingError> {
    // Nothing drops a static; the cluster's supervisor notices that the process has ended.
    static SHARED: OnceLock<Result<Cluster, ClusterError>> = OnceLock::new();
    let start = || Cluster::temporary(&Settings::default());
    SHARED
        .get_or_init(start)
        .as_ref()
        .map_err(TestingError::Shared)
}

/// A database that is copied for each test and never used itself.
#[derive(Debug)]
pub struct TemplateDatabase {
    name: String,
    cluster: &'static Cluster,
}

impl TemplateDatabase {
    /// Creates an empty database and lets `fill` prepare it. Connections that `fill` leaves behind
    /// are closed.
    ///
    /// # Errors
    /// [`TestingError::Prepare`] holds what `fill` returned.
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
            .seal(&name)
            .await
            .map_err(TestingError::Database)?;
        Ok(Self { name, cluster })
    }

    /// A copy of its own for the caller.
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

/// A database of one test; dropped with this value, in the background, whoever is still connected.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    endpoint: Endpoint,
}

impl TestDatabase {
    /// The URL to connect with.
    #[must_use]
    pub fn url(&self) -> ConnectionUrl {
        self.endpoint.url(&self.name)
    }
}

impl Drop for TestDatabase {
    /// Keeps the disk small while many tests run. At the latest the cluster's end removes it, so
    /// nobody waits for this.
    fn drop(&mut self) {
        let (name, endpoint) = (self.name.clone(), self.endpoint.clone());
        thread::spawn(move || blocking::wait_for(endpoint.drop_database(&name)));
    }
}

fn numbered(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{kind}_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
