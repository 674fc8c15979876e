//! What is stored of a person: read whole, and erased.
//!
//! `obligations` is what keeps an account, read under the locks that orders take; `erase` is what is left of one.

mod erase;
mod obligations;
mod record;
mod store;

pub use store::PgPersonalDataStore;
