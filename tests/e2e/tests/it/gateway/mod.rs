//! Calls through the gateway, `ANY /gw/{listing}/{path}`, of services that behave and of those that do not.

mod access;
mod addresses;
mod caller;
mod charges;
mod crashes;
mod cross_origin;
mod exact;
mod idle;
mod memory;
mod outcomes;
mod races;
mod receipts;
mod secrecy;
mod service;
mod smuggling;
mod streams;
mod terms;

pub(crate) use service::{Service, called_listing, market, trusting};
