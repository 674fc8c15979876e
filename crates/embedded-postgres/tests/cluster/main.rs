//! Clusters from outside, with the PostgreSQL of this machine.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "the exemption of tests does not reach the functions that they share"
)]

mod accounts;
mod databases;
mod lifecycle;
mod owner;
mod owners;
mod support;
