//! The pages, by what people do there.

pub(crate) mod account;
pub(crate) mod administration;
pub(crate) mod auth;
pub(crate) mod buying;
mod calls_table;
pub(crate) mod catalogue;
pub(crate) mod complaining;
pub(crate) mod demo;
pub(crate) mod feeds;
mod gateway_address;
mod gateway_terms;
mod json_ld;
pub(crate) mod listing;
pub(crate) mod orders;
pub(crate) mod paying;
pub(crate) mod selling;
mod service_changes;
mod shell;
pub(crate) mod tab;
pub(crate) mod tokens;
pub(crate) mod unsubscribing;
mod waiting;
