use actix_web::HttpResponse;
use udam_domain::id::{AccessKeyId, TokenId};
use udam_domain::marketplace::FurtherKey;
use udam_domain::page::Page;

use super::{Answer, created, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    AccessKeyResponse, IssueAccessKeyBody, IssuedAccessKeyResponse, PageResponse, schemas,
};

/// List the access keys of a token
///
/// Those that are not deleted, the oldest first: 50 at most, on one page. A token that is not used through the gateway has
/// none.
#[utoipa::path(
    get,
    path = "/v1/tokens/{id}/keys",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    responses((status = 200, description = "The access keys", body = PageResponse<AccessKeyResponse>)),
)]
pub(crate) async fn list_access_keys(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let id: TokenId = context.id()?;
    let gateway = context.gateway()?;
    let tokens = &context.marketplace().readers.tokens;
    let token = tokens.find(id, buyer).await?;
    token.ok_or(Problem::NotFound)?;
    let keys = Page {
        items: gateway.key_store.of_token(id, buyer).await?,
        next: None::<TokenId>,
    };
    Ok(ok(&PageResponse::new(keys, (), AccessKeyResponse::from)))
}

/// Issue an access key of a token
///
/// A further key beside the one that revealing the token shows, with a limit of its own if you want. The key itself is in
/// this response alone.
#[utoipa::path(
    post,
    path = "/v1/tokens/{id}/keys",
    tag = "Tokens",
    security(("session" = [])),
    params(("id" = schemas::TokenId, Path, description = "Which token")),
    request_body(content = Option<IssueAccessKeyBody>, example = json!({"name": "Nightly job", "max_units": 1})),
    responses((status = 201, description = "The access key", body = IssuedAccessKeyResponse)),
    extensions(("x-problems" = json!([
        "invalid_state", "step_up_required", "too_many_access_keys", "token_revoked", "token_expired",
    ]))),
)]
pub(crate) async fn issue_access_key(mut context: RequestContext) -> Answer {
    let signed_in = context.stepped_up().await?;
    let id: TokenId = context.id()?;
    let further: Option<FurtherKey> = context.optional_body()?;
    let gateway = context.gateway()?;
    let buyer = context.actor(&signed_in);
    let tokens = &context.marketplace().readers.tokens;
    let token = tokens.find(id, buyer.account_id).await?;
    let token = token.ok_or(Problem::NotFound)?;
    let further = further.unwrap_or_default();
    let (key, secret) = gateway.keys.issue(buyer, id, further).await?;
    let address = context.gateway_address(token.listing_id);
    Ok(created(&IssuedAccessKeyResponse::new(key, secret, address)))
}

/// Delete an access key of a token
///
/// No call begins with it from the moment of the response on.
#[utoipa::path(
    delete,
    path = "/v1/tokens/{id}/keys/{key_id}",
    tag = "Tokens",
    security(("session" = [])),
    params(
        ("id" = schemas::TokenId, Path, description = "Which token"),
        ("key_id" = schemas::AccessKeyId, Path, description = "Which access key"),
    ),
    responses((status = 204, description = "It is deleted")),
)]
pub(crate) async fn delete_access_key(context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let token: TokenId = context.id()?;
    let key: AccessKeyId = context.id_named("key_id")?;
    let buyer = context.actor(&signed_in);
    let keys = &context.gateway()?.keys;
    if keys.delete(buyer, token, key).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::NotFound.into())
    }
}
