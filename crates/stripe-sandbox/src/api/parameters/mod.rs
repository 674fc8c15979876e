//! Parameters, from text to what they mean.

mod listing;
mod reading;
mod refund;
mod session;

pub(super) use listing::{
    EventsWanted, MoneyWanted, SessionsWanted, events_wanted, money_wanted, sessions_wanted,
};
pub(super) use refund::new_refund;
pub(super) use session::new_session;
