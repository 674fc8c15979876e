use udam_domain::id::OrderId;
use udam_domain::money::Money;

use super::{Answer, ok};
use crate::call::Call;
use crate::problem::Refusal;
use crate::wire::{OrderResponse, PaymentUrlResponse, TabResponse, schemas};

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
    let order = call.marketplace().orders.check_out(id, buyer).await;
    let order = order.map_err(|error| Refusal::from(error).about(id))?;
    Ok(ok(&OrderResponse::new(order, buyer)))
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
    let orders = &call.marketplace().orders;
    let session = orders.check_out_tab(signed_in.account.id).await?;
    let payment_url = session.url;
    Ok(ok(&PaymentUrlResponse { payment_url }))
}
