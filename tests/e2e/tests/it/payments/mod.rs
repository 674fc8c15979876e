//! Orders that are paid, through the real adapter, at a sandbox that is a process of its own.

mod chaos;
mod checkouts;
mod crashes;
mod credit;
mod currencies;
mod holds;
mod outages;
mod outcomes;
mod pay_first;
mod refusals;
mod revocations;
mod units_sold;
mod without_provider;
