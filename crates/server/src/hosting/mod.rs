//! Serving HTTP: from an address to listen at, to the last request in flight.

mod listener;
mod runtime;
mod server;
mod signals;

pub use listener::{ListenError, Purpose, listen};
pub use server::{HostError, Listeners, host};
