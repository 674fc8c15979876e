//! Reading all that is stored of a person, and erasing it.
//!
//! `obligations` is what keeps an account, read under the locks that orders take; `erase` is what is left of one.

mod erase;
mod obligations;
mod record;
mod store;

pub use store::PgPersonalDataStore;
