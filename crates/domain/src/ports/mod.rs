//! The ports: what the marketplace needs of the world, one trait per role.
//!
//! Every method is one atomic step: it happens whole or not at all, whatever fails around it, and no
//! transaction crosses a port. What an implementation must do is said here, once; adapters do not repeat it.
//! The feature `conformance` has a suite of tests that holds an implementation of the storage ports to it. With
//! the feature `mocks`, each trait `X` comes with a `MockX`.
//!
//! # Storage
//! The storage ports share their data: an order that [`OrderStore`] places is paid through [`PaymentStore`]
//! and holds units of a listing of [`ListingStore`]. They are separate traits because callers need them
//! separately; one type may implement them all. A call that has returned is durable, and visible to every later
//! call on any server. Calls at once have the result of some order of them one after another. Pages are sorted
//! as their method says, by id, which grows with the time of creation.
//!
//! Times come with the request. A store reads no clock and draws no identifiers.

mod access_key_store;
mod access_keys;
mod account_key_store;
mod account_store;
mod administration_store;
mod alert_store;
mod audit_authenticator;
mod audit_chain;
mod call_reader;
mod call_store;
mod common_passwords;
mod complaint_store;
mod cryptography;
mod environment;
mod error;
mod event_inbox;
mod hold_store;
mod listing_index;
mod listing_store;
mod mail_link_store;
mod mail_preference_store;
mod mail_store;
mod mailer;
mod metrics;
mod notice_store;
mod order_store;
mod password_attempt_store;
mod payment_backlog;
mod payment_error;
mod payment_events;
mod payment_gateway;
mod payment_store;
mod personal_data_store;
mod receipt_key_store;
mod sealed_key_store;
mod second_factor_store;
mod second_factors;
mod service_probe;
mod session_store;
mod story_reader;
mod sweep_trigger;
mod tab_reader;
mod token_store;

pub use access_key_store::*;
pub use access_keys::*;
pub use account_key_store::*;
pub use account_store::*;
pub use administration_store::*;
pub use alert_store::*;
pub use audit_authenticator::*;
pub use audit_chain::*;
pub use call_reader::*;
pub use call_store::*;
pub use common_passwords::*;
pub use complaint_store::*;
pub use cryptography::*;
pub use environment::*;
pub use error::*;
pub use event_inbox::*;
pub use hold_store::*;
pub use listing_index::*;
pub use listing_store::*;
pub use mail_link_store::*;
pub use mail_preference_store::*;
pub use mail_store::*;
pub use mailer::*;
pub use metrics::*;
pub use notice_store::*;
pub use order_store::*;
pub use password_attempt_store::*;
pub use payment_backlog::*;
pub use payment_error::*;
pub use payment_events::*;
pub use payment_gateway::*;
pub use payment_store::*;
pub use personal_data_store::*;
pub use receipt_key_store::*;
pub use sealed_key_store::*;
pub use second_factor_store::*;
pub use second_factors::*;
pub use service_probe::*;
pub use session_store::*;
pub use story_reader::*;
pub use sweep_trigger::*;
pub use tab_reader::*;
pub use token_store::*;
