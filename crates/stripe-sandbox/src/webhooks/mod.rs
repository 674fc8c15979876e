//! Webhooks: which are sent, how often and in which order, and the sending itself.
//!
//! `mailroom` decides, as a pure state machine under a `policy`, and keeps a record of every
//! `letter`; `courier` carries; `signature` signs.

mod courier;
mod letter;
mod mailroom;
mod policy;
mod signature;

pub(crate) use courier::{Courier, CourierSettings, carry};
pub(crate) use letter::{Attempt, Letter, Outcome, Record, RecordState};
pub(crate) use mailroom::{Dispatch, Mailroom};
pub(crate) use policy::{Delay, Policy};
