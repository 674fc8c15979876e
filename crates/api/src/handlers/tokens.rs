use udam_domain::id::TokenId;

use super::{Answer, ok};
use crate::call::Call;
use crate::problem::Problem;
use crate::wire::{AccessResponse, PageResponse, TokenPageParams, TokenResponse, schemas};

/// List your tokens
///
/// Whatever their status, the newest first.
#[utoipa::path(
    get,
    path = "/v1/tokens",
    tag = "Tokens",
    security(("session" = [])),
    params(TokenPageParams),
    responses((status = 200, description = "A page of your tokens", body = PageResponse<TokenResponse>)),
)]
pub(crate) async fn list_tokens(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let page = call.page()?;
    let tokens = &call.marketplace().tokens;
    let page = tokens.of_buyer(signed_in.account.id, page).await?;
    let now = call.marketplace().clock.now();
    Ok(ok(&PageResponse::new(page, (), |token| {
        TokenResponse::new(token, now)
    })))
}

/// Look at a token of yours
#[utoipa::path(
    get,
    path = "/v1/tokens/{id}",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    responses((status = 200, description = "The token", body = TokenResponse)),
)]
pub(crate) async fn find_token(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: TokenId = call.id()?;
    let tokens = &call.marketplace().tokens;
    let token = tokens
        .find(id, signed_in.account.id)
        .await?
        .ok_or(Problem::NotFound)?;
    Ok(ok(&TokenResponse::new(
        token,
        call.marketplace().clock.now(),
    )))
}

/// Reveal the key that a token of yours opens
#[utoipa::path(
    post,
    path = "/v1/tokens/{id}/reveal",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    responses((status = 200, description = "The key, and where to use it", body = AccessResponse)),
    extensions(("x-problems" = json!(["invalid_state", "token_revoked", "token_expired"]))),
)]
pub(crate) async fn reveal_key(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: TokenId = call.id()?;
    call.no_body()?;
    let tokens = &call.marketplace().tokens;
    let access = tokens.reveal(&signed_in, &call.origin(), id).await?;
    Ok(ok(&AccessResponse::from(access)))
}

/// Revoke a token
///
/// One that you hold or have sold. It opens nothing from the moment this has answered.
#[utoipa::path(
    post,
    path = "/v1/tokens/{id}/revoke",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    responses((status = 200, description = "The token, revoked", body = TokenResponse)),
)]
pub(crate) async fn revoke_token(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: TokenId = call.id()?;
    call.no_body()?;
    let tokens = &call.marketplace().tokens;
    let token = tokens.revoke(&signed_in, &call.origin(), id).await?;
    Ok(ok(&TokenResponse::new(
        token,
        call.marketplace().clock.now(),
    )))
}
