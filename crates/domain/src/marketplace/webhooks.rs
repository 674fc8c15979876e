use std::sync::Arc;

use super::payments::Payments;
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    Applied, Clock, MarketplaceMetrics, ReceiveEventError, WebhookError, WebhookVerifier,
};

/// Receiving the payment provider's webhooks.
#[derive(Clone)]
pub struct Webhooks {
    verifier: Arc<dyn WebhookVerifier>,
    clock: Arc<dyn Clock>,
    metrics: Arc<dyn MarketplaceMetrics>,
    payments: Payments,
}

/// The ports that [`Webhooks`] needs.
#[derive(Clone)]
pub struct WebhookPorts {
    /// Checks signatures and reads events.
    pub verifier: Arc<dyn WebhookVerifier>,
    /// Time that signatures are compared with.
    pub clock: Arc<dyn Clock>,
    /// Counts events.
    pub metrics: Arc<dyn MarketplaceMetrics>,
}

impl Webhooks {
    /// The use case over these ports; events are applied by `payments`.
    #[must_use]
    pub fn new(ports: WebhookPorts, payments: Payments) -> Self {
        Self {
            verifier: ports.verifier,
            clock: ports.clock,
            metrics: ports.metrics,
            payments,
        }
    }

    /// Checks what can be checked before the body arrives: that there is a signature, in the provider's form and
    /// made just now. A webhook that fails is counted as received.
    ///
    /// # Errors
    /// [`WebhookError::BadSignature`]
    pub fn admit(&self, signature: Option<&str>) -> Result<(), ReceiveEventError> {
        let now = self.clock.now();
        if signature.is_some_and(|signature| self.verifier.is_plausible(signature, now)) {
            return Ok(());
        }
        let refused = Err(ReceiveEventError::from(WebhookError::BadSignature));
        self.metrics.event_received(&refused);
        refused.map(|_applied: Applied| ())
    }

    /// Verifies an event and applies it, once however often it is sent. `body` is the request's body
    /// byte for byte, `signature` the provider's signature of it; what comes without one is refused.
    ///
    /// # Errors
    /// [`ReceiveEventError`]; nothing has changed then.
    pub async fn receive(
        &self,
        body: &[u8],
        signature: Option<&str>,
    ) -> Result<Applied, ReceiveEventError> {
        let applied = self.apply(body, signature).await;
        self.metrics.event_received(&applied);
        applied
    }

    async fn apply(
        &self,
        body: &[u8],
        signature: Option<&str>,
    ) -> Result<Applied, ReceiveEventError> {
        let signature = signature.ok_or(WebhookError::BadSignature)?;
        let event = self.verifier.verify(body, signature, self.clock.now())?;
        Ok(self.payments.apply(event).await?)
    }
}

opaque_debug!(Webhooks, WebhookPorts);

#[cfg(test)]
mod tests;
