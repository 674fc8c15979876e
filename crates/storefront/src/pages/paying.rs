//! Paying for an order: opening its checkout, and the return from the provider.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::OrderId;
use udam_domain::order::{Order, OrderState};
use udam_domain::{CheckoutError, OpenChargeError};

use super::orders;
use super::waiting::{Wait, refreshing};
use crate::error::PageError;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Opens the checkout of an order, and redirects to the order, which links to the payment page.
pub(crate) async fn pay(request: Request) -> PageResult {
    let buyer = request.actor()?;
    let id: OrderId = request.path_id()?;
    match request.marketplace().orders.check_out(buyer, id).await {
        Ok(_) => Ok(see_other(&orders::path(id, None))),
        Err(CheckoutError::Charge(OpenChargeError::InvalidState(_))) => {
            let reason = "There is nothing to pay: this order no longer awaits payment.";
            orders::refused(&request, id, StatusCode::CONFLICT, reason).await
        }
        Err(CheckoutError::Charge(OpenChargeError::Unchargeable(reason))) => {
            Ok(see_other(&orders::path(id, Some(orders::code_of(reason)))))
        }
        Err(CheckoutError::Charge(OpenChargeError::TooManySessions(_))) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            orders::refused(&request, id, status, orders::TOO_MANY_CHECKOUTS).await
        }
        Err(error @ (CheckoutError::Refused { .. } | CheckoutError::Gateway(_))) => {
            log_failure(&error, id);
            let reason = if error.is_refusal() {
                orders::PAYMENT_REFUSED
            } else {
                "The payment provider did not answer. Your order is saved, and nothing was charged. Try again \
                 in a moment."
            };
            orders::refused(&request, id, StatusCode::BAD_GATEWAY, reason).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The order in the path, if the visitor is its buyer.
async fn own_order(request: &Request) -> Result<Order, PageError> {
    let buyer = request.signed_in()?.account.id;
    let orders = &request.marketplace().readers.orders;
    let found = orders.find(request.path_id()?, buyer).await?;
    let own = found.filter(|order| order.buyer_id == buyer);
    own.ok_or(PageError::NotFound)
}

/// Logs a failure to open the checkout of an order.
pub(super) fn log_failure(error: &CheckoutError, order: OrderId) {
    let cause = udam_domain::error_chain(error);
    tracing::error!(cause, %order, "opening the checkout of an order failed");
}

#[derive(Template)]
#[template(path = "paid.html")]
struct PaidPage {
    layout: Layout,
    order: String,
    /// Summary of the order, such as "3 units of Rain".
    bought: String,
    listing: String,
    heading: &'static str,
    text: &'static str,
    token: Option<String>,
    is_unpaid: bool,
    /// Path for the script to poll; `None` if there is nothing to wait for.
    live: Option<String>,
}

/// The page to which the provider returns the buyer, often before its confirmation arrives: until then
/// the page refreshes itself.
pub(crate) async fn paid(request: Request) -> PageResult {
    let order = own_order(&request).await?;
    let path = orders::path(order.id, None);
    let is_unpaid = order.state == OrderState::AwaitingPayment;
    let wait = Wait::of(&request, &format!("{path}/paid"), is_unpaid);
    if let Wait::Return(address) = wait {
        return Ok(see_other(&address));
    }
    let live = wait.refreshed();
    let (heading, text) = message(&order, live.is_some());
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
        text,
        token: token.map(|token| format!("/tokens/{token}")),
        is_unpaid,
        live,
        order: path,
    };
    let is_live = page.live.is_some();
    Ok(refreshing(private(StatusCode::OK, &page)?, is_live))
}

/// The heading and the text of the page.
const fn message(order: &Order, refreshes: bool) -> (&'static str, &'static str) {
    const LATE: &str = "If you have paid, you get your token after all or your money back. You do not have to \
                        do anything.";
    match order.state {
        OrderState::AwaitingPayment if refreshes => (
            "Your payment is being confirmed",
            "The confirmation is on its way and usually takes a few seconds. This page updates by \
             itself.",
        ),
        OrderState::AwaitingPayment => (
            "Your payment is being confirmed",
            "The confirmation is taking longer than usual. You do not have to wait here: the order's \
             page shows it as soon as it arrives.",
        ),
        OrderState::Fulfilled => (
            "Paid: your token is ready",
            "Thank you. Open the token to reveal the API key, and send the key with your requests to \
             the service. You can find the token under Tokens.",
        ),
        OrderState::Expired => ("The time to pay has run out", LATE),
        OrderState::Canceled => ("The order was canceled", LATE),
        OrderState::Refunded => (
            "The order was refunded",
            "Its token no longer grants access. You get your money back.",
        ),
    }
}

#[cfg(test)]
mod tests;
