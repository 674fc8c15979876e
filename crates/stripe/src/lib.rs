//! Payment through Stripe Checkout: adapters of the domain's payment ports over `async-stripe`.
//!
//! [`StripeGateway`] asks: it opens and ends the sessions on which charges are paid, gives money
//! back, and lists what has happened. `connection` is the one place that calls Stripe, with a bound
//! on how long and how often. [`StripeWebhookVerifier`] listens: it tells Stripe's webhooks from
//! anybody else's. Both read an event in `event`, so that a webhook and the list say the same, and
//! both convert money in `amount`, the one place that knows Stripe's minor units. [`charge_limits`] says what
//! it can charge at once.
//!
//! Why this library, which of its parts, and how amounts and webhooks are dealt with is told in this
//! crate's `docs` folder.
//!
//! What may not live here: storage, HTTP handlers, a clock, and what a payment does to an order. No
//! secret, request or answer is logged or kept in an error.

mod amount;
mod answer;
mod checkout;
mod connection;
mod event;
mod failure;
mod gateway;
mod limits;
mod settings;
mod signature;
mod webhook;

pub use gateway::StripeGateway;
pub use limits::charge_limits;
pub use settings::{StripeSettings, StripeSetupError};
pub use webhook::StripeWebhookVerifier;
