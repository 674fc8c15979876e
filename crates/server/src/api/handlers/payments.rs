use udam_domain::id::OrderId;
use udam_domain::marketplace::Payments;
use udam_domain::money::Money;
use udam_domain::order::{Order, OrderState};

use super::{Answer, ok};
use crate::api::call::Call;
use crate::api::measure;
use crate::api::problem::{Problem, Refusal};
use crate::api::wire::{OrderResponse, PaymentUrlResponse, TabResponse, schemas};

/// Pay for an order of yours
///
/// One that awaits payment. Answers with the order and where to pay for it, in `payment_url`. Asking
/// again is safe: it is the same page until the order is paid or lapses.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/checkout",
    tag = "Payments",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "The order, and where to pay for it", body = OrderResponse)),
    extensions(("x-problems" = json!([
        "invalid_state", "payment_provider_error", "payments_unavailable",
    ]))),
)]
pub(crate) async fn check_out_order(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: OrderId = call.id()?;
    call.no_body()?;
    let buyer = signed_in.account.id;
    let found = call.marketplace().orders.find(id, buyer).await?;
    let order = found.filter(|order| order.buyer_id == buyer);
    let order = order.ok_or(Problem::NotFound)?;
    let order = send_to_pay(&call, call.payments()?, order).await?;
    Ok(ok(&OrderResponse::new(order, buyer)))
}

/// The order with where to pay for it, if it awaits payment and the provider has yet to be told.
pub(super) async fn payable(call: &Call, order: Order) -> Result<Order, Refusal> {
    let untold = order.state == OrderState::AwaitingPayment && order.payment_url.is_none();
    let Some(payments) = call.marketplace().payments.as_ref().filter(|_| untold) else {
        return Ok(order);
    };
    let (id, buyer) = (order.id, order.buyer_id);
    match send_to_pay(call, payments, order.clone()).await {
        // It was paid, given up or lapsed since it was placed, which was some time ago.
        Err(refusal) if matches!(refusal.problem, Problem::OrderIs(_)) => {
            let now = call.marketplace().orders.find(id, buyer).await?;
            Ok(now.unwrap_or(order))
        }
        sent => sent,
    }
}

/// Tells the provider of an order, and answers with it as it is then: with its page, and a reservation
/// that runs from now on.
async fn send_to_pay(call: &Call, payments: &Payments, order: Order) -> Result<Order, Refusal> {
    let (id, buyer) = (order.id, order.buyer_id);
    let session = payments.checkout(id, Some(buyer)).await;
    measure::checkout(&session);
    session.map_err(|error| Refusal::from(error).about(id))?;
    let now = call.marketplace().orders.find(id, buyer).await?;
    Ok(now.unwrap_or(order))
}

/// Look at your tab
///
/// What you owe for small orders, and how much you may.
#[utoipa::path(
    get,
    path = "/v1/tab",
    tag = "Payments",
    security(("session" = [])),
    responses((status = 200, description = "Your tab", body = TabResponse)),
)]
pub(crate) async fn show_tab(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let tab = call.marketplace().orders.tab(signed_in.account.id).await?;
    let settings = &call.api.settings;
    let open = tab.map_or_else(|| Money::zero(settings.currency), |tab| tab.open);
    Ok(ok(&TabResponse::new(open, settings.tab_limit)))
}

/// Pay your tab
///
/// Answers with where to pay. What an order that awaits payment carries of the tab is paid with it.
#[utoipa::path(
    post,
    path = "/v1/tab/checkout",
    tag = "Payments",
    security(("session" = [])),
    responses((status = 200, description = "Where to pay", body = PaymentUrlResponse)),
    extensions(("x-problems" = json!([
        "invalid_state", "payment_provider_error", "payments_unavailable",
    ]))),
)]
pub(crate) async fn check_out_tab(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    call.no_body()?;
    let payments = call.payments()?;
    let session = payments.checkout_tab(signed_in.account.id).await;
    measure::checkout(&session);
    let payment_url = session?.url;
    Ok(ok(&PaymentUrlResponse { payment_url }))
}
