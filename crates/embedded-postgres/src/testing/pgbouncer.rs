//! PgBouncer in front of a cluster.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use thiserror::Error;
use tokio_postgres::Config;

use crate::block_on::block_on;
use crate::connection_url::ConnectionUrl;
use crate::error::ClusterError;
use crate::os_user::OsUser;
use crate::server::free_port;
use crate::supervisor::{OwnerExit, Program, SupervisedChild};
use crate::{environment, log_tail, temporary};

/// Where packages install it, besides the directories in `PATH`.
const DIRECTORIES: [&str; 4] = [
    "/usr/sbin",
    "/usr/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
];

const START_TIMEOUT: Duration = Duration::from_secs(10);

/// Why PgBouncer did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PgBouncerError {
    /// It is not installed.
    #[error("PgBouncer is not installed; on Debian, install it with `apt-get install pgbouncer`")]
    NotInstalled,
    /// The server's URL is malformed.
    #[error("the URL of the server is malformed")]
    Url(#[from] tokio_postgres::Error),
    /// Its files could not be written, or it could not be run.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// It does not accept connections.
    #[error("PgBouncer did not start:\n{log}")]
    NotReady {
        /// The end of its log.
        log: String,
    },
}

/// A running PgBouncer in transaction mode. It ends when this is dropped, or with this process.
#[derive(Debug)]
pub struct PgBouncer {
    // Dropped before its files are removed.
    _program: SupervisedChild,
    _directory: TempDir,
    port: u16,
    server: Config,
}

impl PgBouncer {
    /// Starts it in front of all databases of the cluster at `server`, the URL of one of them; each gets at most
    /// `sessions` sessions. It listens at a free port of 127.0.0.1 and takes every client for that user. Blocks for a
    /// moment.
    ///
    /// # Errors
    /// [`PgBouncerError`]
    pub fn start(server: &str, sessions: u32) -> Result<Self, PgBouncerError> {
        let server: Config = server.parse()?;
        let file = find().ok_or(PgBouncerError::NotInstalled)?;
        let user = OsUser::unprivileged()?;
        let directory = temporary::create(&user)?;
        let (path, config) = (directory.path(), directory.path().join("pgbouncer.ini"));
        let port = free_port().map_err(ClusterError::files("find a port for", path))?;
        let text = configuration(&server, port, sessions);
        fs::write(&config, text)
            .and_then(|()| fs::set_permissions(&config, fs::Permissions::from_mode(0o600)))
            .and_then(|()| user.chown(&config))
            .and_then(|()| user.chown(path))
            .map_err(ClusterError::files("write", &config))?;
        let program = Program {
            user: &user,
            file,
            log: path.join("pgbouncer.log"),
            remove: Some(path),
            on_owner_exit: OwnerExit::Interrupt,
        };
        let mut running = program.spawn([&config]).map_err(program.spawn_error())?;
        wait_until_ready(&mut running, port, &program.log)?;
        Ok(Self {
            _program: running,
            _directory: directory,
            port,
            server,
        })
    }

    /// The URL of a database of the cluster, through it.
    #[must_use]
    pub fn url_of(&self, database: &str) -> ConnectionUrl {
        let user = self.server.get_user().unwrap_or_default();
        ConnectionUrl::new(user, &password(&self.server).into(), self.port, database)
    }
}

fn find() -> Option<PathBuf> {
    let path = environment::search_path().unwrap_or_default();
    std::env::split_paths(&path)
        .chain(DIRECTORIES.map(PathBuf::from))
        .map(|directory| directory.join("pgbouncer"))
        .find(|file| file.exists())
}

fn password(server: &Config) -> String {
    String::from_utf8_lossy(server.get_password().unwrap_or_default()).into_owned()
}

fn configuration(server: &Config, port: u16, sessions: u32) -> String {
    let user = server.get_user().unwrap_or_default();
    let password = password(server);
    let server_port = server.get_ports().first().copied().unwrap_or(5432);
    format!(
        "[databases]\n\
         * = host=127.0.0.1 port={server_port} user={user} password={password}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         pool_mode = transaction\n\
         max_client_conn = 200\n\
         default_pool_size = {sessions}\n\
         server_tls_sslmode = disable\n"
    )
}

fn wait_until_ready(
    program: &mut SupervisedChild,
    port: u16,
    log: &Path,
) -> Result<(), PgBouncerError> {
    let start = Instant::now();
    let connect = || block_on(tokio::net::TcpStream::connect(("127.0.0.1", port)));
    while !matches!(connect(), Ok(Ok(_))) {
        let has_ended = program.try_wait().map_or(true, |status| status.is_some());
        if has_ended || start.elapsed() > START_TIMEOUT {
            let log = log_tail::read(log);
            return Err(PgBouncerError::NotReady { log });
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
