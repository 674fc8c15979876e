//! Serving HTTP: from an address to listen at, to the last request in flight.

mod connection;
mod listener;
mod runtime;
mod server;
mod signals;
mod starting;
mod strict_transport;
mod unknown;

pub(crate) use connection::describe_metrics;
pub use listener::{Addresses, Audience, ListenError, Listeners};
#[cfg(test)]
pub(crate) use server::SHUTDOWN_TIMEOUT;
pub use server::{HostError, host};
pub use starting::StartingServer;
