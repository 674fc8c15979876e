//! Charges and what the provider says of them, in any order and any number of times.

mod any_order;
mod provider;
mod refunds;
mod scenes;
