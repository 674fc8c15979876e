//! Errors of the payment use cases. They stand beside the ports because [`MarketplaceMetrics`] is given
//! them.
//!
//! [`MarketplaceMetrics`]: super::MarketplaceMetrics

use thiserror::Error;

use super::{GatewayError, OpenChargeError, StoreError, WebhookError};

/// Why a checkout was not opened.
#[derive(Debug, Error)]
pub enum CheckoutError {
    /// There is no payment provider.
    #[error("there is no payment provider")]
    PaymentsUnavailable,
    /// There is no charge to pay.
    #[error(transparent)]
    Charge(#[from] OpenChargeError),
    /// The provider could not be reached or refused. The order is kept; trying again is safe.
    #[error("opening a checkout failed")]
    Gateway(#[from] GatewayError),
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
