//! Actions that the visitor can take on an order.

use udam_domain::StoreError;
use udam_domain::id::AccountId;
use udam_domain::order::{Order, OrderState};

use crate::error::PageError;
use crate::format;
use crate::request::Request;

/// The text and the buttons of an order's page. Only the buyer can pay and open the token; only the seller can
/// refund; both can cancel.
#[derive(Debug, Default)]
pub(super) struct NextActions {
    /// Advice, in one or two sentences.
    pub(super) text: String,
    /// URL of the payment page, and the text of the link to it.
    pub(super) pay: Option<(String, String)>,
    /// Whether to offer to open the checkout again.
    pub(super) can_retry_checkout: bool,
    pub(super) can_cancel: bool,
    /// Path of the token.
    pub(super) token: Option<String>,
    /// Path of the refund page.
    pub(super) refund: Option<String>,
    pub(super) can_order_again: bool,
}

impl NextActions {
    /// Whether there is any button.
    pub(super) const fn is_any(&self) -> bool {
        self.pay.is_some()
            || self.can_retry_checkout
            || self.can_cancel
            || self.token.is_some()
            || self.refund.is_some()
            || self.can_order_again
    }

    /// The actions of the viewer, who is the order's buyer, its seller or both.
    pub(super) fn of(
        request: &Request,
        order: &Order,
        viewer: AccountId,
    ) -> Result<Self, PageError> {
        let mut next = if order.buyer_id == viewer {
            Self::of_buyer(request, order)?
        } else {
            Self::of_seller(order)
        };
        if order.seller_id == viewer {
            next.can_cancel = order.state.is_cancelable();
            if order.state.is_refundable() {
                next.refund = Some(format!("/orders/{}/refund", order.id));
            }
        }
        Ok(next)
    }

    fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    fn of_buyer(request: &Request, order: &Order) -> Result<Self, PageError> {
        let text = match order.state {
            OrderState::AwaitingPayment => return Self::of_unpaid(request, order),
            OrderState::Fulfilled => {
                "Your token is ready. Open it to reveal the API key, and send the key with your requests to \
                 the service."
            }
            OrderState::Expired | OrderState::Canceled => {
                "If a payment of yours still arrives, you get your token after all or your money back. \
                 Otherwise, you can order again."
            }
            OrderState::Refunded => "The token no longer grants access. You can order again.",
        };
        let token = order
            .token_id
            .filter(|_| order.state == OrderState::Fulfilled);
        Ok(Self {
            can_order_again: token.is_none(),
            token: token.map(|token| format!("/tokens/{token}")),
            ..Self::new(text)
        })
    }

    fn of_unpaid(request: &Request, order: &Order) -> Result<Self, PageError> {
        let marketplace = request.marketplace();
        if order
            .lapses_at
            .is_none_or(|at| at <= marketplace.clock.now())
        {
            let text = "The time to pay has run out. If you have paid, this page will show it in a moment. \
                        Otherwise, you can order again.";
            return Ok(Self {
                can_order_again: true,
                ..Self::new(text)
            });
        }
        let actions = match (&marketplace.payments, &order.payment_url) {
            (None, _) => Self::new(
                "This marketplace cannot take payments at the moment. You can cancel the order; nothing \
                 is charged.",
            ),
            (Some(_), None) => Self {
                can_retry_checkout: true,
                ..Self::new(
                    "The payment provider has not answered yet. Your order is saved, and nothing was \
                     charged. Press Pay to try again.",
                )
            },
            (Some(_), Some(url)) => Self::of_payable(order, url)?,
        };
        Ok(Self {
            can_cancel: order.state.is_cancelable(),
            ..actions
        })
    }

    fn of_payable(order: &Order, url: &str) -> Result<Self, StoreError> {
        let included = match order.tab_carried {
            Some(tab) if tab.minor() > 0 => {
                "The payment includes what was on your tab when its checkout was opened. "
            }
            _ => "",
        };
        Ok(Self {
            pay: Some((url.to_owned(), pay_label(order)?)),
            ..Self::new(format!(
                "{included}You pay on the payment provider's page and then return here."
            ))
        })
    }

    fn of_seller(order: &Order) -> Self {
        Self::new(match order.state {
            OrderState::AwaitingPayment => {
                "The buyer has not paid yet. The units are reserved until then, unless you cancel the order and \
                 put them back on sale."
            }
            OrderState::Fulfilled => {
                "You can refund this order: its token is revoked, and the buyer's money goes back."
            }
            OrderState::Expired | OrderState::Canceled | OrderState::Refunded => {
                "This order is closed; there is nothing for you to do."
            }
        })
    }
}

/// The text of the link to the payment page: what is charged, and what it is made of.
fn pay_label(order: &Order) -> Result<String, StoreError> {
    let own = order.total;
    match order.tab_carried {
        Some(tab) if tab.minor() > 0 => {
            let total = format::money(own.checked_add(tab)?);
            Ok(format!("Pay {total} ({own} + {tab} from your tab)"))
        }
        _ => Ok(format!("Pay {}", format::money(own))),
    }
}
