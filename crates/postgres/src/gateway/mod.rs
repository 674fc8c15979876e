//! Calls through the gateway: terms of listings, balances and access keys of tokens, open calls, and records of those
//! that have ended.
//!
//! Calls are drawn and ended in batches, by `batch`, in the way orders are placed. Every transaction that changes a
//! balance locks the balances that it needs first, by token id; counters of keys are changed under the lock of their
//! token's balance alone. `docs/calls.md` gives the reasons.

mod access_keys;
pub(crate) mod balances;
mod batch;
mod by_key;
mod count;
mod days;
mod extend;
pub(crate) mod first_key;
mod known;
mod lost;
mod quality;
mod reader;
mod row;
mod snapshot;
mod store;
pub(crate) mod terms;
mod usage;
mod write;

pub use access_keys::PgAccessKeyStore;
pub use reader::PgCallReader;
pub use store::PgCallStore;
