//! Charges: asking buyers to pay, and making happen what the provider says.
//!
//! Locks are taken in the order of [`orders`](crate::orders), and charges after orders, by id.

mod apply;
mod backlog;
mod charge;
mod consequences;
mod early_news;
mod open;
mod store;

pub use backlog::PgPaymentBacklog;
pub(crate) use charge::close_charges;
pub use store::PgPaymentStore;
