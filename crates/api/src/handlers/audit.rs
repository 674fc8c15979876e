use super::{Answer, ok};
use crate::request_context::RequestContext;
use crate::wire::{AuditPageParams, AuditRecordResponse, PageResponse};

/// List what was done with your account
///
/// What you have done and what was done about your account, the newest first: logins and failed ones, changes of
/// passwords, listings and keys, revealed keys, refunds. Orders are not among them.
#[utoipa::path(
    get,
    path = "/v1/me/audit",
    tag = "Accounts",
    security(("session" = [])),
    params(AuditPageParams),
    responses((status = 200, description = "A page of what was done", body = PageResponse<AuditRecordResponse>)),
)]
pub(crate) async fn list_own_actions(context: RequestContext) -> Answer {
    let account = context.signed_in().await?.account.id;
    let page = context.page()?;
    let audit = &context.marketplace().readers.audit;
    let page = audit.of_account(account, page).await?;
    Ok(ok(&PageResponse::new(page, (), |record| {
        AuditRecordResponse::new(record, account)
    })))
}
