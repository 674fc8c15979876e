//! Stripe's objects as JSON, with every field that its API reference shows
//! (<https://docs.stripe.com/api>): a client library rejects an object that lacks one.

mod buyer;
mod charge;
mod dispute;
mod event;
mod list;
mod payment_intent;
mod refund;
mod session;
mod thin_event;

pub(crate) use charge::charge;
pub(crate) use dispute::dispute;
pub(crate) use event::{API_VERSION, event, previous_attributes};
pub(crate) use list::{list, list_of_texts};
pub(crate) use payment_intent::payment_intent;
pub(crate) use refund::refund;
pub(crate) use session::{line_items, session};
pub(crate) use thin_event::thin_event;
