//! Mails and the links in them.
//!
//! `outbox` and `telling` write mails, in the transactions of the other stores, and `notice_store` those of the sweep. `store`
//! claims them, `content` reads what they tell and `preferences` whether it is wanted, and `links` is what becomes of their
//! links.

mod content;
mod facts;
mod link_store;
mod links;
mod notice_store;
mod notices;
mod outbox;
mod preferences;
mod receipts;
mod requests;
mod store;
mod telling;

pub use link_store::PgMailLinkStore;
pub use notice_store::PgNoticeStore;
pub use preferences::PgMailPreferenceStore;
pub use store::PgMailStore;

pub(crate) use facts::Facts;
pub(crate) use outbox::{NewMail, enqueue};
pub(crate) use telling::{TELL_SOLD_OUT, TELL_UNITS_LOW, tell_sold_out, tell_units_low};
