//! What can go wrong, each with what a person can do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::binaries::{OLDEST_MAJOR, Version};

/// Why a cluster could not be started, used or stopped.
///
/// The logs quoted here are the server's own. They hold no secret: passwords never travel in
/// statements or arguments.
#[derive(Debug, Error)]
pub enum ClusterError {
    /// This machine has no PostgreSQL that could be used.
    #[error("no PostgreSQL {OLDEST_MAJOR} or newer was found; {advice}")]
    NoBinaries {
        /// The command that installs it here.
        advice: String,
    },
    /// The directory named by the caller does not hold PostgreSQL's programs, or not for this
    /// account.
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
        /// What was found there.
        found: Version,
    },
    /// The files were written by another major version, which PostgreSQL cannot open.
    #[error(
        "{} was written by PostgreSQL {written_by}, which was not found; install that version, or \
         move the directory away to start afresh",
        directory.display()
    )]
    OtherVersion {
        /// The cluster's directory.
        directory: PathBuf,
        /// The major version that it needs.
        written_by: u32,
    },
    /// The caller is root, and there is nobody else to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd knows neither `postgres` nor \
         `nobody`; add one of them, or run as an ordinary user"
    )]
    NoAccount,
    /// Another process owns the data directory.
    #[error("another udam is using {}; stop it or pass --data-dir", directory.display())]
    InUse {
        /// The directory that was asked for.
        directory: PathBuf,
    },
    /// The data directory holds other things, which must not be touched.
    #[error(
        "{} holds files that no udam cluster put there; pass an empty or a new directory with \
         --data-dir",
        directory.display()
    )]
    Foreign {
        /// The directory that was asked for.
        directory: PathBuf,
    },
    /// A cluster is there, but the account that must run it can no longer reach it.
    #[error(
        "the account `{account}`, which runs PostgreSQL for root, cannot reach {}; `chmod o+x` \
         the directories above it",
        directory.display()
    )]
    Unreachable {
        /// The cluster's directory.
        directory: PathBuf,
        /// The account's name.
        account: String,
    },
    /// The directory in `/var/tmp` is not what it should be: someone else may have put it there.
    #[error(
        "{} is not a private directory of the cluster's account; inspect it, then remove it and \
         the file {}",
        directory.display(),
        marker.display()
    )]
    Untrusted {
        /// The directory in `/var/tmp`.
        directory: PathBuf,
        /// The file that points to it.
        marker: PathBuf,
    },
    /// Files could not be read or written.
    #[error("cannot {action} {}; check its owner, its mode and the free space", path.display())]
    Files {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A program could not be run, or watched while it ran.
    #[error("cannot run {}; check that it is installed and executable", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// `initdb` did not finish its work.
    #[error("initdb failed; its last words tell what to mend:\n{log}")]
    Initdb {
        /// The end of what it printed.
        log: String,
    },
    /// The server ended instead of starting, again and again.
    #[error("PostgreSQL would not start; the end of its log tells what to mend:\n{log}")]
    Ended {
        /// The end of its log.
        log: String,
    },
    /// The server did not accept connections in time.
    #[error(
        "PostgreSQL was not ready after {seconds} s; if the end of its log shows recovery, start \
         again with a longer `start_timeout`:\n{log}"
    )]
    NotReady {
        /// How long it was given.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// A server that nobody owns any more holds the files and does not end.
    #[error(
        "PostgreSQL processes {processes:?} of an earlier run still hold {} and do not end; kill \
         them, then start again",
        directory.display()
    )]
    Occupied {
        /// The cluster's directory.
        directory: PathBuf,
        /// Their process ids.
        processes: Vec<u32>,
    },
    /// The server ignored every signal.
    #[error("PostgreSQL in {} does not end; kill its processes by hand", directory.display())]
    WouldNotStop {
        /// The cluster's directory.
        directory: PathBuf,
    },
    /// A statement about databases failed.
    #[error("cannot {action} database `{database}`; the cluster's postgres.log may tell why")]
    Database {
        /// What was tried, as a verb.
        action: &'static str,
        /// The database.
        database: String,
        /// What the server said.
        #[source]
        source: tokio_postgres::Error,
    },
}

impl ClusterError {
    /// Gives an adapter for `map_err`.
    pub(crate) fn files(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Files {
            action,
            path,
            source,
        }
    }

    /// Gives an adapter for `map_err`.
    pub(crate) fn spawn(program: &Path) -> impl FnOnce(io::Error) -> Self {
        let program = program.to_owned();
        move |source| Self::Spawn { program, source }
    }
}
