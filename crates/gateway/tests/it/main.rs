//! The gateway from outside, over TCP, between clients and services of every kind.
#![cfg(test)]

mod answers;
mod client;
mod cross_origin;
mod leaving;
mod market;
mod not_charged;
mod probe;
mod recording;
mod redaction;
mod refused;
mod service;
mod smuggling;
mod streaming;
mod tls;
mod websocket;

/// The key of the service, which nobody may see.
pub(crate) const SELLERS_KEY: &str = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";
