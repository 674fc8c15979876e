use udam_domain::id::ChargeId;
use udam_domain::money::Money;
use udam_domain::payment::{CarryingCharge, ChargeState};

use super::{Answer, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    ChargePageParams, OrderPageParams, OrderResponse, PageResponse, TabOrderResponse,
    TabPaymentResponse, TabResponse, schemas,
};

/// Get your tab
///
/// The amount that you owe for small orders, and its limit, which is lower until you have made a payment. An
/// unfinished payment that includes a part of it is in `checkouts`.
#[utoipa::path(
    get,
    path = "/v1/tab",
    tag = "Payments",
    security(("session" = [])),
    responses((status = 200, description = "Your tab", body = TabResponse)),
)]
pub(crate) async fn show_tab(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let tabs = &context.marketplace().readers.tabs;
    let tab = tabs.tab(buyer).await?;
    let checkouts = tabs.open_charges(buyer).await?;
    let settings = &context.api.settings;
    let limits = settings.tab_limits;
    let (open, limit) = tab.map_or((Money::zero(settings.currency), limits.new), |tab| {
        (tab.open, limits.of(&tab))
    });
    Ok(ok(&TabResponse::new(open, limit, checkouts)))
}

/// List the orders on your tab
///
/// Small orders that no payment has cleared, the newest first. Their amounts sum to `open` of the tab.
#[utoipa::path(
    get,
    path = "/v1/tab/orders",
    tag = "Payments",
    security(("session" = [])),
    params(OrderPageParams),
    responses((status = 200, description = "A page of them", body = PageResponse<TabOrderResponse>)),
)]
pub(crate) async fn list_tab_orders(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let page = context.page()?;
    let tabs = &context.marketplace().readers.tabs;
    let page = tabs.orders(buyer, page).await?;
    Ok(ok(&PageResponse::new(page, (), TabOrderResponse::from)))
}

/// List the payments of your tab
///
/// Payments that have cleared a part of your tab, alone or together with an order, the newest first.
#[utoipa::path(
    get,
    path = "/v1/tab/payments",
    tag = "Payments",
    security(("session" = [])),
    params(ChargePageParams),
    responses((status = 200, description = "A page of them", body = PageResponse<TabPaymentResponse>)),
)]
pub(crate) async fn list_tab_payments(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let page = context.page()?;
    let tabs = &context.marketplace().readers.tabs;
    let page = tabs.paid_charges(buyer, page).await?;
    Ok(ok(&PageResponse::new(page, (), TabPaymentResponse::from)))
}

/// List the orders that a payment of your tab has cleared
///
/// Small orders, refunded since or not, the newest first. The order that was paid with them is in `order_id` of the
/// payment.
#[utoipa::path(
    get,
    path = "/v1/tab/payments/{id}/orders",
    tag = "Payments",
    security(("session" = [])),
    params(("id" = schemas::ChargeId, Path, description = "Which payment"), OrderPageParams),
    responses((status = 200, description = "A page of them", body = PageResponse<OrderResponse>)),
)]
pub(crate) async fn list_paid_tab_orders(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let page = context.page()?;
    let id: ChargeId = context.id()?;
    let tabs = &context.marketplace().readers.tabs;
    let is_paid = |charge: &CarryingCharge| charge.state == ChargeState::Paid;
    if !tabs
        .charge(id, buyer)
        .await?
        .is_some_and(|charge| is_paid(&charge))
    {
        return Err(Problem::NotFound.into());
    }
    let page = tabs.cleared_orders(id, buyer, page).await?;
    Ok(ok(&PageResponse::new(page, (), |order| {
        OrderResponse::new(order, buyer)
    })))
}
