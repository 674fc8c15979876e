//! A cluster, from start to stop.

use std::path::Path;

use tempfile::TempDir;

use crate::account::Account;
use crate::binaries::Binaries;
use crate::blocking;
use crate::connection_url::ConnectionUrl;
use crate::endpoint::Endpoint;
use crate::error::ClusterError;
use crate::home::{Home, Lifetime};
use crate::settings::Settings;
use crate::setup::Setup;
use crate::supervisor::Supervised;
use crate::{initdb, leftovers, server, temporary};

/// A running PostgreSQL cluster that belongs to this process alone.
///
/// It listens on a free TCP port of 127.0.0.1 and nowhere else. It ends with its owner: when
/// stopped or dropped, when the process exits, and when the process is killed. For root the server
/// runs as `postgres` or `nobody`.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in this order: the server ends before its directory is unlocked and
    // removed.
    server: Supervised,
    endpoint: Endpoint,
    setup: Setup,
    database: String,
    _temporary: Option<TempDir>,
}

impl Cluster {
    /// Starts the cluster kept in a directory; makes it first if there is none.
    ///
    /// Blocks for a second or so, longer when it must recover from a crash: in async code call it
    /// through `tokio::task::spawn_blocking`.
    ///
    /// # Errors
    /// Each variant of [`ClusterError`] says what to do about it. [`ClusterError::InUse`] is the
    /// usual one: another process owns the directory.
    pub fn start(directory: &Path, settings: &Settings) -> Result<Self, ClusterError> {
        let account = Account::for_cluster(directory)?;
        let found = Binaries::candidates(settings.binaries.as_deref(), &account)?;
        let home = Home::open(directory, &account, Lifetime::Kept)?;
        let setup = Setup::new(account, home, found)?;
        leftovers::clear(&setup)?;
        Self::run(setup, settings, None)
    }

    /// Starts a cluster for tests: in a directory that is removed at the end, whatever the end is,
    /// and without the safeguards that make PostgreSQL survive a crash.
    ///
    /// Blocks like [`Self::start`].
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn temporary(settings: &Settings) -> Result<Self, ClusterError> {
        let account = Account::choose()?;
        let found = Binaries::candidates(settings.binaries.as_deref(), &account)?;
        // Late, because until a supervisor runs a kill leaves this behind, though empty.
        let directory = temporary::directory(&account)?;
        let home = Home::open(directory.path(), &account, Lifetime::Temporary)?;
        let setup = Setup::new(account, home, found)?;
        Self::run(setup, settings, Some(directory))
    }

    fn run(
        setup: Setup,
        settings: &Settings,
        temporary: Option<TempDir>,
    ) -> Result<Self, ClusterError> {
        initdb::run_once(&setup, settings)?;
        let (server, endpoint) = server::start(&setup, settings)?;
        let database = settings.database.clone();
        blocking::wait_for(endpoint.ensure_database(&database))
            .map_err(ClusterError::spawn(&setup.binaries.program("postgres")))??;
        Ok(Self {
            server,
            endpoint,
            setup,
            database,
            _temporary: temporary,
        })
    }

    /// The URL of the cluster's own database, [`Settings::database`], for its superuser.
    #[must_use]
    pub fn url(&self) -> ConnectionUrl {
        self.url_of(&self.database)
    }

    /// The URL of another database in this cluster.
    #[must_use]
    pub fn url_of(&self, database: &str) -> ConnectionUrl {
        self.endpoint.url(database)
    }

    /// The port on 127.0.0.1, a new one at each start.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.endpoint.port()
    }

    /// Where the files are: the directory that was asked for, except for root when the server's
    /// account cannot get there; then one in `/var/tmp`.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.setup.home.path()
    }

    /// The programs it runs with.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.setup.binaries
    }

    /// The server's process id, for tests that kill it; none once it has ended.
    #[must_use]
    pub fn server_process(&self) -> Option<u32> {
        self.setup.home.server_process()
    }

    /// Whether the server has ended by itself: nothing starts it again but another cluster in the same
    /// directory.
    #[must_use]
    pub fn has_ended(&mut self) -> bool {
        self.server.ended().is_ok_and(|ended| ended.is_some())
    }

    /// Creates a database, as a copy of the template if one is named. While others use the
    /// template, it waits for them, some twenty seconds.
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

    /// Drops a database if it exists, and whoever is connected to it.
    ///
    /// # Errors
    /// [`ClusterError::Database`].
    pub async fn drop_database(&self, name: &str) -> Result<(), ClusterError> {
        self.endpoint.drop_database(name).await
    }

    /// Shuts down in good order and waits for it; connections are closed. A server that does not
    /// obey within ten seconds is stopped the hard way, which costs a recovery at the next start.
    /// Dropping does the same, without saying how it went.
    ///
    /// # Errors
    /// [`ClusterError::WouldNotStop`] if it has not ended after all.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        let stopped = self
            .server
            .stop()
            .map_err(ClusterError::spawn(Path::new("/bin/sh")))?;
        if !stopped {
            return Err(ClusterError::WouldNotStop {
                directory: self.directory().to_owned(),
            });
        }
        Ok(())
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}
