//! A standby that streams from a cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use thiserror::Error;

use crate::binaries::Binaries;
use crate::block_on::block_on;
use crate::cluster::Cluster;
use crate::connection_url::ConnectionUrl;
use crate::endpoint::Endpoint;
use crate::error::ClusterError;
use crate::layout::{self, PASSWORD, SUPERUSER};
use crate::os_user::OsUser;
use crate::server::free_port;
use crate::supervisor::{OwnerExit, Program, SupervisedChild};
use crate::{log_tail, temporary};

const TIMEOUT: Duration = Duration::from_mins(1);

/// Why a standby did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StandbyError {
    /// A program could not be run, or a file not be written.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// `pg_basebackup` failed.
    #[error("the cluster could not be copied:\n{log}")]
    Copy {
        /// The end of its log.
        log: String,
    },
    /// The server does not accept connections.
    #[error("the standby did not start:\n{log}")]
    NotReady {
        /// The end of its log.
        log: String,
    },
}

/// A running hot standby, with the cluster's users and passwords. It ends when this is dropped, or with this process.
#[derive(Debug)]
pub struct Standby {
    // Dropped before its files are removed.
    _server: SupervisedChild,
    _directory: TempDir,
    endpoint: Endpoint,
}

impl Standby {
    /// Copies a cluster, and starts the copy as a standby that streams from it. `name` is its `application_name` there,
    /// which `synchronous_standby_names` may list. It listens on a free port of 127.0.0.1. Blocks for about a second.
    ///
    /// # Errors
    /// [`StandbyError`]
    pub fn start(primary: &Cluster, name: &str) -> Result<Self, StandbyError> {
        // `-R` writes how to reach the primary.
        Copied::of(primary, name, &["-R"])?.serve(&[])
    }

    /// Returns the superuser's URL of a database.
    #[must_use]
    pub fn url_of(&self, database: &str) -> ConnectionUrl {
        self.endpoint.url(database)
    }

    /// Returns the port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.endpoint.port()
    }
}

/// The copied files of a cluster, in a directory of their own that belongs to the cluster's user.
#[derive(Debug)]
pub(super) struct Copied {
    pub(super) user: OsUser,
    binaries: Binaries,
    password: SecretString,
    pub(super) directory: TempDir,
}

impl Copied {
    /// Copies a running cluster by `pg_basebackup`, with these options besides its own. `name` is its `application_name`.
    pub(super) fn of(
        primary: &Cluster,
        name: &str,
        options: &[&str],
    ) -> Result<Self, StandbyError> {
        let setup = primary.setup();
        let user = &setup.user;
        let copied = Self {
            user: user.clone(),
            binaries: setup.binaries.clone(),
            password: setup.password.clone(),
            directory: temporary::create(user)?,
        };
        let path = copied.directory.path();
        let password_file = path.join(PASSWORD);
        let line = format!("*:*:*:*:{}\n", setup.password.expose_secret());
        fs::write(&password_file, line)
            .and_then(|()| fs::set_permissions(&password_file, private()))
            .and_then(|()| user.chown(&password_file))
            .and_then(|()| user.chown(path))
            .map_err(ClusterError::files("write", path))?;
        let postgres = setup.binaries.program("postgres");
        let copying = copied.program(beside(&postgres, "pg_basebackup"), OwnerExit::LetFinish);
        let source = format!(
            "host=127.0.0.1 port={} user={SUPERUSER} application_name={name} passfile={}",
            primary.port(),
            password_file.display()
        );
        let data = layout::pgdata(path).to_string_lossy().into_owned();
        let mut all = vec!["-D", &data, "-d", &source, "-c", "fast", "-X", "stream"];
        all.extend(options);
        let mut copy = copying.spawn(all).map_err(copying.spawn_error())?;
        let status = copy.wait(TIMEOUT).map_err(copying.spawn_error())?;
        if !status.is_some_and(|status| status.success()) {
            let log = log_tail::read(&copying.log);
            return Err(StandbyError::Copy { log });
        }
        Ok(copied)
    }

    /// Starts a server on the copy, with these parameters besides its own.
    pub(super) fn serve(self, parameters: &[(&str, &str)]) -> Result<Standby, StandbyError> {
        let path = self.directory.path();
        let port = free_port().map_err(ClusterError::files("find a port for", path))?;
        let serving = self.program(self.binaries.program("postgres"), OwnerExit::Interrupt);
        let mut server = serving
            .spawn(arguments(&layout::pgdata(path), port, parameters))
            .map_err(serving.spawn_error())?;
        let endpoint = Endpoint::new(port, self.password.clone());
        wait_until_ready(&mut server, &endpoint, &serving.log)?;
        Ok(Standby {
            _server: server,
            _directory: self.directory,
            endpoint,
        })
    }

    /// A program that runs as the cluster's user, with its log among the files.
    fn program(&self, file: PathBuf, on_owner_exit: OwnerExit) -> Program<'_> {
        let path = self.directory.path();
        Program {
            user: &self.user,
            log: path
                .join(file.file_name().unwrap_or_default())
                .with_extension("log"),
            file,
            remove: Some(path),
            on_owner_exit,
        }
    }
}

/// Another program of an installation. Where only links to some of its programs are known, it is beside those.
fn beside(program: &Path, name: &str) -> PathBuf {
    let known = program.with_file_name(name);
    if known.exists() {
        return known;
    }
    let target = fs::canonicalize(program);
    target.map_or(known, |target| target.with_file_name(name))
}

fn private() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o600)
}

fn arguments(data: &Path, port: u16, more: &[(&str, &str)]) -> Vec<String> {
    let parameters = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "timezone=UTC",
        "log_timezone=UTC",
        // A standby has to allow at least as many as its primary.
        "max_connections=500",
        // It looks for its primary again as soon as it has lost it.
        "wal_retrieve_retry_interval=100ms",
    ];
    let more = more.iter().map(|(name, value)| format!("{name}={value}"));
    let parameters = parameters
        .into_iter()
        .map(str::to_owned)
        .chain([format!("port={port}")])
        .chain(more)
        .flat_map(|parameter| ["-c".to_owned(), parameter]);
    let data = ["-D".to_owned(), data.to_string_lossy().into_owned()];
    data.into_iter().chain(parameters).collect()
}

fn wait_until_ready(
    server: &mut SupervisedChild,
    endpoint: &Endpoint,
    log: &Path,
) -> Result<(), StandbyError> {
    let start = Instant::now();
    while !matches!(block_on(endpoint.accepts_connections()), Ok(true)) {
        let has_ended = server.try_wait().map_or(true, |status| status.is_some());
        if has_ended || start.elapsed() > TIMEOUT {
            let log = log_tail::read(log);
            return Err(StandbyError::NotReady { log });
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
