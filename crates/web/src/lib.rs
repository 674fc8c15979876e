//! Shared parts of the HTTP adapters, each of which exists once per process.
//!
//! The JSON API and the pages admit requests through one [`Admission`]: a client has one allowance,
//! whichever of them it calls. [`body`] reads bodies within a size and a time, [`cursor`] writes and
//! reads positions in lists, [`sales_csv`] writes a seller's sales for spreadsheets, [`mod@export`] all that is stored of a person, [`access_log()`] names, measures and logs every request, and [`Health`]
//! reports whether the server can serve. [`GatewayAddress`] and
//! [`ListingQuality`] say where a listing is called, and how well it has answered. [`PasswordlessLogIn`] is the seam that development plugs into.
//!
//! What may not live here: a route, a page, a wire type, or anything that knows which adapter calls.

mod access_log;
mod acting_account;
mod admission;
mod alert;
pub mod body;
mod client_address;
mod connection_state;
pub mod cursor;
pub mod export;
mod failure;
mod gateway_address;
mod health;
mod last_request;
mod listing_quality;
mod passwordless;
mod rate_limit;
mod rate_report;
mod request_id;
mod request_metrics;
pub mod sales_csv;
mod trusted_proxies;

pub use access_log::{AccessLog, AccessLogService, Route, access_log, report_unread_request};
pub use acting_account::{acting_account, record_acting_account};
pub use admission::{Admission, origin};
pub use alert::{describe_alert_metrics, raise_alert};
pub use connection_state::{ConnectionState, Streaming};
pub use failure::{Failure, Severity};
pub use gateway_address::GatewayAddress;
pub use health::{Check, Health, NotReady, Readiness};
pub use last_request::last_request;
pub use listing_quality::ListingQuality;
pub use passwordless::PasswordlessLogIn;
pub use rate_limit::{RateLimitClass, RateLimited};
pub use rate_report::{RateReport, add_rate_reports, rate_report};
pub use request_id::{RequestId, request_id};
pub use request_metrics::describe_request_metrics;
pub use trusted_proxies::{ParseTrustedProxiesError, TrustedProxies};
