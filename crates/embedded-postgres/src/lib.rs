//! A private PostgreSQL for people who have none running: for `udam dev` and for tests.
//!
//! Three subjects live here. [`Binaries`] finds the PostgreSQL programs that this machine already
//! has. [`Cluster`] runs a cluster of its own in a directory and takes it along when it goes,
//! whichever way it goes. [`testing`] shares one throwaway cluster between the tests of a process
//! and gives each of them a database cloned from a template.
//!
//! Read the files in this order: `cluster` is the story, start to stop; `home` decides where the
//! files are and who may use them, with `relocation` for root's case and `temporary` for throwaway
//! ones; `account` decides whom the server runs as; `initdb` makes the files; `server` starts the
//! server and waits for it; `supervisor` (and its shell script) is what ties the server's life to
//! its owner's; `leftovers` deals with what an earlier owner left behind; `endpoint` speaks SQL.
//!
//! What may not live here: migrations, anything of the marketplace, downloads, and any use in
//! production, where a database is configured and never made up. Unix only: accounts, modes,
//! signals and `sh` are what it is made of.

mod account;
mod binaries;
mod blocking;
mod cluster;
mod connection_url;
mod directory_lock;
mod endpoint;
mod environment;
mod error;
mod home;
mod initdb;
mod leftovers;
mod log_tail;
mod password;
mod relocation;
mod server;
mod settings;
mod setup;
mod supervisor;
mod temporary;
pub mod testing;

pub use binaries::{Binaries, Version};
pub use cluster::Cluster;
pub use connection_url::ConnectionUrl;
pub use error::ClusterError;
pub use settings::Settings;
