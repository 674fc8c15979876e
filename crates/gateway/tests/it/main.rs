//! The gateway from outside, over TCP, between clients and services of every kind.
#![cfg(test)]

mod client;
mod market;
mod not_charged;
mod probe;
mod redaction;
mod service;
mod smuggling;
mod streaming;
mod tls;
mod websocket;

/// The key of the service, which nobody may see.
pub(crate) const SELLERS_KEY: &str = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";
