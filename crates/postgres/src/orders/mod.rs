//! Orders: placing them, moving them, reading them.
//!
//! Whatever changes an order takes its locks in one order, so that no two of them wait for each other:
//! the stock of its listings by listing id, then the tabs of its buyers by account id, then orders by
//! order id.

mod book;
mod locks;
mod moves;
mod place;
mod row;
mod snapshot;
mod store;
mod write;

pub use book::PgOrderBook;
pub use store::PgOrderStore;
