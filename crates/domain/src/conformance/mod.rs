//! A suite of tests that holds an implementation of the storage ports to what [`ports`](crate::ports) demands.
//!
//! Implement [`StoreFactory`] for your stores, and have a test run the suite on the runtime of your choice:
//!
//! ```
//! use udam_domain::conformance::{self, StoreFactory};
//!
//! async fn the_stores_conform(stores: &dyn StoreFactory) {
//!     let report = conformance::run(stores).await;
//!     assert!(report.failures.is_empty(), "{report}");
//! }
//! ```
//!
//! Each [`Case`] is given stores of its own, drives them through the ports alone, and fails with the promise
//! that was broken, what was expected and what was found. [`cases()`] lists them, to run them one by one.
//!
//! # What the suite expects
//! - Fresh stores are empty, share their data, and go by the policy that the factory is given: its currency is
//!   US dollars.
//! - Accounts are made through [`AccountStore::register`](crate::AccountStore::register) without a session, and
//!   orders are placed with [`Authority::Account`](crate::order::Authority::Account). Sessions, attempts at
//!   passwords and the rotation of sealed keys are not covered, nor is what a crash leaves behind.
//! - Some cases make calls at once, by polling them in turn from one task. Stores that block their thread see
//!   them one after another, which is fine.

mod cases;
mod check;
mod join;
mod market;
mod report;
mod stores;
mod values;

pub use report::{Case, Failure, Report};
pub use stores::{StoreFactory, Stores};

/// Returns all cases, in the order in which [`run`] runs them.
#[must_use]
pub fn cases() -> Vec<Case> {
    cases::ALL.concat()
}

/// Runs all cases, one after another, and reports which failed.
pub async fn run(factory: &dyn StoreFactory) -> Report {
    let mut report = Report::default();
    for case in cases() {
        match case.run(factory).await {
            Ok(()) => report.passed.push(case.name),
            Err(failure) => report.failures.push(failure),
        }
    }
    report
}
