//! Shared parts of the test packages: a marketplace to act in, polling, and seeded random numbers.
//!
//! A test starts a [`Market`] (a database of its own and `udam serve` processes on it), signs people up,
//! and calls the API as they do. [`Client`]s return [`Response`]s, whatever the status. [`Sandbox`] is
//! the stand-in for Stripe, [`MailServer`] takes mails, [`DevServer`] a running `udam dev`, [`DurableCluster`] a PostgreSQL cluster
//! that survives crashes. [`wait_until`] polls with a bound; [`SeededRng`] draws the same again from the
//! same seed. [`webhook`] signs events as Stripe does, [`raw_http`] sends bytes that no HTTP client
//! would, and [`encodings()`] lists the forms in which a secret could leak.
//!
//! Every function fails when a process, the database or the network does, with a message that names
//! it; statuses of the API are no errors.
//!
//! What may not live here: expectations, which belong to the tests, and anything that production code
//! depends on.

#![expect(
    clippy::missing_errors_doc,
    reason = "all fail for the same reasons, which are stated once, above"
)]

mod binary;
mod buyers;
mod client;
mod cluster;
mod database;
mod dev_server;
mod encodings;
mod environment;
mod fixtures;
mod mail_server;
mod market;
mod phone;
mod process;
mod processes;
mod random;
pub mod raw_http;
mod relay;
mod response;
pub mod sandbox;
mod server;
mod upstream;
mod wait;
pub mod webhook;

pub use binary::{Binary, CommandOutput};
pub use buyers::insert_buyers;
pub use client::Client;
pub use cluster::DurableCluster;
pub use database::{Database, connect};
pub use dev_server::{DevServer, run_in_shell};
pub use encodings::encodings;
pub use environment::env_number;
pub use fixtures::{PASSWORD, unique_email, weather_listing};
pub use mail_server::{MailFault, MailServer, ReceivedMail};
pub use market::{Market, MarketBuilder, expect_status, sign_up, sign_up_all};
pub use phone::{Phone, TwoFactors, add_factor};
pub use process::Process;
pub use processes::{all_processes, child_processes, descendant_processes};
pub use random::SeededRng;
pub use relay::Relay;
pub use response::{ErrorResponses, Response};
pub use sandbox::{Sandbox, SandboxState, session_id_of};
pub use server::{Server, master_keys};
pub use udam_embedded_postgres::testing::{BaseBackup, PgBouncer, Standby};
pub use upstream::{Upstream, UpstreamRequest, closed_address, silent_address};
pub use wait::{Wait, wait_for, wait_until};
