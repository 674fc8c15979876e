use actix_web::HttpResponse;
use udam_domain::id::AccountKeyId;
use udam_domain::marketplace::MakeKey;
use udam_domain::page::Page;

use super::{Answer, created, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    AccountKeyResponse, MadeAccountKeyResponse, MakeAccountKeyBody, PageResponse, schemas,
};

/// List your API keys
///
/// Those by which programs act for your account, the newest first. The keys themselves are not shown again.
#[utoipa::path(
    get,
    path = "/v1/me/api-keys",
    tag = "API keys",
    security(("session" = [])),
    responses((status = 200, description = "All of them on one page", body = PageResponse<AccountKeyResponse>)),
)]
pub(crate) async fn list_api_keys(context: RequestContext) -> Answer {
    let account = context.session().await?.account.id;
    let keys = Page {
        items: context
            .marketplace()
            .account_keys
            .of_account(account)
            .await?,
        next: None::<i64>,
    };
    Ok(ok(&PageResponse::new(keys, (), AccountKeyResponse::from)))
}

/// Make an API key
///
/// A key by which a program acts for your account, within its scopes: as `Authorization: Bearer udp_…`, in place of a session.
/// Calls about the account itself, and those of operators, take no key. The key is in this response alone.
#[utoipa::path(
    post,
    path = "/v1/me/api-keys",
    tag = "API keys",
    security(("session" = [])),
    request_body(content = MakeAccountKeyBody, example = json!({"name": "Nightly job", "scopes": ["read", "buy"]})),
    responses((status = 201, description = "The key", body = MadeAccountKeyResponse)),
    extensions(("x-problems" = json!(["step_up_required", "too_many_api_keys"]))),
)]
pub(crate) async fn make_api_key(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let request: MakeKey = context.body()?;
    let keys = &context.marketplace().account_keys;
    let made = keys.make(context.actor(&signed_in), &signed_in, request);
    let (key, api_key) = made.await?;
    let key = key.into();
    Ok(created(&MadeAccountKeyResponse { key, api_key }))
}

/// Revoke an API key
///
/// It is refused from the moment of the response on.
#[utoipa::path(
    delete,
    path = "/v1/me/api-keys/{id}",
    tag = "API keys",
    security(("session" = [])),
    params(("id" = schemas::AccountKeyId, Path, description = "Which key")),
    responses((status = 204, description = "It is revoked")),
)]
pub(crate) async fn revoke_api_key(context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let key: AccountKeyId = context.id()?;
    let keys = &context.marketplace().account_keys;
    if keys.revoke(context.actor(&signed_in), key).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::NotFound.into())
    }
}
