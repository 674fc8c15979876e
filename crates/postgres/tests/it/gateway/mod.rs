//! Calls through the gateway.

mod calls;
mod days;
mod failures;
mod keys;
mod lost;
pub(crate) mod market;
mod races;
mod reading;
mod refusals;
mod terms;
mod verify;
