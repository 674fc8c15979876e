use udam_domain::id::OrderId;
use udam_domain::{CheckoutError, OpenChargeError};

use super::{Answer, ok};
use crate::problem::{ApiError, KeptOrder};
use crate::request_context::RequestContext;
use crate::wire::{OrderResponse, PaymentUrlResponse, schemas};

/// Pay for an order
///
/// The order must await payment. Returns it with the page to pay at, in `payment_url`. Repeating the request is
/// safe: the page is the same until the order is paid or lapses.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/checkout",
    tag = "Payments",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "The order, and where to pay for it", body = OrderResponse)),
    extensions(("x-problems" = json!([
        "invalid_state", "too_many_checkouts", "payment_provider_error", "payments_unavailable",
    ]))),
)]
pub(crate) async fn check_out_order(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: OrderId = context.id()?;
    context.no_body()?;
    let buyer = context.actor(&signed_in);
    let marketplace = context.marketplace();
    match marketplace.orders.check_out(buyer, id).await {
        Ok(order) => Ok(ok(&OrderResponse::new(order, buyer.account_id))),
        Err(
            error @ (CheckoutError::Refused { .. }
            | CheckoutError::Gateway(_)
            | CheckoutError::Charge(OpenChargeError::TooManySessions(_))),
        ) => {
            let found = marketplace.readers.orders.find(id, buyer.account_id);
            let held_until = found.await?.and_then(|order| order.lapses_at);
            Err(ApiError::from(error).about(KeptOrder { id, held_until }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Pay your tab
///
/// Returns the page to pay at. The part of the tab that an open payment of an order includes is paid with that.
#[utoipa::path(
    post,
    path = "/v1/tab/checkout",
    tag = "Payments",
    security(("session" = [])),
    responses((status = 200, description = "Where to pay", body = PaymentUrlResponse)),
    extensions(("x-problems" = json!([
        "invalid_state", "too_many_checkouts", "payment_provider_error", "payments_unavailable",
    ]))),
)]
pub(crate) async fn check_out_tab(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    context.no_body()?;
    let orders = &context.marketplace().orders;
    let session = orders.check_out_tab(context.actor(&signed_in)).await?;
    let payment_url = session.url;
    Ok(ok(&PaymentUrlResponse { payment_url }))
}
