use super::administration::operator;
use super::{Answer, ok};
use crate::audit_ndjson;
use crate::request_context::RequestContext;
use crate::wire::{
    AuditEntryResponse, AuditPageParams, AuditRecordResponse, AuditSearchParams, AuditSearchQuery,
    PageResponse,
};

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

/// Search the audit trail
///
/// Who did what and when, the newest first. With `format=ndjson` or `Accept: application/x-ndjson`, all records that match come as
/// one JSON object a line. For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/audit",
    tag = "Administration",
    security(("session" = [])),
    params(AuditSearchParams),
    responses((
        status = 200, description = "A page of records, or all of them as NDJSON",
        content((PageResponse<AuditEntryResponse> = "application/json"), (String = "application/x-ndjson")),
    )),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn search_audit_trail(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let AuditSearchQuery {
        query,
        page,
        as_lines,
    } = context.query()?;
    let administration = &context.marketplace().administration;
    if as_lines || context.accepts_ndjson() {
        let trail = administration.audit_trail(&by);
        return Ok(audit_ndjson::response(trail, query).await?);
    }
    let page = administration.audit(&by, query, page).await?;
    Ok(ok(&PageResponse::new(page, (), AuditEntryResponse::from)))
}
