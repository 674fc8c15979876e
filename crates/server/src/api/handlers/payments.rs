use udam_domain::id::OrderId;
use udam_domain::money::Money;

use super::{Answer, ok};
use crate::api::call::Call;
use crate::api::problem::Problem;
use crate::api::wire::{PaymentUrlResponse, TabResponse, schemas};

/// Pay for an order of yours
///
/// One that awaits payment. Answers with where to pay; asking again is safe.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/checkout",
    tag = "Payments",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "Where to pay", body = PaymentUrlResponse)),
    extensions(("x-problems" = json!([
        "invalid_state", "payment_provider_error", "payments_unavailable",
    ]))),
)]
pub(crate) async fn check_out_order(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: OrderId = call.id()?;
    call.no_body().await?;
    let buyer = signed_in.account.id;
    let found = call.marketplace().ordering.find(id, buyer).await?;
    match found {
        Some(order) if order.buyer_id == buyer => Err(Problem::PaymentsUnavailable.into()),
        Some(_) | None => Err(Problem::NotFound.into()),
    }
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
    let tab = call
        .marketplace()
        .ordering
        .tab(signed_in.account.id)
        .await?;
    let settings = &call.api.settings;
    let open = tab.map_or_else(|| Money::zero(settings.currency), |tab| tab.open);
    Ok(ok(&TabResponse::new(open, settings.tab_limit)))
}

/// Pay your tab
///
/// Answers with where to pay.
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
    call.signed_in().await?;
    call.no_body().await?;
    Err(Problem::PaymentsUnavailable.into())
}

/// Receive an event from Stripe
///
/// For Stripe alone, which signs what it sends.
#[utoipa::path(
    post,
    path = "/v1/webhooks/stripe",
    tag = "Payments",
    responses((status = 200, description = "It is taken note of")),
    extensions(("x-problems" = json!(["payments_unavailable"]))),
)]
pub(crate) async fn receive_stripe_event(_call: Call) -> Answer {
    Err(Problem::PaymentsUnavailable.into())
}
