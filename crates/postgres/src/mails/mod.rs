//! Mails and the links in them.
//!
//! `outbox` writes mails, in the transactions of the other stores. `store` claims them, `content` reads what they tell, and
//! `links` is what becomes of their links.

mod content;
mod facts;
mod link_store;
mod links;
mod outbox;
mod receipts;
mod requests;
mod store;

pub use link_store::PgMailLinkStore;
pub use store::PgMailStore;

pub(crate) use facts::Facts;
pub(crate) use outbox::{NewMail, enqueue};
