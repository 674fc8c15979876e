//! What somebody can do about an order next.

use udam_domain::id::AccountId;
use udam_domain::order::{Order, OrderState};

use crate::error::PageError;
use crate::format;
use crate::request::Request;

/// What its page offers. Only the buyer may pay, cancel and open the token; only the seller may refund.
#[derive(Debug, Default)]
pub(super) struct NextActions {
    pub(super) say: String,
    /// Where it is paid, and what the link there says.
    pub(super) pay: Option<(String, String)>,
    pub(super) can_ask: bool,
    pub(super) can_cancel: bool,
    pub(super) token: Option<String>,
    pub(super) refund: Option<String>,
    pub(super) can_order_again: bool,
}

impl NextActions {
    /// Whether there is anything to do.
    pub(super) const fn is_any(&self) -> bool {
        self.pay.is_some()
            || self.can_ask
            || self.can_cancel
            || self.token.is_some()
            || self.refund.is_some()
            || self.can_order_again
    }

    /// What the viewer can do.
    pub(super) async fn of(
        request: &Request,
        order: &Order,
        viewer: AccountId,
    ) -> Result<Self, PageError> {
        let mut next = if order.buyer_id == viewer {
            Self::of_buyer(request, order).await?
        } else {
            Self::of_seller(order)
        };
        if order.seller_id == viewer && order.state == OrderState::Fulfilled {
            next.refund = Some(format!("/orders/{}/refund", order.id));
        }
        Ok(next)
    }

    async fn of_buyer(request: &Request, order: &Order) -> Result<Self, PageError> {
        let say = match order.state {
            OrderState::AwaitingPayment => return Self::of_debtor(request, order).await,
            OrderState::Fulfilled => {
                "Your token is ready. Open it to see the key, and send that key with your requests to \
                 the service."
            }
            OrderState::Expired | OrderState::Canceled => {
                "Should a payment of yours still arrive, your token is issued after all, or your money \
                 goes back. Otherwise, you can order anew."
            }
            OrderState::Refunded => "Its token opens nothing any more. You can order anew.",
        };
        let token = order
            .token_id
            .filter(|_| order.state == OrderState::Fulfilled);
        Ok(Self {
            say: say.to_owned(),
            can_order_again: token.is_none(),
            token: token.map(|token| format!("/tokens/{token}")),
            ..Self::default()
        })
    }

    async fn of_debtor(request: &Request, order: &Order) -> Result<Self, PageError> {
        let now = request.marketplace().clock.now();
        if order.lapses_at.is_none_or(|at| at <= now) {
            return Ok(Self {
                say: "The time to pay has run out. If you have paid, that shows here in a moment. \
                      Otherwise, you can order anew."
                    .to_owned(),
                can_order_again: true,
                ..Self::default()
            });
        }
        let next = Self {
            can_cancel: true,
            ..Self::default()
        };
        if request.marketplace().payments.is_none() {
            let say =
                "This marketplace cannot take payments at the moment. You can cancel the order, \
                       and nothing is charged."
                    .to_owned();
            return Ok(Self { say, ..next });
        }
        let Some(url) = order.payment_url.clone() else {
            let say =
                "The payment provider has not answered yet. Your order is kept, and nothing has \
                       been charged. Press Pay to ask again."
                    .to_owned();
            let can_ask = true;
            return Ok(Self {
                say,
                can_ask,
                ..next
            });
        };
        let tab = request
            .marketplace()
            .readers
            .orders
            .tab(order.buyer_id)
            .await?;
        let owes = tab.is_some_and(|tab| tab.open.minor() > 0);
        let total = format::money(order.total);
        let (text, besides) = if owes {
            let besides = "What was on your tab when the order was placed is paid with it. ";
            (format!("Pay {total} and your tab"), besides)
        } else {
            (format!("Pay {total}"), "")
        };
        Ok(Self {
            say: format!("{besides}You pay at the payment provider, and are brought back here."),
            pay: Some((url, text)),
            ..next
        })
    }

    fn of_seller(order: &Order) -> Self {
        let say = match order.state {
            OrderState::AwaitingPayment => {
                "Its buyer has yet to pay. The units are held until then, and there is nothing for you \
                 to do."
            }
            OrderState::Fulfilled => {
                "You can take the order back: its token is revoked, and the buyer's money goes back."
            }
            OrderState::Expired | OrderState::Canceled | OrderState::Refunded => {
                "The order is closed, and there is nothing for you to do."
            }
        };
        Self {
            say: say.to_owned(),
            ..Self::default()
        }
    }
}
