//! The stores against a real PostgreSQL: one cluster for this process, one database for each test.
#![cfg(test)]

mod accounts;
mod administration;
mod audit_chain;
mod audit_trail;
mod catalogue;
mod conformance;
mod failover;
mod fixtures;
mod gateway;
mod harness;
mod index;
mod keys;
mod listings;
mod mails;
mod migrations;
mod orders;
mod password_attempts;
mod payments;
mod pgbouncer;
mod plans;
mod pool;
mod receipt_keys;
mod second_factors;
mod seller_names;
mod sessions;
mod stories;
mod tls;
mod tokens;
