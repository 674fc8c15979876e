//! The storage ports over PostgreSQL.
//!
//! The crate has three layers:
//!
//! - Connections: `settings`, `connection`, `connection_url` and `tls` configure them, `connections` keeps and `pool` shares them,
//!   `retirement` closes those that lead to the wrong server, and `transaction` runs several statements as one
//!   and never returns a connection to the pool in the middle of it. `server_state` and `encoding` say whether the database
//!   can be used, `transport` whether statements reach it in the clear, and `statements` how statements reach it through a connection pooler;
//!   `reachable` waits for it at the start. `batcher` collects orders, or calls, into one transaction, `halves` takes one apart that
//!   fails, and `concurrency_limit` keeps one kind of
//!   query from taking all connections.
//! - Shared by the stores: `columns` reads domain types from rows, `arrays` makes parameters of them, `error` converts SQLSTATEs, `paging` cuts
//!   lists into pages, `order_states` names
//!   states for statements, `audit` records actions, `audit_chain` links the records, and `audit_trail` reads them.
//! - The stores, a module for each aggregate: `accounts`, `account_keys`, `sessions`, `listings`, `orders`, `tokens`,
//!   `payments`, `gateway`, `mails`, `alerts`, `complaints`, `administration`, `second_factors` and `password_attempts`, which reads `login_places`; `stories` reads across all of them for operators, `personal_data` reads and erases what all of them have of a person. Beside them, `seller_names` keeps what names of
//!   sellers look like, [`migrate()`] applies the schema, and [`consistency`] checks that the stored rows agree with each other.
//!
//! What may not live here: a rule. Stores load under lock what a rule of the domain needs, ask it, and write
//! what it returned. What each method guarantees is documented at its port.

mod account_keys;
mod account_row;
mod accounts;
mod administration;
mod alerts;
mod arrays;
mod audit;
mod audit_chain;
mod audit_trail;
mod batcher;

mod columns;
mod complaints;
mod concurrency_limit;
mod connection;
mod connection_url;
mod connections;
pub mod consistency;
mod currency;
mod encoding;
mod error;
mod gateway;
mod halves;
mod listings;
mod login_places;
mod mailing;
mod mails;
mod migrate;
mod order_states;
mod orders;
mod paging;
mod password_attempts;
mod payments;
mod personal_data;
mod pool;
mod predicates;
mod reachable;
mod receipt_keys;
mod replica;
mod retirement;
mod second_factors;
mod seller_names;
mod server_state;
mod sessions;
mod settings;
mod statements;
mod stories;
mod tls;
mod tokens;
mod transaction;
mod transport;

pub use account_keys::PgAccountKeyStore;
pub use accounts::PgAccountStore;
pub use administration::PgAdministrationStore;
pub use alerts::PgAlertStore;
pub use audit_chain::{
    ChainFinding, ChainReport, PgAuditChain, PgAuditKeyStore, audit_head, verify_chain,
};
pub use audit_trail::PgAuditTrail;
pub use complaints::PgComplaintStore;
pub use connection::ConnectError;
pub use connection_url::DatabaseUrlError;
pub use currency::other_currency;
pub use encoding::{CaseFolding, EncodingError, check_encoding};
pub use gateway::{PgAccessKeyStore, PgCallReader, PgCallStore};
pub use listings::{PgCatalogueReader, PgListingStore, PgSealedKeyStore};
pub use mailing::Mailing;
pub use mails::{PgMailLinkStore, PgMailPreferenceStore, PgMailStore, PgNoticeStore};
pub use migrate::{AppliedMigration, MigrateError, migrate, newer, pending};
pub use orders::{PgHoldStore, PgOrderReader, PgOrderStore, PgTabReader};
pub use password_attempts::PgPasswordAttemptStore;
pub use payments::{PgEventInbox, PgPaymentBacklog, PgPaymentEventLog, PgPaymentStore};
pub use personal_data::PgPersonalDataStore;
pub use pool::{PgPool, PoolStatus};
pub use reachable::wait_until_reachable;
pub use receipt_keys::PgReceiptKeyStore;
pub use replica::Replica;
pub use second_factors::{PgLogInChallengeStore, PgSecondFactorStore};
pub use server_state::{DatabaseState, state};
pub use sessions::PgSessionStore;
pub use settings::{PoolSettings, Pooling};
pub use stories::PgStoryReader;
pub use tls::TlsError;
pub use tokens::PgTokenStore;
pub use transport::forgoes_tls;
