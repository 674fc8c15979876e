use udam_domain::id::TokenId;

use super::{Answer, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    CallPageParams, CallResponse, ListingCallsParams, ListingCallsQuery, PageResponse, schemas,
};

/// List the calls of a token
///
/// Calls through the gateway that have ended, the newest first, for as long as they are kept.
#[utoipa::path(
    get,
    path = "/v1/tokens/{id}/calls",
    tag = "Calls",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token"), CallPageParams),
    responses((status = 200, description = "A page of calls", body = PageResponse<CallResponse>)),
)]
pub(crate) async fn list_calls(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let page = context.page()?;
    let id: TokenId = context.id()?;
    let gateway = context.gateway()?;
    let tokens = &context.marketplace().readers.tokens;
    let token = tokens.find(id, buyer).await?;
    token.ok_or(Problem::NotFound)?;
    let page = gateway.reader.of_token(id, buyer, page).await?;
    Ok(ok(&PageResponse::new(page, (), CallResponse::from)))
}

/// List the calls of a listing
///
/// Calls of your listing's service through the gateway that have ended, the newest first, for as long as they are kept.
#[utoipa::path(
    get,
    path = "/v1/me/calls",
    tag = "Calls",
    security(("session" = [])),
    params(ListingCallsParams),
    responses((status = 200, description = "A page of calls", body = PageResponse<CallResponse>)),
    extensions(("x-problems" = json!(["not_found"]))),
)]
pub(crate) async fn list_listing_calls(context: RequestContext) -> Answer {
    let seller = context.signed_in().await?.account.id;
    let ListingCallsQuery { listing, page } = context.query()?;
    let calls = &context.gateway()?.reader;
    let page = calls.of_listing(listing, seller, page).await?;
    Ok(ok(&PageResponse::new(page, (), CallResponse::from)))
}
