//! The buyer's access key, which is taken from a call, and the seller's key, which is put in its place.

mod found;
mod known;
mod placed;
mod query;

pub(crate) use found::access_key;
pub(crate) use known::holds_access_key;
pub(crate) use placed::place;
pub(crate) use query::without_access_keys;
