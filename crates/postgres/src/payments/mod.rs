//! Charges: asking buyers to pay, and applying what the provider says.
//!
//! Each function locks and reads what the rules of [`udam_domain::payment`] need, asks them, and writes what
//! they say. Locks are taken in the order of [`orders`](crate::orders), and charges after orders, by id.

mod apply;
mod backlog;
mod charge;
mod dispute;
mod end;
mod event_log;
mod inbox;
mod locked;
mod open;
mod opened_sessions;
mod out_of_order;
mod paid_charge;
mod received;
mod refund;
mod reverse;
mod settle;
mod store;

pub use backlog::PgPaymentBacklog;
pub(crate) use charge::close_charges;
pub use event_log::PgPaymentEventLog;
pub use inbox::PgEventInbox;
pub(crate) use opened_sessions::forget as forget_opened_sessions;
pub(crate) use paid_charge::lock_charge_of;
pub(crate) use refund::write as write_refunds;
pub use store::PgPaymentStore;
