//! The server: what it takes to run the JSON API and the storefront.
//!
//! [`cli`] says what can be asked on the command line and [`run()`] does it, with the settings that
//! [`udam_config`] makes of the environment and a file. [`serve`] is production, `dev` a whole marketplace on
//! one machine, [`maintenance`] everything else. What production and development share: [`wiring`] joins
//! ports and adapters, `hosting` says which of them is served at which address, [`reconciliation`] finishes
//! beside it what is left undone of payments, [`telemetry`] logs and measures.
//!
//! `dev` is there with the feature of that name, which is on by default and off in production builds: the
//! crate that it stands on has a database, a payment provider and a log-in that are made up.
//!
//! What may not live here: a route, a rule of the business, a query, a cipher.

mod audit_links;
pub mod cli;
#[cfg(feature = "dev")]
pub mod dev;
mod hosting;
mod lost_calls;
mod mail;
pub mod maintenance;
pub mod master_keys;
mod open_files;
mod outcome;
mod readiness;
pub mod reconciliation;
mod reservations;
mod run;
pub mod serve;
mod startup_warnings;
pub mod telemetry;
pub mod terminal;
pub mod wiring;

pub use outcome::{CommandOutcome, Failure};
pub use run::run;
