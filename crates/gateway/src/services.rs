use std::sync::Arc;

use tokio::runtime::Handle;

use crate::redact::SharedSecrets;
use crate::upstream::{Upstream, UpstreamSettings};

/// The services that are called, and the connections to them. One per process.
#[derive(Clone)]
pub struct Services(Arc<Shared>);

struct Shared {
    upstream: Upstream,
    secrets: SharedSecrets,
}

impl Services {
    /// Connections live on `runtime`.
    ///
    /// # Errors
    /// If TLS cannot be set up with these settings.
    pub fn new(settings: UpstreamSettings, runtime: &Handle) -> Result<Self, rustls::Error> {
        Ok(Self(Arc::new(Shared {
            upstream: Upstream::new(settings, runtime)?,
            secrets: SharedSecrets::default(),
        })))
    }

    pub(crate) fn upstream(&self) -> &Upstream {
        &self.0.upstream
    }

    pub(crate) fn secrets(&self) -> &SharedSecrets {
        &self.0.secrets
    }
}
