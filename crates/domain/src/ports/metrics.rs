use super::{Applied, CheckoutError, PaymentAlert, PlaceOrderError, ReceiveEventError};
use crate::order::PlacedOrder;
use crate::payment::CheckoutSession;

/// Counts what the use cases do. Called once per attempt, after its outcome is known; an implementation
/// must not block.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait MarketplaceMetrics: Send + Sync {
    /// Counts an attempt to place an order.
    fn order_placed(&self, outcome: &Result<PlacedOrder, PlaceOrderError>);

    /// Counts a buyer's attempt to open a checkout, of an order or of the tab. Checkouts that a sweep
    /// opens are not counted here.
    fn checkout_opened(&self, outcome: &Result<CheckoutSession, CheckoutError>);

    /// Counts an event that the payment provider has sent.
    fn event_received(&self, outcome: &Result<Applied, ReceiveEventError>);

    /// Counts an alert that a use case has raised, and tells an operator of it.
    fn alert_raised(&self, alert: &PaymentAlert);
}

/// Metrics that count nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMetrics;

impl MarketplaceMetrics for NoMetrics {
    fn order_placed(&self, _outcome: &Result<PlacedOrder, PlaceOrderError>) {}

    fn checkout_opened(&self, _outcome: &Result<CheckoutSession, CheckoutError>) {}

    fn event_received(&self, _outcome: &Result<Applied, ReceiveEventError>) {}

    fn alert_raised(&self, _alert: &PaymentAlert) {}
}
