//! A private PostgreSQL cluster in a directory, for `udam dev` and for tests.
//!
//! [`Binaries`] finds the PostgreSQL programs installed on this machine. [`Cluster`] runs a cluster in
//! a directory and stops it when its owner ends, even if the owner is killed. [`testing`] shares one
//! temporary cluster between the tests of a process and gives each test a copy of a template
//! database.
//!
//! Reading order: `cluster` is the whole course, from start to stop. `data_dir` says where the files
//! are and locks them, with `relocation` for root and `temporary` for tests. `os_user` selects the
//! user that the server runs as. `initdb` creates the files, `server` starts the server and waits for
//! it, and `supervisor` (with its shell script) ties the server to its owner. `orphans` stops
//! processes of an earlier owner, and `endpoint` runs administrative SQL.
//!
//! Migrations, anything of the marketplace and downloads do not belong here. Nor does production,
//! where the database is configured. Unix only: it relies on users, modes, signals and `sh`.
//!
//! # Libraries that were weighed
//!
//! | Crate | Why it was not taken |
//! |---|---|
//! | `postgresql_embedded` 0.22 | Downloads PostgreSQL by default, with sqlx and reqwest (some 200 crates). Does not run as root. |
//! | `pg-embed` 1.0 | Downloads PostgreSQL, with sqlx, reqwest and aws-lc (some 200 crates). Does not run as root. |
//! | `pgtemp` 0.7 | Makes a new cluster each time, trusts every local user, and needs `sudo` for root. |
//!
//! All three stop the server in `Drop`, so that an owner that is killed leaves it running; none locks
//! its directory or recovers one that a killed owner left behind. That is most of this crate. It uses
//! the PostgreSQL that is installed, runs as root as containers do, and finds the version that wrote
//! the files.

mod binaries;
mod block_on;
mod cluster;
mod connection_url;
mod data_dir;
mod directory_lock;
mod endpoint;
mod environment;
mod error;
mod initdb;
mod layout;
mod log_tail;
mod orphans;
mod os_user;
mod password;
mod relocation;
mod server;
mod settings;
mod setup;
mod supervisor;
mod temporary;
pub mod testing;
mod version;

pub use binaries::Binaries;
pub use cluster::Cluster;
pub use connection_url::ConnectionUrl;
pub use error::ClusterError;
pub use settings::Settings;
pub use version::Version;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
