//! The timeline of an order, the same for its buyer and its seller.

use udam_domain::order::{Order, OrderState};
use udam_domain::payment::PaymentRoute;
use udam_domain::time::Timestamp;

use crate::format;

/// A step of the timeline.
#[derive(Debug)]
pub(super) struct Step {
    /// CSS class: `done`, `current`, `failed`, or empty for a step ahead.
    pub(super) class: &'static str,
    pub(super) name: &'static str,
    /// Formatted time of the step; `None` for steps that are not done.
    pub(super) at: Option<String>,
    /// Details, as a sentence; may be empty.
    pub(super) details: String,
}

impl Step {
    fn new(
        class: &'static str,
        name: &'static str,
        at: Option<Timestamp>,
        details: impl Into<String>,
    ) -> Self {
        Self {
            class,
            name,
            at: at.map(format::instant),
            details: details.into(),
        }
    }
}

/// Way in which an order is paid.
pub(super) const fn payment_method(route: PaymentRoute) -> &'static str {
    match route {
        PaymentRoute::Tab => "Tab",
        PaymentRoute::Checkout => "Checkout",
    }
}

/// The steps so far, and those ahead.
pub(super) fn steps(order: &Order, now: Timestamp) -> Vec<Step> {
    let mut steps = vec![Step::new("done", "Placed", Some(order.created_at), "")];
    if order.fulfilled_at.is_some() {
        steps.push(fulfilled(order));
    }
    steps.extend(paid_with_tab(order));
    let closed = |name, details: &str| Step::new("failed", name, order.closed_at, details);
    match order.state {
        OrderState::Fulfilled => {}
        OrderState::AwaitingPayment => {
            let reservation = reservation(order, now);
            steps.push(Step::new("current", "Awaiting payment", None, reservation));
            let details = "As soon as the payment is confirmed.";
            steps.push(Step::new("", "Token issued", None, details));
        }
        OrderState::Expired => steps.push(closed(
            "Expired",
            "The order was not paid in time. Its units are back on sale.",
        )),
        OrderState::Canceled => steps.push(closed("Canceled", "The units are back on sale.")),
        OrderState::Refunded => steps.push(closed("Refunded", &refund(order))),
    }
    steps
}

fn fulfilled(order: &Order) -> Step {
    let (name, details) = match order.route {
        PaymentRoute::Tab => (
            "Token issued",
            "The order was small enough to go on the tab.",
        ),
        PaymentRoute::Checkout => ("Paid and token issued", ""),
    };
    Step::new("done", name, order.fulfilled_at, details)
}

/// Payment of an order on the tab, past or ahead.
fn paid_with_tab(order: &Order) -> Option<Step> {
    let is_owed = order.state == OrderState::Fulfilled;
    match (order.route, order.paid_at) {
        (PaymentRoute::Tab, Some(at)) => Some(Step::new("done", "Paid with the tab", Some(at), "")),
        (PaymentRoute::Tab, None) if is_owed => {
            let details = "As soon as the tab is paid, alone or with another order.";
            Some(Step::new("", "Paid with the tab", None, details))
        }
        (PaymentRoute::Tab | PaymentRoute::Checkout, _) => None,
    }
}

fn reservation(order: &Order, now: Timestamp) -> String {
    match order.lapses_at {
        Some(at) if at > now => format!("The units are reserved until {}.", format::instant(at)),
        _ => "The time to pay has run out. We are checking whether the order was paid.".to_owned(),
    }
}

fn refund(order: &Order) -> String {
    if order.refunded.minor() > 0 {
        let amount = format::money(order.refunded);
        return format!("{amount} was returned through the payment provider.");
    }
    let details = match (order.route, order.fulfilled_at) {
        (PaymentRoute::Tab, _) => {
            "The amount came off the tab. If the tab had been paid before, it is returned through the \
             payment provider."
        }
        (PaymentRoute::Checkout, Some(_)) => "The amount is returned through the payment provider.",
        (PaymentRoute::Checkout, None) => {
            "The payment arrived after the units had been sold to someone else. The amount is returned \
             through the payment provider."
        }
    };
    details.to_owned()
}
