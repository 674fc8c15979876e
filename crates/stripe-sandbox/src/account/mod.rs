//! One Stripe account as a pure state machine: it gets the time and the cause of each change as
//! arguments and does no I/O.
//!
//! `data` holds the objects, in a `store` for each type. `sessions`, `payments`, `repeats`, `refunds` and
//! `disputes` are the changes; each records the events that Stripe would, which the caller collects with
//! [`Account::take_new_events`] and sends. `balance` sums up what became of a payment, and `refund_plan`
//! holds what is to become of refunds that have not been requested yet. `changes` are the objects that a journal keeps.

mod balance;
mod changes;
mod data;
mod disputes;
mod error;
mod ids;
mod payments;
mod refund_plan;
mod refunds;
mod repeats;
mod sessions;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use changes::Object;
pub(crate) use data::{Account, AccountSettings};
pub(crate) use error::{ParamLocation, RequestError};
pub(crate) use payments::PayWhen;
pub(crate) use refund_plan::PlannedOutcome;
pub(crate) use store::{Cursor, Page, PageRequest, PagedStore, TimeRange};
