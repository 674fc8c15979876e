//! Parameters of requests: parsing and limits.

mod filter;
mod read;
mod refund;
mod session;

pub(super) use filter::{
    EventFilter, PaymentFilter, SessionFilter, event_filter, payment_filter, session_filter,
};
pub(super) use refund::new_refund;
pub(super) use session::new_session;
