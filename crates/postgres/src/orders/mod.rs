//! Orders: placing, moving and reading them.
//!
//! Every transaction that changes orders takes its locks in one order, so that no two of them deadlock: the
//! stock of the listings by listing id, the tabs of the buyers by account id, the orders by order id, and
//! then charges.

mod arrays;
mod effects;
mod insert_tokens;
mod locks;
mod move_stock;
mod move_tabs;
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
pub(crate) use move_tabs::take_off_tab;
pub use reader::PgOrderReader;
pub(crate) use row::read_orders_of;
pub use store::PgOrderStore;
