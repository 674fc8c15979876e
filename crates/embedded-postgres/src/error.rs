//! Errors of a cluster. Each message says what to do next.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::version::{OLDEST_MAJOR, Version};

/// Why a cluster could not be started, used or stopped.
///
/// Quoted logs are PostgreSQL's own. They hold no secret: passwords are never part of statements or
/// arguments.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// This machine has no PostgreSQL of a supported version.
    #[error("no PostgreSQL {OLDEST_MAJOR} or newer was found; {advice}")]
    NoBinaries {
        /// Command that installs it on this system.
        advice: String,
    },
    /// The directory named by the caller does not hold PostgreSQL's programs, or the user that must
    /// run them cannot.
    #[error(
        "{} does not hold a PostgreSQL that can be run; name the directory that holds `postgres`, \
         `initdb` and `pg_ctl`",
        directory.display()
    )]
    UnusableBinaries {
        /// The directory that was named.
        directory: PathBuf,
    },
    /// The directory named by the caller holds a PostgreSQL that is too old.
    #[error(
        "PostgreSQL {found} in {} is too old; name one of version {OLDEST_MAJOR} or newer",
        directory.display()
    )]
    TooOld {
        /// The directory that was named.
        directory: PathBuf,
        /// Version of the programs in it.
        found: Version,
    },
    /// The files were written by another major version, which PostgreSQL cannot open.
    #[error(
        "{} was written by PostgreSQL {written_by}, which was not found; install that version, or \
         move the directory away to start with an empty database",
        directory.display()
    )]
    OtherVersion {
        /// The cluster's directory.
        directory: PathBuf,
        /// Major version that wrote the files.
        written_by: u32,
    },
    /// The caller is root, and there is no user to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd lists neither `postgres` nor `nobody`; \
         add one of them, or run as an ordinary user"
    )]
    NoUnprivilegedUser,
    /// Another process has locked the data directory.
    #[error("another udam is using {}; stop it or pass --data-dir", directory.display())]
    InUse {
        /// The directory that was requested.
        directory: PathBuf,
    },
    /// The data directory holds files that do not belong to a cluster.
    #[error(
        "{} holds files that do not belong to a udam cluster; pass an empty or a new directory with \
         --data-dir",
        directory.display()
    )]
    NotACluster {
        /// The directory that was requested.
        directory: PathBuf,
    },
    /// The user that must run an existing cluster can no longer enter its directory.
    #[error(
        "the user `{user}`, which runs PostgreSQL for root, cannot enter {}; `chmod o+x` the \
         directories above it",
        directory.display()
    )]
    Unreachable {
        /// The cluster's directory.
        directory: PathBuf,
        /// Name of the user.
        user: String,
    },
    /// A relocated cluster's directory in `/var/tmp` may have been replaced by another user.
    #[error(
        "{} is not a private directory of the cluster's user; inspect it, then remove it and the \
         file {}",
        directory.display(),
        marker.display()
    )]
    Untrusted {
        /// The directory in `/var/tmp`.
        directory: PathBuf,
        /// The file that names it.
        marker: PathBuf,
    },
    /// A file or directory could not be read or written.
    #[error("cannot {action} {}; check its owner, its mode and the free space", path.display())]
    Files {
        /// Failed action, as a verb.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// A program could not be run, or its status not be read.
    #[error("cannot run {}; check that it is installed and executable", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// The user of this process has no name, which `initdb` needs.
    #[error(
        "PostgreSQL needs a name for the user id {uid}, which /etc/passwd does not have; run as a user \
         that it has, or add one, such as `echo 'udam:x:{uid}:{uid}::/tmp:/bin/sh' >> /etc/passwd` when \
         the container's image is built"
    )]
    NamelessUser {
        /// Id of the user.
        uid: u32,
    },
    /// `initdb` failed or timed out.
    #[error("initdb failed; correct what the end of its output reports, then start again:\n{log}")]
    Initdb {
        /// The end of its output.
        log: String,
    },
    /// The server exited instead of starting, at each attempt.
    #[error(
        "PostgreSQL exited instead of starting; correct what the end of its log reports, then start \
         again:\n{log}"
    )]
    Exited {
        /// The end of its log.
        log: String,
    },
    /// The server did not accept connections in time.
    #[error(
        "PostgreSQL was not ready after {seconds} s; if the end of its log shows recovery, start \
         again with a longer `start_timeout`:\n{log}"
    )]
    NotReady {
        /// The timeout, in seconds.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// Processes of an earlier owner use the files and could not be stopped.
    #[error(
        "PostgreSQL processes {processes:?} of an earlier run still use {} and do not end; kill \
         them, then start again",
        directory.display()
    )]
    OrphansRemain {
        /// The cluster's directory.
        directory: PathBuf,
        /// Their process ids.
        processes: Vec<u32>,
    },
    /// The server did not end in spite of every signal.
    #[error("PostgreSQL in {} does not end; kill its processes", directory.display())]
    StopTimeout {
        /// The cluster's directory.
        directory: PathBuf,
    },
    /// An administrative statement failed.
    #[error("cannot {action} database `{database}`; see the cluster's postgres.log")]
    Database {
        /// Failed action, as a verb.
        action: &'static str,
        /// Name of the database.
        database: String,
        /// The client's error, with the server's message.
        #[source]
        source: tokio_postgres::Error,
    },
}

impl ClusterError {
    /// Returns an adapter for `map_err`.
    pub(crate) fn files(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Files {
            action,
            path,
            source,
        }
    }

    /// Returns an adapter for `map_err`.
    pub(crate) fn spawn(program: &Path) -> impl FnOnce(io::Error) -> Self {
        let program = program.to_owned();
        move |source| Self::Spawn { program, source }
    }
}
