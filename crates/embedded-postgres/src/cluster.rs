//! A cluster from start to stop.

use std::path::Path;

use tempfile::TempDir;

use crate::binaries::Binaries;
use crate::block_on::block_on;
use crate::connection_url::ConnectionUrl;
use crate::data_dir::{DataDir, Persistence};
use crate::endpoint::Endpoint;
use crate::error::ClusterError;
use crate::os_user::OsUser;
use crate::settings::Settings;
use crate::setup::Setup;
use crate::supervisor::SupervisedChild;
use crate::{initdb, orphans, server, temporary};

/// A running PostgreSQL cluster owned by this process.
///
/// It listens only on a free TCP port of 127.0.0.1. It ends when it is stopped or dropped, and when
/// the process exits or is killed. If the process is root, the server runs as `postgres` or `nobody`.
#[derive(Debug)]
pub struct Cluster {
    // Fields drop in this order: the server ends before its directory is unlocked and removed.
    server: SupervisedChild,
    endpoint: Endpoint,
    setup: Setup,
    database: String,
    _temporary: Option<TempDir>,
}

impl Cluster {
    /// Starts the cluster in a directory, and creates it first if there is none.
    ///
    /// Blocks for about a second, and longer after a crash. In async code, call it through
    /// `tokio::task::spawn_blocking`.
    ///
    /// # Errors
    /// Most often [`ClusterError::InUse`]: another process uses the directory. The message of each
    /// variant says what to do next.
    pub fn start(directory: &Path, settings: &Settings) -> Result<Self, ClusterError> {
        let user = OsUser::for_cluster(directory)?;
        let candidates = Binaries::candidates(settings.binaries.as_deref(), &user)?;
        let data_dir = DataDir::open(directory, &user, Persistence::Persistent)?;
        let setup = Setup::new(user, data_dir, candidates)?;
        orphans::stop(&setup)?;
        Self::run(setup, settings, None)
    }

    /// Starts a cluster for tests, in a directory that is removed when the cluster ends, even if the
    /// process is killed. Its writes are not durable.
    ///
    /// Blocks like [`Self::start`].
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn temporary(settings: &Settings) -> Result<Self, ClusterError> {
        let user = OsUser::unprivileged()?;
        let candidates = Binaries::candidates(settings.binaries.as_deref(), &user)?;
        // As late as possible: if the process is killed before a supervisor runs, it stays.
        let directory = temporary::create(&user)?;
        let data_dir = DataDir::open(directory.path(), &user, Persistence::Temporary)?;
        let setup = Setup::new(user, data_dir, candidates)?;
        Self::run(setup, settings, Some(directory))
    }

    fn run(
        setup: Setup,
        settings: &Settings,
        temporary: Option<TempDir>,
    ) -> Result<Self, ClusterError> {
        initdb::run_if_needed(&setup, settings)?;
        let (server, endpoint) = server::start(&setup, settings)?;
        let database = settings.database.clone();
        block_on(endpoint.ensure_database(&database))
            .map_err(ClusterError::spawn(&setup.binaries.program("postgres")))??;
        Ok(Self {
            server,
            endpoint,
            setup,
            database,
            _temporary: temporary,
        })
    }

    /// Returns the superuser's URL of the database named in [`Settings::database`].
    #[must_use]
    pub fn url(&self) -> ConnectionUrl {
        self.url_of(&self.database)
    }

    /// Returns the superuser's URL of another database.
    #[must_use]
    pub fn url_of(&self, database: &str) -> ConnectionUrl {
        self.endpoint.url(database)
    }

    /// Returns the port on 127.0.0.1. It changes at each start.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.endpoint.port()
    }

    /// Returns the directory that holds the files. It is the requested one, or one in `/var/tmp` if
    /// the process is root and the server's user cannot enter the requested one.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.setup.data_dir.path()
    }

    /// Returns the PostgreSQL installation that it runs with.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.setup.binaries
    }

    /// Returns the server's process id, for tests that kill it; `None` once it has ended.
    #[must_use]
    pub fn server_pid(&self) -> Option<u32> {
        self.setup.data_dir.server_pid()
    }

    /// Returns whether the server has exited. It is not restarted: start another cluster in the same
    /// directory.
    #[must_use]
    pub fn has_exited(&mut self) -> bool {
        self.server.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Creates a database, as a copy of the template if one is given. Waits up to 20 seconds for
    /// connections to the template to close.
    ///
    /// # Errors
    /// [`ClusterError::Database`].
    pub async fn create_database(
        &self,
        name: &str,
        template: Option<&str>,
    ) -> Result<(), ClusterError> {
        self.endpoint.create_database(name, template).await
    }

    /// Drops a database if it exists, and terminates connections to it.
    ///
    /// # Errors
    /// [`ClusterError::Database`].
    pub async fn drop_database(&self, name: &str) -> Result<(), ClusterError> {
        self.endpoint.drop_database(name).await
    }

    /// Shuts the server down, closing its connections, and waits until it has ended. After ten seconds
    /// it is shut down immediately, which costs a recovery at the next start. Dropping does the same,
    /// but reports no error.
    ///
    /// # Errors
    /// [`ClusterError::StopTimeout`] if it has not ended after 25 seconds.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        let stopped = self
            .server
            .stop()
            .map_err(ClusterError::spawn(Path::new("/bin/sh")))?;
        if !stopped {
            return Err(ClusterError::StopTimeout {
                directory: self.directory().to_owned(),
            });
        }
        Ok(())
    }

    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}
