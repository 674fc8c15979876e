//! Orders: placing them, moving them, reading them.
//!
//! Whatever changes an order takes its locks in one order, so that no two of them wait for each other:
//! the stock of its listings by listing id, then the tabs of its buyers by account id, then orders by
//! order id; then charges.

mod effects;
mod locks;
mod moves;
mod place;
mod reader;
mod row;
mod sales;
mod session_accounts;
mod snapshot;
mod store;
mod write;

pub(crate) use effects::{Issue, write_moves};
pub(crate) use locks::{lock_all, lock_one, lock_stock, lock_tabs, lock_these, lock_where};
pub use reader::PgOrderReader;
pub use store::PgOrderStore;
pub(crate) use write::move_tabs;
