use std::error::Error;

use async_trait::async_trait;
use thiserror::Error;

use crate::payment::{
    Charge, CheckoutSession, PaymentEvent, ProviderReference, RefundDue, SessionReport,
};
use crate::time::Timestamp;

/// A payment provider. Asking it twice for the same thing does the thing once, also across crashes: it
/// is told our own identifiers.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Opens the session on which a charge is paid, until it expires. Asking again for the same charge
    /// answers with the same session.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn open_session(&self, charge: &Charge) -> Result<CheckoutSession, GatewayError>;

    /// Ends a session, so that nobody can pay it any more, and answers how it stands then: expired, or
    /// paid or being paid if the buyer was quicker.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn expire_session(
        &self,
        session: &ProviderReference,
    ) -> Result<SessionReport, GatewayError>;

    /// How a session stands.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn session(&self, session: &ProviderReference) -> Result<SessionReport, GatewayError>;

    /// Gives money of a payment back. Asking again for the same refund gives it back once.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn refund(&self, refund: &RefundDue) -> Result<ProviderReference, GatewayError>;

    /// Everything that has happened since, the oldest first, as the webhooks tell it.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn events_since(&self, since: Timestamp) -> Result<Vec<PaymentEvent>, GatewayError>;
}

/// Why the provider did not do what it was asked.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// It could not be reached, was too slow, failed, or is busy. The thing may have happened; asking
    /// again is safe.
    #[error("the payment provider could not be asked")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// It refused, and will again.
    #[error("the payment provider refused")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
}

/// Tells the provider's webhooks from anybody else's.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait WebhookVerifier: Send + Sync {
    /// The event in `body`, exactly as it was received, if `signature` proves that the provider sent it
    /// and did so about `now`.
    ///
    /// # Errors
    /// [`WebhookError`]
    fn verify(
        &self,
        body: &[u8],
        signature: &str,
        now: Timestamp,
    ) -> Result<PaymentEvent, WebhookError>;
}

/// Why a webhook is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// No secret of ours has signed it, or it was signed too long ago or too far ahead.
    #[error("the webhook's signature does not hold")]
    BadSignature,
    /// The provider has signed it, but it is not an event.
    #[error("the webhook holds no event")]
    Malformed,
}
