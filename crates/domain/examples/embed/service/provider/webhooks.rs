use udam_domain::payment::PaymentEvent;
use udam_domain::time::Timestamp;
use udam_domain::{WebhookError, WebhookVerifier};

use super::account::Provider;

impl Provider {
    /// What the webhooks are signed with. In production, a MAC over the body and the time.
    pub(crate) const SIGNATURE: &str = "signed by the provider";
}

impl WebhookVerifier for Provider {
    fn is_plausible(&self, signature: &str, _now: Timestamp) -> bool {
        signature == Self::SIGNATURE
    }

    fn verify(
        &self,
        body: &[u8],
        signature: &str,
        _now: Timestamp,
    ) -> Result<PaymentEvent, WebhookError> {
        if signature != Self::SIGNATURE {
            return Err(WebhookError::BadSignature);
        }
        let account = self.account();
        let mut events = account.events.iter();
        let event = events.find(|event| event.id.as_str().as_bytes() == body);
        event.cloned().ok_or(WebhookError::Malformed)
    }
}
