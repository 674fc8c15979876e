//! The cases, a file for each subject.

mod accounts;
mod agreement;
mod alerts;
mod backlog;
mod canceling;
mod charges;
mod claims;
mod complaints;
mod concurrency;
mod credit;
mod disputes;
mod event_log;
mod holds;
mod idempotency;
mod lapsing;
mod listings;
mod out_of_order;
mod paying;
mod paying_late;
mod placing;
mod publishing;
mod reading;
mod refunding;
mod refunds_at_provider;
mod revoking;
mod seller_names;
mod sessions_at_provider;
mod tabs;
mod tokens;

use super::report::Case;

/// Lists cases: functions of this name, and the promise that each tests.
macro_rules! cases {
    ($($name:ident: $promise:literal,)+) => {
        pub(super) const CASES: &[$crate::conformance::Case] = &[$(
            $crate::conformance::Case {
                name: stringify!($name),
                promise: $promise,
                steps: |factory| Box::pin($name(factory)),
            },
        )+];
    };
}

use cases;

/// All cases, by subject.
pub(super) const ALL: &[&[Case]] = &[
    accounts::CASES,
    listings::CASES,
    publishing::CASES,
    seller_names::CASES,
    placing::CASES,
    agreement::CASES,
    idempotency::CASES,
    concurrency::CASES,
    credit::CASES,
    holds::CASES,
    canceling::CASES,
    lapsing::CASES,
    reading::CASES,
    tabs::CASES,
    tokens::CASES,
    revoking::CASES,
    complaints::CASES,
    charges::CASES,
    sessions_at_provider::CASES,
    paying::CASES,
    paying_late::CASES,
    refunding::CASES,
    refunds_at_provider::CASES,
    disputes::CASES,
    out_of_order::CASES,
    backlog::CASES,
    claims::CASES,
    event_log::CASES,
    alerts::CASES,
];
