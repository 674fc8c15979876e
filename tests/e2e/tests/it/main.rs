//! The marketplace from outside. Each module is a subject; each test's name is what it shows.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the exemption of tests does not reach the functions that they share"
)]

mod audit;
mod books;
mod calls;
mod cancellation;
mod catalogue;
mod development;
mod expect;
mod findings;
mod flows;
mod idempotency;
mod key_rotation;
mod payments;
mod problems;
mod reservations;
mod scenes;
mod secrets;
mod serving;
mod sessions;
mod tab;
