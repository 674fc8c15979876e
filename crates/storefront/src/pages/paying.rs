//! Paying for an order: asking the provider where, and coming back from there.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, REFRESH};
use askama::Template;
use udam_domain::id::OrderId;
use udam_domain::order::{Order, OrderState};
use udam_domain::time::{SignedDuration, Timestamp, after};
use udam_domain::{CheckoutError, OpenChargeError};

use super::orders;
use crate::error::PageError;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// For so long the page looks for the confirmation: it takes a few seconds, and one that takes longer
/// may take hours.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// Asks the provider where an order is paid, and shows the order with the way there.
pub(crate) async fn pay(request: Request) -> PageResult {
    let buyer = request.actor()?;
    let id: OrderId = request.path_id()?;
    match request.marketplace().orders.check_out(buyer, id).await {
        Ok(_) => Ok(see_other(&orders::path(id, None))),
        Err(CheckoutError::Charge(OpenChargeError::InvalidState(_))) => {
            let why = "There is nothing to pay: the order does not await payment any more.";
            orders::refused(&request, id, StatusCode::CONFLICT, why).await
        }
        Err(CheckoutError::Charge(OpenChargeError::Unchargeable(_))) => {
            Ok(see_other(&orders::path(id, Some("too_small"))))
        }
        Err(error @ CheckoutError::Gateway(_)) => {
            log_failure(&error, id);
            let why = "The payment provider does not answer. Your order is kept, and nothing has been \
                       charged. Try again in a moment.";
            orders::refused(&request, id, StatusCode::BAD_GATEWAY, why).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The order that the path names, for its buyer alone: to its seller it is as if there were none to pay.
async fn own_order(request: &Request) -> Result<Order, PageError> {
    let buyer = request.signed_in()?.account.id;
    let orders = &request.marketplace().readers.orders;
    let found = orders.find(request.path_id()?, buyer).await?;
    let own = found.filter(|order| order.buyer_id == buyer);
    own.ok_or(PageError::NotFound)
}

/// Logs why a buyer cannot pay.
pub(super) fn log_failure(error: &CheckoutError, order: OrderId) {
    let cause = udam_domain::error_chain(error);
    tracing::error!(cause, %order, "a buyer could not be sent to pay");
}

#[derive(Template)]
#[template(path = "paid.html")]
struct PaidPage {
    layout: Layout,
    order: String,
    bought: String,
    listing: String,
    heading: &'static str,
    say: &'static str,
    token: Option<String>,
    waits: bool,
    /// Where to look again, for the script.
    live: Option<String>,
}

/// Where the provider sends the buyer, often before it has told us of the payment: the page looks again
/// until it has. Its address says since when, so that looking again is loading the same page, which
/// leaves nothing behind in the browser's history.
pub(crate) async fn paid(request: Request) -> PageResult {
    let order = own_order(&request).await?;
    let path = orders::path(order.id, None);
    let waits = order.state == OrderState::AwaitingPayment;
    let now = request.marketplace().clock.now();
    let since = request.form.value("since").parse().ok();
    let since = since.and_then(|since| Timestamp::from_second(since).ok());
    let Some(since) = since.or((!waits).then_some(now)) else {
        let now = now.as_second();
        return Ok(see_other(&format!("{path}/paid?since={now}")));
    };
    let looks_again = waits && since <= now && now < after(since, PATIENCE);
    let (heading, say) = news(&order, looks_again);
    let token = order
        .token_id
        .filter(|_| order.state == OrderState::Fulfilled);
    let page = PaidPage {
        layout: request.layout(),
        bought: format!(
            "{} of {}",
            format::units(order.units.get()),
            order.service_name
        ),
        listing: format!("/listings/{}", order.listing_id),
        heading,
        say,
        token: token.map(|token| format!("/tokens/{token}")),
        waits,
        live: looks_again.then(|| format!("{path}/paid?since={}", since.as_second())),
        order: path,
    };
    let mut answer = private(StatusCode::OK, &page)?;
    if looks_again {
        let headers = answer.headers_mut();
        headers.insert(REFRESH, HeaderValue::from_static("2"));
    }
    Ok(answer)
}

/// What the page says of an order.
const fn news(order: &Order, looks_again: bool) -> (&'static str, &'static str) {
    const LATE: &str = "If you have paid, one of two things happens by itself: your token is issued \
                        after all, or your money goes back the way it came.";
    match order.state {
        OrderState::AwaitingPayment if looks_again => (
            "Your payment is being confirmed",
            "The confirmation is on its way, and mostly takes a few seconds. This page looks for it \
             by itself.",
        ),
        OrderState::AwaitingPayment => (
            "Your payment is being confirmed",
            "The confirmation is still on its way, and takes longer than usual. You need not wait \
             here: the order's page shows it as soon as it is in.",
        ),
        OrderState::Fulfilled => (
            "Paid: your token is ready",
            "Thank you. Open the token to see the key, and send that key with your requests to the \
             service. You find the token under Tokens from now on.",
        ),
        OrderState::Expired => ("The time to pay ran out", LATE),
        OrderState::Canceled => ("The order was canceled", LATE),
        OrderState::Refunded => (
            "The order was refunded",
            "There is no token to it any more. What you paid goes back the way it came.",
        ),
    }
}

#[cfg(test)]
mod tests;
