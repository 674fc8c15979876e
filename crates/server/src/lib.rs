//! The server: the JSON API, and what it takes to run it and the storefront.
//!
//! [`cli`] says what can be asked on the command line and [`run()`] does it, with the settings that
//! [`config`] makes of the environment and a file. [`serve`] is production, [`dev`] a whole
//! marketplace on one machine, [`maintenance`] everything else. What production and development
//! share: [`wiring`] joins ports and adapters, [`hosting`] serves HTTP until it is told to stop,
//! [`reconciliation`] finishes beside it what is left undone of payments, [`telemetry`] logs and
//! measures. [`api`] is the driving adapter that programs speak to; the one for people is a crate of its
//! own, the storefront.
//!
//! [`dev`] may use the others; nothing but [`run()`] may use [`dev`], so that production cannot
//! come to depend on anything made up.
//!
//! What may not live here: a rule of the business, a query, a cipher.

mod alert;
pub mod api;
pub mod cli;
pub mod config;
pub mod dev;
pub mod hosting;
pub mod maintenance;
pub mod master_keys;
mod readiness;
pub mod reconciliation;
mod reservations;
mod run;
pub mod serve;
pub mod telemetry;
pub mod terminal;
pub mod wiring;

pub use run::{Ending, Failure, run};
