//! Errors of the payment use cases. They stand beside the ports because [`MarketplaceMetrics`] is given
//! them.
//!
//! [`MarketplaceMetrics`]: super::MarketplaceMetrics

use std::error::Error;

use thiserror::Error;

use super::{GatewayError, OpenChargeError, PaymentAlert, StoreError, WebhookError};

/// Why a checkout was not opened.
#[derive(Debug, Error)]
pub enum CheckoutError {
    /// There is no payment provider.
    #[error("there is no payment provider")]
    PaymentsUnavailable,
    /// There is no charge to pay.
    #[error(transparent)]
    Charge(#[from] OpenChargeError),
    /// The provider refuses to open a session for the charge, and would refuse a repeat. The order is kept.
    #[error("the payment provider refuses to open a checkout")]
    Refused {
        /// The alert about it, if an operator does not know it yet.
        alert: Option<Box<PaymentAlert>>,
        /// Why it refuses.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The provider could not be reached, or denied access. The order is kept; trying again is safe.
    #[error("opening a checkout failed")]
    Gateway(#[from] GatewayError),
}

impl CheckoutError {
    /// Whether asking again does not help until an operator has done something. The operator is told.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. }
                | Self::Gateway(GatewayError::Refused(_) | GatewayError::Denied(_))
        )
    }
}

impl From<StoreError> for CheckoutError {
    fn from(error: StoreError) -> Self {
        Self::Charge(OpenChargeError::Unavailable(error))
    }
}

/// Why an event of the provider was not applied.
#[derive(Debug, Error)]
pub enum ReceiveEventError {
    /// It does not come from the provider, or cannot be read.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// The store failed. Nothing has changed; the provider has to send the event again.
    #[error("applying a payment event failed")]
    Unavailable(#[from] StoreError),
}
