//! Clusters through the public API, with the PostgreSQL installed on this machine.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "the exemption for tests does not cover their helper functions"
)]

mod databases;
mod lifecycle;
mod os_users;
mod owner;
mod owners;
mod support;
