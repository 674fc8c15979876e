//! A local stand-in for Stripe, for `udam dev` and for tests.
//!
//! It implements the part of Stripe's API that the marketplace's adapter uses, shows a hosted checkout page
//! with buttons to pay and to decline, and sends signed webhooks. Development and tests so exercise the
//! real adapter, its wire format and its signature check; and a test can provoke what Stripe does only now
//! and then: lost responses, late payments, webhooks that come twice or never.
//!
//! ```no_run
//! # async fn example() -> Result<(), udam_stripe_sandbox::SandboxError> {
//! use udam_stripe_sandbox::{Sandbox, SandboxSettings};
//!
//! let sandbox = Sandbox::start(SandboxSettings::default()).await?;
//! let stripe_api_base = sandbox.base_url();
//! # let _ = stripe_api_base;
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! Four state machines hold all state, and each is pure: `account` is the Stripe account (sessions, payments,
//! refunds, disputes, events), `idempotency` its idempotency keys, `faults` the requests that are to fail, and
//! `outbox` the webhooks. `state` puts them behind one lock, `context` gives them the time, and `dispatcher` sends
//! what the outbox hands out. `journal` keeps an account and its idempotency keys in a file, for a sandbox that is
//! started again. `model` are the objects of an account as data, `objects` the same as Stripe's JSON, and `wire`
//! Stripe's requests, responses and errors.
//!
//! There are three interfaces: `api` for the application, `page` for the buyer, `control` for the test.
//!
//! What may not live here: anything of the marketplace. The crate depends on no other of the workspace, so
//! that it cannot share their bugs.

// Stripe's objects have more fields than `json!` takes by default.
#![recursion_limit = "256"]

mod account;
mod api;
mod background;
mod clock;
mod context;
mod control;
mod dispatcher;
mod faults;
mod idempotency;
mod journal;
mod model;
mod objects;
mod outbox;
mod page;
mod sandbox;
mod settings;
mod state;
mod uses;
mod wire;

pub use sandbox::{Sandbox, SandboxError};
pub use settings::SandboxSettings;
