use crate::order::Order;
use crate::policy::Unchargeable;
use crate::ports::CheckoutError;

/// An order that was bought.
#[derive(Debug)]
#[non_exhaustive]
pub struct Purchase {
    /// The order as it is now.
    pub order: Order,
    /// `true` if an earlier request with the same idempotency key had placed it.
    pub replayed: bool,
    /// Result of opening its checkout.
    pub checkout: CheckoutOutcome,
}

/// Result of opening the checkout of an order that was bought.
#[derive(Debug)]
pub enum CheckoutOutcome {
    /// There was none to open: the order is on the tab, is paid or closed, or its session is open
    /// already. Also when there is no payment provider.
    NotNeeded,
    /// The session is open; [`Order::payment_url`] leads there.
    Opened,
    /// The provider cannot charge what the order costs, and the order was canceled.
    Unchargeable(Unchargeable),
    /// It failed, and the order is kept. [`Orders::check_out`](super::Orders::check_out) tries again.
    Failed(CheckoutError),
}
