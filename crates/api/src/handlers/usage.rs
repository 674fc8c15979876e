use udam_domain::gateway::UsageQuery;
use udam_domain::id::TokenId;

use super::{Answer, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    SellerUsageParams, SellerUsageQuery, TokenUsageParams, TokenUsageQuery, UsageResponse, schemas,
};

/// Get the usage of a token
///
/// Sums of its calls through the gateway, by hour or by day (UTC). Periods without calls are left out.
#[utoipa::path(
    get,
    path = "/v1/tokens/{id}/usage",
    tag = "Calls",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token"), TokenUsageParams),
    responses((status = 200, description = "The sums", body = UsageResponse)),
)]
pub(crate) async fn show_token_usage(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let TokenUsageQuery(by) = context.query()?;
    let id: TokenId = context.id()?;
    let gateway = context.gateway()?;
    let tokens = &context.marketplace().readers.tokens;
    let token = tokens.find(id, buyer).await?;
    token.ok_or(Problem::NotFound)?;
    let now = context.marketplace().clock.now();
    let query = UsageQuery::Token { id, buyer };
    let usage = gateway.reader.usage(query, by, now).await?;
    Ok(ok(&UsageResponse::new(by, usage)))
}

/// Get the usage of your listings
///
/// Sums of the calls of your services through the gateway, by hour or by day (UTC). Periods without calls are left out.
#[utoipa::path(
    get,
    path = "/v1/me/usage",
    tag = "Calls",
    security(("session" = [])),
    params(SellerUsageParams),
    responses((status = 200, description = "The sums", body = UsageResponse)),
    extensions(("x-problems" = json!(["not_found"]))),
)]
pub(crate) async fn show_usage(context: RequestContext) -> Answer {
    let id = context.signed_in().await?.account.id;
    let SellerUsageQuery { listing, by } = context.query()?;
    let calls = &context.gateway()?.reader;
    let now = context.marketplace().clock.now();
    let query = UsageQuery::Seller { id, listing };
    let usage = calls.usage(query, by, now).await?;
    Ok(ok(&UsageResponse::new(by, usage)))
}
