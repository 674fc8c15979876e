//! The rules of the marketplace, its ports, and the use cases over them.
//!
//! Read it from the business inwards: [`listing`], [`order`], [`token`], [`account`] and [`payment`]
//! hold the types and their rules, [`complaint`] what buyers tell the operator, [`mail`] what people are told, [`administration`] what operators may do; [`policy`] the numbers an operator
//! chooses; [`money`], [`units`] and [`id`] the values they are made of. [`ports`] are the traits
//! that storage, cryptography, clock and chance implement, and [`marketplace`] the use cases that
//! the HTTP server, the storefront or your own service call.
//!
//! Every decision is a pure function over snapshots: [`order::decide`] decides whether and how an order
//! is accepted, [`order::transition`] how one moves, [`payment::settle`] and [`payment::reverse`] what
//! payments, refunds and disputes change. They take the time as an argument.
//!
//! What may not live here: a runtime, a framework, a query, a wire format, a wall clock, a source
//! of randomness, or any other crate of this workspace.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod account;
pub mod administration;
pub mod audit;
pub mod complaint;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod error_chain;
#[cfg(test)]
mod fixtures;
pub mod gateway;
pub mod id;
pub mod listing;
pub mod mail;
pub mod marketplace;
#[cfg(any(test, feature = "mocks"))]
pub mod mocks;
pub mod money;
mod opaque_debug;
pub mod order;
pub mod page;
pub mod payment;
pub mod policy;
pub mod ports;
pub mod secret;
mod text;
pub mod time;
pub mod token;
pub mod units;

pub use error_chain::error_chain;
pub use marketplace::Marketplace;
pub use ports::*;
pub use text::{HiddenCharacters, TextError};

/// Runs the README's snippets as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
