//! A local stand-in for Stripe, for `udam dev` and for tests.
//!
//! It speaks the part of Stripe's API that the marketplace's adapter uses, shows a hosted checkout
//! page with buttons to pay and to decline, and sends signed webhooks. Development and tests so
//! exercise the real adapter, its wire format and its signature check; and a test can ask for what
//! Stripe does only now and then: lost answers, late money, webhooks that come twice or never.
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
//! Four state machines hold everything, and each is pure: `account` is the Stripe account (sessions,
//! payments, refunds, disputes, events), `api::idempotency` its memory of calls, `api::faults` the
//! calls that are to go wrong, and `webhooks::mailroom` the post. `shared` puts them behind one lock
//! and gives them the time. `objects` shows what is in the account as Stripe would.
//!
//! Three doors lead in: `api` for the application, `page` for the buyer, `control` for the test.
//!
//! What may not live here: anything of the marketplace. The crate depends on none of its others, so
//! that it cannot share their mistakes.

// Stripe's objects have more fields than `json!` takes by default.
#![recursion_limit = "256"]

mod account;
mod api;
mod background;
mod chance;
mod clock;
mod control;
mod form;
mod objects;
mod page;
mod sandbox;
mod settings;
mod shared;
mod webhooks;

pub use sandbox::{Sandbox, SandboxError};
pub use settings::SandboxSettings;
