//! Connections of clients, between the system's sockets and the HTTP library.
//!
//! The library parses and writes HTTP, and limits the time of a connection's first head and of idleness. What it leaves open
//! is done here, where bytes pass: `client_limit` bounds the connections of each client. [`stream::GuardedStream`] ends a connection
//! whose client is waited for too long (`deadline`), or whose last response has been made, and `closing` lets that response
//! arrive. `first_head` completes what nginx sends by HTTP/1.0, and `refusal` makes what takes the place of the bare
//! responses that the library makes (`library_response`). `service` serves an app with all this.
//!
//! A request on a connection that is kept costs two looks at the clock.

mod client_limit;
mod closing;
mod deadline;
mod first_head;
mod library_response;
mod measurements;
mod refusal;
mod service;
mod stream;

pub(crate) use client_limit::ClientLimit;
pub use measurements::describe_metrics;
pub(crate) use refusal::Refusals;
pub(crate) use service::{ConnectionSettings, listen};
