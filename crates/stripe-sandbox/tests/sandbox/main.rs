//! The sandbox from outside: over HTTP, and through the client library that its applications use.
#![cfg(test)]

mod client;
mod disputes;
mod events;
mod faults;
mod harness;
mod idempotency;
mod journal;
mod page;
mod payments;
mod process;
mod receiver;
mod refunds;
mod webhooks;
