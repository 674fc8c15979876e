use udam_domain::AlertNumber;

use super::administration::operator;
use super::{Answer, ok};
use crate::request_context::RequestContext;
use crate::wire::{AlertResponse, AlertsParams, AlertsQuery, PageResponse, ReasonBody};

/// List alerts
///
/// What an operator must look into: those that are not resolved, or all of them, the highest numbers first. For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/alerts",
    tag = "Administration",
    security(("session" = [])),
    params(AlertsParams),
    responses((status = 200, description = "A page of alerts", body = PageResponse<AlertResponse>)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn list_alerts(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let AlertsQuery { which, page } = context.query()?;
    let administration = &context.marketplace().administration;
    let page = administration.alerts(&by, which, page).await?;
    Ok(ok(&PageResponse::new(page, (), AlertResponse::from)))
}

/// Resolve an alert
///
/// The reason says what was done about it. The buyer of a complaint sees that it is resolved. An alert that is resolved stays so;
/// raised again, it is open again. For operators.
#[utoipa::path(
    post,
    path = "/v1/admin/alerts/{number}/resolve",
    tag = "Administration",
    security(("session" = [])),
    params(("number" = String, Path, description = "Which alert", example = "7")),
    request_body = ReasonBody,
    responses((status = 200, description = "It is resolved", body = AlertResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn resolve_alert(mut context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let number = AlertNumber(context.id_named("number")?);
    let note = context.body::<ReasonBody>()?.reason;
    let administration = &context.marketplace().administration;
    let resolved = administration.resolve_alert(by, number, note).await?;
    Ok(ok(&AlertResponse::from(resolved)))
}
