use actix_web::web;
use serde::Deserialize;

use super::change::{apply, payment_of};
use super::error::{ControlError, ControlResult, parse};
use super::refunds::check_amount;
use crate::context::ContextData;
use crate::model::{DisputeStatus, NewDispute};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DisputeBody {
    amount: Option<i64>,
    reason: String,
    status: String,
}

impl Default for DisputeBody {
    fn default() -> Self {
        Self {
            amount: None,
            reason: "fraudulent".to_owned(),
            status: "needs_response".to_owned(),
        }
    }
}

/// `POST /_sandbox/payments/{payment}/dispute`
pub(super) async fn open(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let body: DisputeBody = parse(&body)?;
    check_amount(body.amount)?;
    let status = status(&body.status)?;
    apply(&context, |account, cause| {
        let dispute = NewDispute {
            target: payment_of(account, &path)?,
            amount: body.amount,
            reason: body.reason,
            status,
        };
        account.open_dispute(dispute, cause)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UpdateBody {
    status: String,
}

/// `POST /_sandbox/disputes/{dispute}/update`
pub(super) async fn update(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let status = status(&parse::<UpdateBody>(&body)?.status)?;
    apply(&context, |account, cause| {
        account.update_dispute(&path, status, cause)?;
        Ok(path.into_inner())
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseBody {
    status: String,
    #[serde(default)]
    again: bool,
}

/// `POST /_sandbox/disputes/{dispute}/close`
pub(super) async fn close(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let CloseBody {
        status: text,
        again,
    } = parse(&body)?;
    let status = status(&text)?;
    apply(&context, |account, cause| {
        account.close_dispute(&path, status, again, cause)?;
        Ok(path.into_inner())
    })
}

/// Reads any text but an empty one: Stripe may add a status.
fn status(text: &str) -> Result<DisputeStatus, ControlError> {
    let status = text.parse().ok().filter(|_| !text.is_empty());
    status.ok_or_else(|| ControlError::invalid("status must be the status of a dispute"))
}
