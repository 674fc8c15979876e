use std::sync::Arc;

use tokio::runtime::Handle;

use crate::upstream::{Upstream, UpstreamSettings};

/// The services that are called, and the connections to them. One per process.
#[derive(Clone)]
pub struct Services(Arc<Upstream>);

impl Services {
    /// Connections live on `runtime`.
    ///
    /// # Errors
    /// If TLS cannot be set up with these settings.
    pub fn new(settings: UpstreamSettings, runtime: &Handle) -> Result<Self, rustls::Error> {
        Upstream::new(settings, runtime).map(|upstream| Self(Arc::new(upstream)))
    }

    pub(crate) fn upstream(&self) -> &Upstream {
        &self.0
    }
}
