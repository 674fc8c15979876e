use std::fmt;

use ring::hmac;
use udam_domain::payment::PaymentEvent;
use udam_domain::secret::Secret;
use udam_domain::time::Timestamp;
use udam_domain::{WebhookError, WebhookVerifier};

use crate::key_mode::KeyMode;
use crate::{event, signature};

/// Verifies Stripe's webhooks by their signatures.
pub struct StripeWebhookVerifier {
    keys: Vec<hmac::Key>,
    mode: Option<KeyMode>,
}

impl StripeWebhookVerifier {
    /// A verifier that accepts webhooks signed with any of these secrets: several while one is being rotated.
    /// An empty secret is ignored, since everyone knows it; without any secret all webhooks are rejected.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self {
            keys: secrets
                .into_iter()
                .filter(|secret| !secret.expose().is_empty())
                .map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes()))
                .collect(),
            mode: None,
        }
    }

    /// Ignores events of the other mode than that of the account's secret key: of test mode if the key is a live
    /// one, and the other way round. A key of neither mode changes nothing.
    #[must_use]
    pub fn for_key(self, secret_key: &Secret) -> Self {
        Self {
            mode: KeyMode::of(secret_key),
            ..self
        }
    }
}

impl WebhookVerifier for StripeWebhookVerifier {
    fn is_plausible(&self, signature: &str, now: Timestamp) -> bool {
        signature::is_plausible(signature, now)
    }

    fn verify(
        &self,
        body: &[u8],
        signature: &str,
        now: Timestamp,
    ) -> Result<PaymentEvent, WebhookError> {
        if !signature::is_valid(&self.keys, signature, body, now) {
            return Err(WebhookError::BadSignature);
        }
        std::str::from_utf8(body)
            .ok()
            .and_then(|text| event::parse(text, self.mode))
            .ok_or(WebhookError::Malformed)
    }
}

impl fmt::Debug for StripeWebhookVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeWebhookVerifier")
            .field("secrets", &self.keys.len())
            .field("mode", &self.mode)
            .finish()
    }
}
