//! Payments through Stripe Checkout: adapters of the domain's payment ports over `async-stripe`.
//!
//! [`StripeGateway`] opens and expires the sessions on which charges are paid, refunds, and lists events.
//! `connection` is the only place that sends requests to Stripe, with a bound on their time and number.
//! [`StripeWebhookVerifier`] verifies webhooks. Both read events in `event`, so that a webhook and the list
//! say the same. `currency` has Stripe's rules for amounts in one table: `amount` converts by it, and
//! [`charge_limits`] publishes it for the domain's policy.
//!
//! The pages in this crate's `docs` folder say why this library and which parts of it, and how amounts,
//! requests and webhooks are handled.
//!
//! What may not live here: storage, HTTP handlers, a clock, and what a payment does to an order. No secret,
//! request or response is logged or kept in an error.

mod amount;
mod checkout;
mod connection;
mod credentials;
mod currency;
mod event;
mod failure;
mod gateway;
mod key_mode;
mod limits;
mod response;
mod settings;
mod signature;
mod webhook;

pub use credentials::{
    ParseCredentialError, parse_api_base, parse_secret_key, parse_webhook_secrets,
};
pub use gateway::StripeGateway;
pub use limits::charge_limits;
pub use settings::{StripeSettings, StripeSetupError};
pub use webhook::StripeWebhookVerifier;
