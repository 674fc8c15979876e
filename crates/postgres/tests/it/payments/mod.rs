//! Charges and payment events, in any order and any number of times.

mod any_order;
mod outcomes;
mod provider;
mod refunds;
mod replays;
