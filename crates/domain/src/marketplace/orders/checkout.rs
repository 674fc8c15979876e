use std::net::IpAddr;

use super::Orders;
use crate::audit::Actor;
use crate::id::OrderId;
use crate::marketplace::payments::Payments;
use crate::marketplace::purchase::{CheckoutOutcome, Purchase};
use crate::order::{Order, OrderState, PlacedOrder};
use crate::payment::CheckoutSession;
use crate::ports::{CheckoutError, OpenChargeError};

impl Orders {
    /// Opens the checkout of an order of the actor's that awaits payment, and returns the order as it is
    /// then, with [`Order::payment_url`]. Repeating it returns the same session until the order is paid
    /// or lapses.
    ///
    /// # Errors
    /// [`CheckoutError`]
    pub async fn check_out(&self, buyer: Actor, order_id: OrderId) -> Result<Order, CheckoutError> {
        let found = self.reader.find(order_id, buyer.account_id).await?;
        let own = found.filter(|order| order.buyer_id == buyer.account_id);
        let order = own.ok_or(OpenChargeError::NotFound)?;
        self.open_session(self.payments()?, &order, buyer).await?;
        self.reread(order).await
    }

    /// Opens a checkout for what is on the actor's tab, or returns the one that is open.
    ///
    /// # Errors
    /// [`CheckoutError`]
    pub async fn check_out_tab(&self, buyer: Actor) -> Result<CheckoutSession, CheckoutError> {
        let session = self.payments()?.checkout_tab(buyer).await;
        self.metrics.checkout_opened(&session);
        session
    }

    /// `placed`, with its checkout opened if it awaits payment and has none yet.
    pub(super) async fn with_checkout(
        &self,
        placed: PlacedOrder,
        address: Option<IpAddr>,
    ) -> Purchase {
        let PlacedOrder { order, replayed } = placed;
        let (order, checkout) = self.open_checkout(order, address).await;
        Purchase {
            order,
            replayed,
            checkout,
        }
    }

    async fn open_checkout(
        &self,
        order: Order,
        address: Option<IpAddr>,
    ) -> (Order, CheckoutOutcome) {
        let unsent = order.state == OrderState::AwaitingPayment && order.payment_url.is_none();
        let Some(payments) = self.payments.as_ref().filter(|_| unsent) else {
            return (order, CheckoutOutcome::NotNeeded);
        };
        let buyer = Actor {
            account_id: order.buyer_id,
            address,
        };
        let outcome = match self.open_session(payments, &order, buyer).await {
            Ok(_session) => CheckoutOutcome::Opened,
            // A replayed order that was paid, canceled or released meanwhile.
            Err(CheckoutError::Charge(OpenChargeError::InvalidState(_))) => {
                CheckoutOutcome::NotNeeded
            }
            Err(CheckoutError::Charge(OpenChargeError::Unchargeable(reason))) => {
                CheckoutOutcome::Unchargeable(reason)
            }
            Err(error) => return (order, CheckoutOutcome::Failed(error)),
        };
        match self.reread(order.clone()).await {
            Ok(now) => (now, outcome),
            Err(error) => (order, CheckoutOutcome::Failed(error)),
        }
    }

    async fn open_session(
        &self,
        payments: &Payments,
        order: &Order,
        buyer: Actor,
    ) -> Result<CheckoutSession, CheckoutError> {
        let session = payments.checkout(order.id, Some(buyer)).await;
        self.metrics.checkout_opened(&session);
        session
    }

    /// The order as it is now: opening a checkout extends its reservation or cancels it.
    async fn reread(&self, order: Order) -> Result<Order, CheckoutError> {
        let now = self.reader.find(order.id, order.buyer_id).await?;
        Ok(now.unwrap_or(order))
    }

    fn payments(&self) -> Result<&Payments, CheckoutError> {
        let payments = self.payments.as_ref();
        payments.ok_or(CheckoutError::PaymentsUnavailable)
    }
}
