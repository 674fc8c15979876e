use actix_web::http::header::{HeaderName, HeaderValue};
use udam_domain::id::OrderId;
use udam_domain::marketplace::BuyUnits;

use super::{Answer, created, ok};
use crate::api::call::Call;
use crate::api::idempotency::both;
use crate::api::measure;
use crate::api::problem::Problem;
use crate::api::wire::{
    OrderPageParams, OrderResponse, PageResponse, PlaceOrderBody, RefundBody, schemas,
};

/// Says that an earlier request had placed the order.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Place an order
///
/// A small order that your tab bears is fulfilled at once and comes with its token. For any other,
/// units are held until it is paid.
///
/// With an `Idempotency-Key`, asking again answers with the same order as it is now, with
/// `Idempotent-Replayed: true`, and places no other.
#[utoipa::path(
    post,
    path = "/v1/orders",
    tag = "Orders",
    security(("session" = [])),
    params((
        "Idempotency-Key" = Option<schemas::IdempotencyKey>, Header,
        description = "Your own name for the order, so that asking twice places one",
    )),
    request_body = PlaceOrderBody,
    responses((
        status = 201, description = "The order", body = OrderResponse,
        headers(("Idempotent-Replayed" = String, description = "`true` if it had been placed before")),
    )),
    extensions(("x-problems" = json!([
        "not_found", "insufficient_units", "listing_unavailable", "idempotency_key_reused",
        "payments_unavailable",
    ]))),
)]
pub(crate) async fn place_order(mut call: Call) -> Answer {
    let authority = call.authority()?;
    let key = call.idempotency_key();
    let (key, body) = both(key, call.body::<PlaceOrderBody>().await)?;
    let request = BuyUnits {
        listing_id: body.listing_id,
        units: body.units_requested,
        idempotency_key: key,
    };
    let placed = measure::order(call.marketplace().ordering.buy(authority, request).await)?;
    call.acts_for(placed.order.buyer_id);
    let mut answer = created(&OrderResponse::from(placed.order));
    if placed.replayed {
        answer
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(answer)
}

/// List your orders
///
/// What you have bought, the newest first.
#[utoipa::path(
    get,
    path = "/v1/orders",
    tag = "Orders",
    security(("session" = [])),
    params(OrderPageParams),
    responses((status = 200, description = "A page of your orders", body = PageResponse<OrderResponse>)),
)]
pub(crate) async fn list_orders(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let page = call.page()?;
    let page = call
        .marketplace()
        .ordering
        .of_buyer(signed_in.account.id, page)
        .await?;
    Ok(ok(&PageResponse::new(page, (), OrderResponse::from)))
}

/// List your sales
///
/// What others have bought of you, the newest first.
#[utoipa::path(
    get,
    path = "/v1/me/sales",
    tag = "Orders",
    security(("session" = [])),
    params(OrderPageParams),
    responses((status = 200, description = "A page of your sales", body = PageResponse<OrderResponse>)),
)]
pub(crate) async fn list_sales(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let page = call.page()?;
    let page = call
        .marketplace()
        .ordering
        .of_seller(signed_in.account.id, page)
        .await?;
    Ok(ok(&PageResponse::new(page, (), OrderResponse::from)))
}

/// Look at an order
///
/// One that you have bought or sold.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "The order", body = OrderResponse)),
)]
pub(crate) async fn find_order(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: OrderId = call.id()?;
    let found = call
        .marketplace()
        .ordering
        .find(id, signed_in.account.id)
        .await?;
    Ok(ok(&OrderResponse::from(found.ok_or(Problem::NotFound)?)))
}

/// Cancel an order of yours
///
/// One that awaits payment. Its units go back on sale.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/cancel",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "The order, canceled", body = OrderResponse)),
    extensions(("x-problems" = json!(["invalid_state", "payments_unavailable"]))),
)]
pub(crate) async fn cancel_order(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: OrderId = call.id()?;
    call.no_body().await?;
    let ordering = &call.marketplace().ordering;
    let order = ordering.cancel(&signed_in, &call.origin(), id).await?;
    Ok(ok(&OrderResponse::from(order)))
}

/// Refund an order that you sold
///
/// One that is fulfilled. Its token is revoked, and what it cost is given back.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/refund",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    request_body = Option<RefundBody>,
    responses((status = 200, description = "The order, refunded", body = OrderResponse)),
    extensions(("x-problems" = json!(["invalid_state", "payments_unavailable"]))),
)]
pub(crate) async fn refund_order(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: OrderId = call.id()?;
    let body = call.optional_body::<RefundBody>().await?;
    let units = body.map(|body| body.return_units).unwrap_or_default();
    let ordering = &call.marketplace().ordering;
    let order = ordering
        .refund(&signed_in, &call.origin(), id, units)
        .await?;
    Ok(ok(&OrderResponse::from(order)))
}
