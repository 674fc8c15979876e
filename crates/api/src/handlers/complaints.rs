use udam_domain::id::OrderId;

use super::{Answer, created, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{ComplaintResponse, SendComplaintBody, schemas};

/// Complain about an order
///
/// Sends the operator of the marketplace a note about an order of yours that was fulfilled, also if it has been
/// refunded since. One note about an order is open at a time, and ten a day are taken. The seller does not see it.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/complaint",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    request_body = SendComplaintBody,
    responses((status = 201, description = "The complaint", body = ComplaintResponse)),
    extensions(("x-problems" = json!(["invalid_state", "complaint_open"]))),
)]
pub(crate) async fn send_complaint(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: OrderId = context.id()?;
    let body: SendComplaintBody = context.body()?;
    let complaints = &context.marketplace().complaints;
    let buyer = context.actor(&signed_in);
    let complaint = complaints.send(buyer, id, body.reason).await?;
    Ok(created(&ComplaintResponse::from(complaint)))
}

/// Get your complaint about an order
///
/// The latest one, with whether the operator has resolved it.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/complaint",
    tag = "Orders",
    security(("session" = [])),
    params(("id" = schemas::OrderId, Path, description = "Which order")),
    responses((status = 200, description = "The complaint", body = ComplaintResponse)),
)]
pub(crate) async fn find_complaint(context: RequestContext) -> Answer {
    let buyer = context.signed_in().await?.account.id;
    let id: OrderId = context.id()?;
    let complaints = &context.marketplace().complaints;
    let complaint = complaints.latest(id, buyer).await?;
    let complaint = complaint.ok_or(Problem::NotFound)?;
    Ok(ok(&ComplaintResponse::from(complaint)))
}
