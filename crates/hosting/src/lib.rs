//! Serving HTTP: from an address to listen at, to the last request in flight.
//!
//! A [`Server`] is a [`Listener`] and the [`Routes`] that are served at it. [`RunningServers`] starts a list of
//! them with the [`HostSettings`] that they share, and runs them until a stop signal. While the process makes
//! itself ready, a [`StartingServer`] responds at the same listeners.
//!
//! ```no_run
//! # use actix_web::{HttpResponse, http::StatusCode, web};
//! # use std::sync::Arc;
//! # use udam_hosting::{HostSettings, Listener, RunningServers, Server};
//! # use udam_web::RequestId;
//! # async fn serve(entropy: Arc<dyn udam_domain::Entropy>) -> Result<(), Box<dyn std::error::Error>> {
//! let settings = HostSettings {
//!     entropy,
//!     needs_tls: true,
//!     unread_request: |status: StatusCode, _id: &RequestId| HttpResponse::new(status),
//! };
//! let listener = Listener::bind("127.0.0.1:8080".parse()?, "set PORT")?;
//! let routes = |app: &mut web::ServiceConfig| {
//!     app.route("/hello", web::get().to(|| async { "Hello" }));
//! };
//! let servers = vec![Server::new(listener, Arc::new(routes))];
//! RunningServers::start(&settings, servers)?.until_stopped(|| {}).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Every server has the same middleware: request ids and the access log, `Strict-Transport-Security`, the end of a
//! connection after a request that did not arrive whole, and a runtime that outlives its workers. `connection` guards
//! against hostile and odd clients, below the HTTP library.
//!
//! What may not live here: a route, a setting's name, a response that a client of the marketplace knows.

mod connection;
mod host_settings;
mod last_connections;
mod listener;
mod running;
mod runtime;
mod server;
mod signals;
mod starting;
mod strict_transport;
#[cfg(test)]
mod testing;

pub use connection::describe_metrics;
pub use host_settings::{HostSettings, UnreadRequest};
pub use listener::{ListenError, Listener};
pub use running::{HostError, RunningServers};
pub use server::{Routes, SHUTDOWN_TIMEOUT, Server};
pub use starting::StartingServer;
