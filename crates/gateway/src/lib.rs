//! The metered proxy: calls to services that are sold without their keys being handed out.
//!
//! A call comes to `/gw/{listing}/{path}` with an access key. `handler` reads it (`incoming`), takes its units by the use case
//! `Calls`, makes the request of it (`outgoing`: `credential`, `headers`, `target`), sends that (`upstream`), and passes the
//! answer on as it comes (`answer`), without what must not leave (`redact`). A `running` call ends once, however that
//! happens; its end is recorded by the `recorder` in a task that nobody waits for.
//!
//! What may not live here: what a call costs and whether it may be made, which the domain decides; a query; a page.

mod answer;
mod beginning;
mod body;
mod client;
mod credential;
mod cross_origin;
mod gateway;
mod handler;
mod headers;
mod incoming;
mod metrics;
mod open_calls;
mod outgoing;
mod probe;
mod problem;
mod recorder;
mod redact;
mod report;
mod running;
mod services;
mod target;
mod upstream;
mod websocket;

pub use gateway::Gateway;
pub use handler::configure;
pub use metrics::describe_gateway_metrics;
pub use services::Services;
pub use upstream::{Resolve, SystemResolver, UpstreamSettings};
