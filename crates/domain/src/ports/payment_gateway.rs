use std::error::Error;

use async_trait::async_trait;
use thiserror::Error;

use crate::payment::{
    Charge, CheckoutSession, PaymentEvent, ProviderReference, RefundDue, ReportedRefund,
    SessionReport,
};
use crate::time::Timestamp;

/// A payment provider. It is given ids of the marketplace's, so that a repeated call does the thing once, also
/// across crashes.
///
/// # Cancellation
/// A call whose future is dropped may have had its effect at the provider. A repeat completes it.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Opens the session on which a charge is paid, and returns it. It asks for
    /// [`Charge::total`](crate::payment::Charge::total) and ends at
    /// [`Charge::expires_at`](crate::payment::Charge::expires_at); its events and reports name
    /// [`Charge::id`](crate::payment::Charge::id). A repeat for the same charge returns the same session.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn open_session(&self, charge: &Charge) -> Result<CheckoutSession, GatewayError>;

    /// Ends a session, so that nobody can pay it any more, and returns how it stands then:
    /// [`Expired`](crate::payment::SessionStatus::Expired), also if it had ended before, or
    /// [`Paid`](crate::payment::SessionStatus::Paid) or
    /// [`Processing`](crate::payment::SessionStatus::Processing) if the buyer was quicker. Never
    /// [`Open`](crate::payment::SessionStatus::Open): units are put back on sale after this call.
    ///
    /// # Errors
    /// [`GatewayError`]; [`Refused`](GatewayError::Refused) only if the session does not exist or cannot be
    /// paid, [`Unavailable`](GatewayError::Unavailable) if it may still be paid.
    async fn expire_session(
        &self,
        session: &ProviderReference,
    ) -> Result<SessionReport, GatewayError>;

    /// Returns how a session stands, and changes nothing. A session whose payment has failed for good is
    /// [`Expired`](crate::payment::SessionStatus::Expired); the payment of one that is
    /// [`Paid`](crate::payment::SessionStatus::Paid) has the reference that events about it have.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn session(&self, session: &ProviderReference) -> Result<SessionReport, GatewayError>;

    /// Gives [`RefundDue::amount`](crate::payment::RefundDue::amount) of a payment back, and returns how the
    /// refund stands. A repeat with the same [`RefundDue::id`](crate::payment::RefundDue::id) gives it once and
    /// returns the same refund; what failed is requested under another id.
    ///
    /// The provider reports it with [`Refunded`](crate::payment::PaymentEventKind::Refunded) or
    /// [`Refund`](crate::payment::PaymentEventKind::Refund) events, as it does what an operator gives back there.
    ///
    /// # Errors
    /// [`GatewayError`]; after [`Refused`](GatewayError::Refused) the refund is requested again, ever more
    /// seldom.
    async fn refund(&self, refund: &RefundDue) -> Result<ReportedRefund, GatewayError>;

    /// Returns all refunds of a payment, whoever has made them.
    ///
    /// # Errors
    /// [`GatewayError`]
    async fn refunds(
        &self,
        payment: &ProviderReference,
    ) -> Result<Vec<ReportedRefund>, GatewayError>;
}

/// Why the provider did not do what it was asked.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// It could not be reached, timed out, failed, or is busy. The call may have had its effect; repeating it
    /// is safe.
    #[error("the payment provider could not be asked")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// It refused this request, and will refuse a repeat. It may accept others.
    #[error("the payment provider refused")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
    /// It refuses the marketplace: the key is wrong or lacks a permission, or the account is closed. The call
    /// has had no effect, and says nothing about what it was about. It can be repeated once an operator has
    /// mended that.
    #[error("the payment provider denies the marketplace access")]
    Denied(#[source] Box<dyn Error + Send + Sync>),
}

/// Verifies that a webhook comes from the provider, and reads its event.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait WebhookVerifier: Send + Sync {
    /// Returns whether `signature` has the form of the provider's and was made about `now`. It is asked before a
    /// body is read, so that nobody has one read without more than a guess; what passes is still to be verified.
    fn is_plausible(&self, signature: &str, now: Timestamp) -> bool;

    /// Returns the event in `body`, byte for byte as it was received, if `signature` proves that the provider
    /// sent it, and sent it about `now`. An event of a kind that the marketplace has no use for is
    /// [`Other`](crate::payment::PaymentEventKind::Other), not an error.
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

/// Why a webhook is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// No secret of ours has signed it, or it was signed too long ago or too far ahead.
    #[error("the webhook's signature does not hold")]
    BadSignature,
    /// The provider has signed it, but it is not an event.
    #[error("the webhook holds no event")]
    Malformed,
}
