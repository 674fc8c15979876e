//! Complaining about an order.

use actix_web::http::StatusCode;
use udam_domain::SendComplaintError;
use udam_domain::complaint::ComplaintReason;
use udam_domain::id::OrderId;

use super::orders;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Sends the operator a complaint about an order.
pub(crate) async fn send(mut request: Request) -> PageResult {
    let id: OrderId = request.path_id()?;
    let buyer = request.actor()?;
    let mut form = std::mem::take(&mut request.form);
    let Some(reason) = form.read::<ComplaintReason>("reason") else {
        let mut page = orders::page(&request, id).await?;
        page.complaining.show_again(form);
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let complaints = &request.marketplace().complaints;
    match complaints.send(buyer, id, reason).await {
        Ok(_) => Ok(see_other(&orders::path(id, Some("complained")))),
        Err(SendComplaintError::AlreadyOpen) => {
            let reason = "You have complained about this order before, and the operator has yet to resolve it.";
            orders::refused(&request, id, StatusCode::CONFLICT, reason).await
        }
        Err(error) => Err(error.into()),
    }
}
