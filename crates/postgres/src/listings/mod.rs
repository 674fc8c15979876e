//! Listings: publishing, changing and finding them, and moving their keys to another master key.

mod catalogue;
mod edit;
mod index;
mod keys;
mod publish;
mod read_back;
mod row;
mod search;
mod sql;
mod statement;
mod stock;
mod store;

pub use catalogue::PgCatalogueReader;
pub use keys::PgSealedKeyStore;
pub(crate) use row::{sealed_key, service_changes};
pub use store::PgListingStore;
