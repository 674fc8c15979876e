//! Orders: placing, moving and reading them.
//!
//! Every transaction that changes orders takes its locks in one order, so that no two of them deadlock: the
//! stock of the listings by listing id, the tabs of the buyers by account id, the networks of new buyers, the orders by order id, and
//! then charges.

mod effects;
mod hold_store;
mod holds;
mod insert_tokens;
mod locks;
mod move_stock;
mod move_tabs;
mod moves;
mod networks;
mod place;
mod reader;
mod row;
mod sales;
mod session_accounts;
mod snapshot;
mod store;
mod tab_reader;
mod write;

pub(crate) use effects::{Issue, write_moves};
pub use hold_store::PgHoldStore;
pub(crate) use locks::{lock_all, lock_one, lock_stock, lock_tabs, lock_these, lock_where};
pub(crate) use move_tabs::{record_paid, take_off_tab};
pub(crate) use moves::refund_revoked;
pub use reader::PgOrderReader;
pub(crate) use row::{order, order_columns, order_joins, read_orders_of};
pub use store::PgOrderStore;
pub use tab_reader::PgTabReader;
