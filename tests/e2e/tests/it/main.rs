//! The marketplace from outside, over HTTP. A route is tested in the module that its path names: the tests of
//! `POST /v1/orders/{id}/refund` are in `v1/orders/refund.rs`. What is not a route has modules of its own.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "the exemption of tests does not reach the functions that they share"
)]

mod assertions;
mod balance;
mod cli;
mod gateway;
mod http;
mod mail;
mod operations;
mod paid_market;
mod payments;
mod races;
mod routes;
mod secrets;
mod serving;
mod setup;
mod v1;
mod webhooks;
