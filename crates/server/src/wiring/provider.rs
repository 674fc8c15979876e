use std::sync::Arc;

use udam_crypto::SystemEntropy;
use udam_domain::{PaymentEventFeed, PaymentGateway, WebhookVerifier};
use udam_stripe::{StripeGateway, StripeSetupError, StripeWebhookVerifier};

use udam_config::PaymentSettings;

/// The ports of the payment provider.
pub(super) struct Provider {
    pub(super) gateway: Arc<dyn PaymentGateway>,
    pub(super) events: Arc<dyn PaymentEventFeed>,
    pub(super) verifier: Arc<dyn WebhookVerifier>,
}

impl Provider {
    /// Stripe, or what stands in for it at another address. Nothing is called yet.
    pub(super) fn new(settings: &PaymentSettings) -> Result<Self, StripeSetupError> {
        let entropy = Arc::new(SystemEntropy);
        let secrets = settings.webhook_secrets.iter().cloned();
        let verifier = StripeWebhookVerifier::new(secrets);
        let gateway = Arc::new(StripeGateway::new(&settings.stripe, entropy)?);
        Ok(Self {
            gateway: gateway.clone(),
            events: gateway,
            verifier: Arc::new(verifier.for_key(&settings.stripe.secret_key)),
        })
    }
}
