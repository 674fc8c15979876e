//! Inquiries of operators, for every role.

use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::page::PageRequest;

use super::administration::operator;
use super::{Answer, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    AccountStoryResponse, ListingStoryResponse, OrderStoryResponse, RefundByOperatorBody,
    SearchParams, SearchQuery, SearchResponse, StoryPageParams, schemas,
};

/// Find anything by its name
///
/// Names are exact: identifiers of accounts, orders, tokens, listings, calls, payments and refunds, or their bare UUIDs; e-mail
/// addresses; ids of sessions, payments, refunds, disputes and events at the payment provider. For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/search",
    tag = "Administration",
    security(("session" = [])),
    params(SearchParams),
    responses((status = 200, description = "What has this name", body = SearchResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn search_by_operator(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let SearchQuery(lookup) = context.query()?;
    let found = context.marketplace().administration.find(&by, &lookup);
    Ok(ok(&SearchResponse::from(found.await?)))
}

/// Get an order with its history
///
/// What it is now, with its payment and its token, and all that has happened to it. For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/orders/{id}",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order"), StoryPageParams),
    responses((status = 200, description = "The order", body = OrderStoryResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn show_order_to_operator(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let page = context.page()?;
    let id: OrderId = context.id()?;
    let marketplace = context.marketplace();
    let found = marketplace.administration.order(&by, id, page).await?;
    let story = found.ok_or(Problem::NotFound)?;
    let now = marketplace.clock.now();
    Ok(ok(&OrderStoryResponse::new(story, now)))
}

/// Get an account with its history
///
/// What it is now, with its tab, and what it has done and what was done about it. For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/accounts/{id}",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::AccountId, Path, description = "Which account"), StoryPageParams),
    responses((status = 200, description = "The account", body = AccountStoryResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn show_account_to_operator(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let page = context.page()?;
    let id: AccountId = context.id()?;
    let administration = &context.marketplace().administration;
    let found = administration.account(&by, id, page).await?;
    let story = found.ok_or(Problem::NotFound)?;
    Ok(ok(&AccountStoryResponse::from(story)))
}

/// Get a listing with its history
///
/// What it is now, with its units, and what was done with it. For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/listings/{id}",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::ListingId, Path, description = "Which listing"), StoryPageParams),
    responses((status = 200, description = "The listing", body = ListingStoryResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn show_listing_to_operator(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let page = context.page()?;
    let id: ListingId = context.id()?;
    let administration = &context.marketplace().administration;
    let found = administration.listing(&by, id, page).await?;
    let story = found.ok_or(Problem::NotFound)?;
    Ok(ok(&ListingStoryResponse::from(story)))
}

/// Refund an order for its seller
///
/// As its seller could: the order must be fulfilled, its token is revoked, and its price comes off the buyer's tab or goes back
/// through the payment provider. A refunded order stays as it is. For operators.
#[utoipa::path(
    post,
    path = "/v1/admin/orders/{id}/refund",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    request_body = RefundByOperatorBody,
    responses((status = 200, description = "The order, refunded", body = OrderStoryResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required", "invalid_state", "dispute_open"]))),
)]
pub(crate) async fn refund_order_by_operator(mut context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let id: OrderId = context.id()?;
    let RefundByOperatorBody {
        reason,
        return_units,
    } = context.body()?;
    let marketplace = context.marketplace();
    let orders = &marketplace.orders;
    orders
        .refund_by_operator(by, id, return_units, reason)
        .await?;
    let administration = &marketplace.administration;
    let page = PageRequest::default();
    let found = administration.order(&by, id, page).await?;
    let story = found.ok_or(Problem::NotFound)?;
    let now = marketplace.clock.now();
    Ok(ok(&OrderStoryResponse::new(story, now)))
}
