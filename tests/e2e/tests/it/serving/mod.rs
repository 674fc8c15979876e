//! `udam serve`: settings, starting, stopping, callers, limits.

mod admin_listener;
mod callers;
mod database_outage;
mod databases;
mod guessing;
mod rate_limits;
mod settings;
mod slow_clients;
mod starting;
mod stopping;
