//! Stripe's objects as JSON, with every field that its documentation shows
//! (<https://docs.stripe.com/api>): a client library refuses objects that lack one.

mod charge;
mod dispute;
mod event;
mod list;
mod payment_intent;
mod refund;
mod session;

pub(crate) use charge::charge;
pub(crate) use dispute::dispute;
pub(crate) use event::event;
pub(crate) use list::{list, list_of_texts};
pub(crate) use payment_intent::payment_intent;
pub(crate) use refund::refund;
pub(crate) use session::{line_items, session};

/// The version of the API whose shapes these are.
pub(crate) const API_VERSION: &str = "2026-09-30.endive";

/// The card that every sandbox buyer pays with.
const LAST4: &str = "4242";

/// Who every sandbox buyer is.
const BUYER_EMAIL: &str = "buyer@sandbox.invalid";
const BUYER_NAME: &str = "Sandbox Buyer";
