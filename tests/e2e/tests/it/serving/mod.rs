//! `udam serve`: settings, starting, stopping, callers, limits.

mod admin_listener;
mod attack;
mod backup;
mod callers;
mod connections;
mod database_outage;
mod databases;
mod defaults;
mod endless_bodies;
mod failover;
mod guessing;
mod nginx;
pub(crate) mod open_files;
mod rate_limits;
mod replica;
mod roles;
mod rolling_restart;
mod settings;
mod slow_clients;
mod slow_statements;
mod starting;
mod stopping;
