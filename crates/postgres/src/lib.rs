//! The storage ports over PostgreSQL.
//!
//! Read it in three layers. At the bottom, [`settings`](PoolSettings), `connection`, `tls` and
//! [`pool`](PgPool) make connections that know their bounds; `transaction` runs several statements as
//! one, and keeps every connection out of the pool that might still be inside one. Above them,
//! `columns` turns columns into domain types, `error` turns SQLSTATEs into what a caller can act on,
//! and `audit` writes the record that an action is done with. On top, one module for each aggregate:
//! `accounts`, `sessions`, `listings`, `orders`, `tokens`. [`migrate()`] brings the schema there, and
//! [`books`] proves that what the stores have written adds up.
//!
//! What may not live here: a rule. Stores load what a rule of the domain needs, ask it, and write
//! what it said; what each method promises is documented at its port.

mod accounts;
mod audit;
mod batcher;
pub mod books;
mod columns;
mod concurrency_limit;
mod connection;
mod connection_url;
mod currency;
mod error;
mod listings;
mod migrate;
mod orders;
mod paging;
mod payments;
mod pool;
mod predicates;
mod sessions;
mod settings;
mod tls;
mod tokens;
mod transaction;

pub use accounts::PgAccountStore;
pub use connection::ConnectError;
pub use connection_url::DatabaseUrlError;
pub use currency::other_currency;
pub use listings::{PgListingStore, PgSealedKeyStore};
pub use migrate::{AppliedMigration, MigrateError, migrate, pending};
pub use orders::{PgOrderReader, PgOrderStore};
pub use payments::{PgPaymentBacklog, PgPaymentStore};
pub use pool::{PgPool, PoolStatus};
pub use sessions::PgSessionStore;
pub use settings::PoolSettings;
pub use tls::TlsError;
pub use tokens::PgTokenStore;
