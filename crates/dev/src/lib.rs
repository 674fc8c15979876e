//! Parts of `udam dev` that production must not have: a database and master keys in a data directory, a
//! stand-in for Stripe, a mailbox that takes all mails, demo data, a demo page, and log-in by email address alone.
//!
//! [`DataDirectory`] keeps the keys and says where the database lives, [`start_database`] runs it, [`Sandbox`] takes
//! the payments, [`Mailbox`] takes the mails, [`demo`] fills the catalogue, [`Upstream`] is what its listings sell calls of, [`EmailLogIn`] logs in, [`Hosts`] keeps the pages of others out,
//! [`development`] is what the storefront shows, and [`Welcome`] is printed once all is ready. The server joins them
//! under its feature `dev`; a build without that feature has nothing of this crate in it.
//!
//! What may not live here: anything that production needs.

mod data_directory;
mod database;
pub mod demo;
mod email_log_in;
mod hosts;
mod mailbox;
mod postgres_package;
mod race;
mod reachable;
mod sandbox;
mod storefront;
mod upstream;
mod welcome;

pub use udam_embedded_postgres::{Cluster, ClusterError};
pub use udam_stripe_sandbox::{Sandbox, SandboxError};

pub use data_directory::{DataDirectory, DataDirectoryError};
pub use database::{DatabaseError, start_database};
pub use email_log_in::EmailLogIn;
pub use hosts::Hosts;
pub use mailbox::Mailbox;
pub use postgres_package::PackageError;
pub use race::Race;
pub use sandbox::{SandboxPayments, start_sandbox};
pub use storefront::development;
pub use upstream::{Upstream, UpstreamError};
pub use welcome::{DemoData, Welcome};
