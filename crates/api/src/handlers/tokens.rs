use udam_domain::id::TokenId;

use super::{Answer, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{AccessResponse, PageResponse, TokenPageParams, TokenResponse, schemas};

/// List your tokens
///
/// In any status, the newest first.
#[utoipa::path(
    get,
    path = "/v1/tokens",
    tag = "Tokens",
    security(("session" = [])),
    params(TokenPageParams),
    responses((status = 200, description = "A page of your tokens", body = PageResponse<TokenResponse>)),
)]
pub(crate) async fn list_tokens(context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let page = context.page()?;
    let tokens = &context.marketplace().readers.tokens;
    let page = tokens.of_buyer(signed_in.account.id, page).await?;
    let now = context.marketplace().clock.now();
    Ok(ok(&PageResponse::new(page, (), |token| {
        TokenResponse::new(token, now)
    })))
}

/// Get a token
///
/// Its buyer can see it, in any status.
#[utoipa::path(
    get,
    path = "/v1/tokens/{id}",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    responses((status = 200, description = "The token", body = TokenResponse)),
)]
pub(crate) async fn find_token(context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: TokenId = context.id()?;
    let tokens = &context.marketplace().readers.tokens;
    let token = tokens
        .find(id, signed_in.account.id)
        .await?
        .ok_or(Problem::NotFound)?;
    Ok(ok(&TokenResponse::new(
        token,
        context.marketplace().clock.now(),
    )))
}

/// Reveal the key of a token
///
/// Returns a key and where to use it, as long as the token grants access: the seller's key or, if the token is used
/// through the gateway, the token's own first access key, which is made the first time. Each reveal is audited.
#[utoipa::path(
    post,
    path = "/v1/tokens/{id}/reveal",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    responses((status = 200, description = "The key, and where to use it", body = AccessResponse)),
    extensions(("x-problems" = json!([
        "invalid_state", "step_up_required", "suspended", "token_revoked", "token_expired",
    ]))),
)]
pub(crate) async fn reveal_key(mut context: RequestContext) -> Answer {
    let signed_in = context.stepped_up().await?;
    let id: TokenId = context.id()?;
    context.no_body()?;
    let tokens = &context.marketplace().tokens;
    let access = tokens.reveal(context.actor(&signed_in), id).await?;
    Ok(ok(&AccessResponse::new(access, |id| {
        context.gateway_address(id)
    })))
}

/// Revoke a token
///
/// Its buyer and its seller can revoke it. It grants no access from the moment of the response on.
///
/// If its seller revokes it before its key was ever revealed, the order is refunded: its price is taken off the
/// buyer's tab or, if it has been paid, refunded through the payment provider, after the end of a dispute if there
/// is one. Otherwise the order stays as it is, and its seller may refund it.
#[utoipa::path(
    post,
    path = "/v1/tokens/{id}/revoke",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    responses((status = 200, description = "The token, revoked", body = TokenResponse)),
)]
pub(crate) async fn revoke_token(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: TokenId = context.id()?;
    context.no_body()?;
    let tokens = &context.marketplace().tokens;
    let token = tokens.revoke(context.actor(&signed_in), id).await?;
    Ok(ok(&TokenResponse::new(
        token,
        context.marketplace().clock.now(),
    )))
}
