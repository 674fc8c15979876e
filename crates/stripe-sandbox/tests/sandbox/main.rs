//! The sandbox from outside: over HTTP, and through the client library that its applications use.
#![cfg(test)]

mod client;
mod events;
mod faults;
mod idempotency;
mod money;
mod page;
mod process;
mod receiver;
mod stage;
mod webhooks;
