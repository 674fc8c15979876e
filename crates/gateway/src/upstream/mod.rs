//! Connections to services, and requests over them.
//!
//! [`Connector`](connector::Connector) resolves a name, keeps the addresses that [may be
//! called](udam_domain::listing::is_public_address), and connects to one of them: no other address is ever looked up for
//! the connection. Connections are pooled by `hyper-util`, and speak HTTP/2 where a service offers it.

mod client;
mod connector;
mod dial;
mod error;
mod resolver;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;

pub(crate) use client::{Upstream, UpstreamRequest};
pub(crate) use error::UpstreamError;
pub use resolver::{Resolve, SystemResolver};

/// How services are called.
#[derive(Clone)]
pub struct UpstreamSettings {
    /// Whether any address may be called, and services without TLS: for development.
    pub allow_private: bool,
    /// Certificates that services are trusted by.
    pub roots: RootCertStore,
    /// Where names are looked up.
    pub resolver: Arc<dyn Resolve>,
    /// Time for a connection, with TLS, to be made.
    pub connect_timeout: Duration,
    /// Time without a byte in the middle of an answer.
    pub idle_timeout: Duration,
}

impl UpstreamSettings {
    /// For production: public addresses alone, the certificates that the system trusts, and its resolver.
    #[must_use]
    pub fn production() -> Self {
        Self {
            allow_private: false,
            roots: system_roots(),
            resolver: Arc::new(SystemResolver),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(5),
        }
    }
}

/// The certificates that the system trusts. Those that cannot be read are left out, with a warning.
fn system_roots() -> RootCertStore {
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (trusted, ignored) = roots.add_parsable_certificates(loaded.certs);
    if trusted == 0 || !loaded.errors.is_empty() {
        let errors = loaded.errors.len();
        tracing::warn!(
            trusted,
            ignored,
            errors,
            "not all certificates that the system trusts were read"
        );
    }
    roots
}
