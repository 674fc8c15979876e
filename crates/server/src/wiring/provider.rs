use std::sync::Arc;

use udam_crypto::SystemEntropy;
use udam_domain::{PaymentGateway, WebhookVerifier};
use udam_stripe::{StripeGateway, StripeSetupError, StripeWebhookVerifier};

use crate::config::PaymentSettings;

/// The payment provider: how it is asked, and how it is known when it tells something.
pub(super) struct Provider {
    pub(super) gateway: Arc<dyn PaymentGateway>,
    pub(super) verifier: Arc<dyn WebhookVerifier>,
}

impl Provider {
    /// Stripe, or what stands in for it at another address. Nothing is called yet.
    pub(super) fn new(settings: &PaymentSettings) -> Result<Self, StripeSetupError> {
        let entropy = Arc::new(SystemEntropy);
        let secrets = settings.webhook_secrets.iter().cloned();
        Ok(Self {
            gateway: Arc::new(StripeGateway::new(&settings.stripe, entropy)?),
            verifier: Arc::new(StripeWebhookVerifier::new(secrets)),
        })
    }
}
