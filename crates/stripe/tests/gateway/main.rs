//! The gateway as its callers see it, over HTTP: against a scripted server, whose every byte a test
//! decides, and against the sandbox.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "the exemption of tests does not reach the functions that they share"
)]

mod events;
mod faults;
mod refunds;
mod sandbox;
mod scripted;
mod sessions;
mod support;
