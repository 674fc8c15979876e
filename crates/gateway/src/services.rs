use std::sync::Arc;

use tokio::runtime::Handle;

use crate::redact::SharedSecrets;
use crate::upstream::{Upstream, UpstreamSettings};

/// The services that are called. One per process, with the connections of probes; calls have those of their worker.
#[derive(Clone)]
pub struct Services(Arc<Shared>);

struct Shared {
    upstream: Upstream,
    secrets: SharedSecrets,
}

impl Services {
    /// Connections of probes live on `runtime`.
    ///
    /// # Errors
    /// If TLS cannot be set up with these settings.
    pub fn new(settings: UpstreamSettings, runtime: &Handle) -> Result<Self, rustls::Error> {
        Ok(Self(Arc::new(Shared {
            upstream: Upstream::new(settings, runtime)?,
            secrets: SharedSecrets::default(),
        })))
    }

    /// The services over connections of their own, on the runtime that this is called in.
    pub(crate) fn upstream_of_worker(&self) -> Upstream {
        self.0.upstream.on(&Handle::current())
    }

    pub(crate) fn upstream(&self) -> &Upstream {
        &self.0.upstream
    }

    pub(crate) fn secrets(&self) -> &SharedSecrets {
        &self.0.secrets
    }
}
