//! The services behind the demo listings: weather, places and exchange rates, generated rather than measured.
//!
//! They are called with the demo sellers' keys, by the gateway or directly, and answer in JSON.

mod access;
mod answer;
mod exchange_rates;
mod noise;
mod places;
mod quota;
mod routes;
mod server;
mod weather;

#[cfg(test)]
mod tests;

pub(crate) use access::Access;
pub(crate) use routes::{ALERTS, EXCHANGE_RATES, FORECAST, GEOCODING, HISTORY};
pub use server::{Upstream, UpstreamError};
pub(crate) use weather::MAX_DAYS as MAX_HISTORY_DAYS;
