//! Calls through the gateway, `ANY /gw/{listing}/{path}`, of services that behave and of those that do not.

mod access;
mod addresses;
mod charges;
mod crashes;
mod cross_origin;
mod outcomes;
mod races;
mod receipts;
mod secrecy;
mod service;
mod smuggling;
mod streams;
mod terms;
