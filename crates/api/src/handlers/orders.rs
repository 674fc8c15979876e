use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue};
use udam_domain::OpenChargeError;
use udam_domain::id::OrderId;
use udam_domain::marketplace::{BuyUnits, CheckoutOutcome};
use udam_web::sales_csv;

use super::{Answer, created, ok};
use crate::problem::{ApiError, KeptOrder, Problem, merged};
use crate::request_context::RequestContext;
use crate::wire::{
    OrderPageParams, OrderResponse, PageResponse, PlaceOrderBody, RefundBody, SaleResponse,
    SalesPageQuery, SalesParams, SalesPeriodQuery, schemas,
};

/// Header of a response with an order that an earlier request placed.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Place an order
///
/// A small order that fits on your tab is fulfilled at once and has its token, unless the listing is `pay_first`.
/// Until you have made a payment, your tab takes less. For any other order, units are held until `expires_at` while
/// you pay at `payment_url`. If the payment provider fails, or too many checkouts were opened lately, the order is kept,
/// and the problem has its id in `order_id`.
///
/// With an `Idempotency-Key`, a repeated request returns the same order in its current state, with
/// `Idempotent-Replayed: true`, and places no other.
///
/// With `expected_price_per_unit`, an order at any other price is refused with `price_changed`.
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
        "not_found", "insufficient_units", "too_many_units", "listing_unavailable", "price_changed", "pay_first",
        "email_unverified", "suspended",
        "tab_limit", "tab_overdue", "new_tab_limit", "new_tab_per_address", "tab_in_checkout",
        "too_many_open_checkouts", "held_before",
        "idempotency_key_reused", "too_many_checkouts", "payment_provider_error", "payments_unavailable",
    ]))),
)]
pub(crate) async fn place_order(mut context: RequestContext) -> Answer {
    let authority = context.authority().await?;
    let key = context.idempotency_key();
    let (key, body) = merged(key, context.body::<PlaceOrderBody>())?;
    let request = BuyUnits {
        listing_id: body.listing_id,
        units: body.units_requested,
        expected_price: body.expected_price_per_unit,
        idempotency_key: key,
        address: context.client_address(),
    };
    let bought = context.marketplace().orders.buy(authority, request).await?;
    let (id, buyer) = (bought.order.id, bought.order.buyer_id);
    context.record_account(buyer);
    match bought.checkout {
        CheckoutOutcome::NotNeeded | CheckoutOutcome::Opened => {}
        CheckoutOutcome::Unchargeable(reason) => {
            return Err(OpenChargeError::Unchargeable(reason).into());
        }
        CheckoutOutcome::Failed(error) => {
            let held_until = bought.order.lapses_at;
            return Err(ApiError::from(error).about(KeptOrder { id, held_until }));
        }
    }
    let mut answer = created(&OrderResponse::new(bought.order, buyer));
    if bought.replayed {
        answer
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(answer)
}

/// List your orders
///
/// Orders that you placed, the newest first.
#[utoipa::path(
    get,
    path = "/v1/orders",
    tag = "Orders",
    security(("session" = [])),
    params(OrderPageParams),
    responses((status = 200, description = "A page of your orders", body = PageResponse<OrderResponse>)),
)]
pub(crate) async fn list_orders(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let page = context.page()?;
    let page = context
        .marketplace()
        .readers
        .orders
        .of_buyer(buyer, page)
        .await?;
    Ok(ok(&PageResponse::new(page, (), |order| {
        OrderResponse::new(order, buyer)
    })))
}

/// List your sales
///
/// Orders of your listings that were placed in the period, the newest first, with the public names of their buyers.
/// With `Accept: text/csv`, all of them come as CSV (RFC 4180), with amounts as decimals and their currency in a
/// column of its own. A name that a spreadsheet would take for a formula is written after an apostrophe.
#[utoipa::path(
    get,
    path = "/v1/me/sales",
    tag = "Orders",
    security(("session" = [])),
    params(SalesParams),
    responses((
        status = 200, description = "A page of your sales, or all of them as CSV",
        content((PageResponse<SaleResponse> = "application/json"), (String = "text/csv")),
    )),
)]
pub(crate) async fn list_sales(context: RequestContext) -> Answer {
    let seller = context.signed_in().await?.account.id;
    let orders = &context.marketplace().readers.orders;
    if context.accepts_csv() {
        let SalesPeriodQuery(period) = context.query()?;
        return Ok(sales_csv::response(Arc::clone(orders), seller, period).await?);
    }
    let SalesPageQuery { period, page } = context.query()?;
    let page = orders.of_seller(seller, period, page).await?;
    Ok(ok(&PageResponse::new(page, (), SaleResponse::from)))
}

/// Get an order
///
/// Its buyer and its seller can see it.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "The order", body = OrderResponse)),
)]
pub(crate) async fn find_order(context: RequestContext) -> Answer {
    let viewer = context.signed_in().await?.account.id;
    let id: OrderId = context.id()?;
    let found = context
        .marketplace()
        .readers
        .orders
        .find(id, viewer)
        .await?;
    let order = found.ok_or(Problem::NotFound)?;
    Ok(ok(&OrderResponse::new(order, viewer)))
}

/// Cancel an order
///
/// The order must await payment. Its units go back on sale, and its payment page is closed.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/cancel",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "The order, canceled", body = OrderResponse)),
    extensions(("x-problems" = json!(["invalid_state"]))),
)]
pub(crate) async fn cancel_order(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: OrderId = context.id()?;
    context.no_body()?;
    let orders = &context.marketplace().orders;
    let order = orders.cancel(context.actor(&signed_in), id).await?;
    Ok(ok(&OrderResponse::new(order, signed_in.account.id)))
}

/// Refund an order that you sold
///
/// The order must be fulfilled. Its token is revoked. Its price is taken off the buyer's tab or, if it has been
/// paid, refunded through the payment provider. While a bank disputes the payment, it cannot be refunded.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/refund",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    request_body = Option<RefundBody>,
    responses((status = 200, description = "The order, refunded", body = OrderResponse)),
    extensions(("x-problems" = json!(["invalid_state", "dispute_open"]))),
)]
pub(crate) async fn refund_order(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: OrderId = context.id()?;
    let body = context.optional_body::<RefundBody>()?;
    let units = body.map(|body| body.return_units).unwrap_or_default();
    let orders = &context.marketplace().orders;
    let order = orders.refund(context.actor(&signed_in), id, units).await?;
    Ok(ok(&OrderResponse::new(order, signed_in.account.id)))
}
