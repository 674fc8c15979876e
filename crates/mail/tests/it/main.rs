//! Mails over TLS, against a server that speaks it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod server;
mod tls;
