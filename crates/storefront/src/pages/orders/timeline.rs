//! The timeline of an order, step by step, for its buyer and its seller alike.

use udam_domain::order::{Order, OrderState};
use udam_domain::payment::PaymentRoute;
use udam_domain::time::Timestamp;

use crate::format;

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    /// `done`, `current`, `failed`, or nothing for what is to come.
    pub(super) class: &'static str,
    pub(super) name: &'static str,
    /// When it was taken.
    pub(super) at: Option<String>,
    pub(super) about: String,
}

impl Step {
    fn new(
        class: &'static str,
        name: &'static str,
        at: Option<Timestamp>,
        about: impl Into<String>,
    ) -> Self {
        Self {
            class,
            name,
            at: at.map(format::instant),
            about: about.into(),
        }
    }
}

/// Which way an order is paid.
pub(super) const fn route(route: PaymentRoute) -> &'static str {
    match route {
        PaymentRoute::Tab => "On the tab",
        PaymentRoute::Checkout => "In advance",
    }
}

/// The steps that the order has taken, and those that are ahead of it.
pub(super) fn steps(order: &Order, now: Timestamp) -> Vec<Step> {
    let mut steps = vec![Step::new("done", "Placed", Some(order.created_at), "")];
    if order.fulfilled_at.is_some() {
        steps.push(fulfilled(order));
    }
    let ends = |about| ending(order, about);
    match order.state {
        OrderState::Fulfilled => {}
        OrderState::AwaitingPayment => {
            steps.push(Step::new(
                "current",
                "Awaiting payment",
                None,
                held(order, now),
            ));
            let about = "As soon as the payment is confirmed.";
            steps.push(Step::new("", "Token issued", None, about));
        }
        OrderState::Expired => {
            steps.push(ends("It was not paid in time. Its units are free again."));
        }
        OrderState::Canceled => {
            steps.push(ends("Nothing was charged. Its units are free again."));
        }
        OrderState::Refunded => steps.push(ends(&given_back(order))),
    }
    steps
}

fn fulfilled(order: &Order) -> Step {
    let (name, about) = match order.route {
        PaymentRoute::Tab => (
            "Token issued",
            "The order was small enough to go on the tab.",
        ),
        PaymentRoute::Checkout => ("Paid, and token issued", ""),
    };
    Step::new("done", name, order.fulfilled_at, about)
}

fn ending(order: &Order, about: &str) -> Step {
    let name = match order.state {
        OrderState::Expired => "Expired",
        OrderState::Refunded => "Refunded",
        _ => "Canceled",
    };
    Step::new("failed", name, order.closed_at, about)
}

fn held(order: &Order, now: Timestamp) -> String {
    match order.lapses_at {
        Some(at) if at > now => format!("The units are held until {}.", format::instant(at)),
        _ => "The time to pay has run out. Whether it was paid is being looked up.".to_owned(),
    }
}

fn given_back(order: &Order) -> String {
    if order.refunded.minor() > 0 {
        let amount = format::money(order.refunded);
        return format!("{amount} went back through the payment provider.");
    }
    match (order.route, order.fulfilled_at) {
        (PaymentRoute::Tab, _) => {
            "It came off the tab. If the tab had been settled before, the money \
                                   goes back through the payment provider."
                .to_owned()
        }
        (PaymentRoute::Checkout, Some(_)) => {
            "The money goes back through the payment provider.".to_owned()
        }
        (PaymentRoute::Checkout, None) => {
            "It was paid after its units had gone to somebody else. The \
                                           money goes back through the payment provider."
                .to_owned()
        }
    }
}
