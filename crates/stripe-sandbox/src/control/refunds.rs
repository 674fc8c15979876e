use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::change::{apply, payment_of};
use super::error::{ControlError, ControlResult, parse};
use crate::account::PlannedOutcome;
use crate::context::ContextData;
use crate::model::{Metadata, NewRefund, RefundOutcome, RefundStatus};
use crate::uses::Uses;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundBody {
    payment: String,
    amount: Option<i64>,
    reason: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default = "succeeded")]
    status: String,
    failure_reason: Option<String>,
}

fn succeeded() -> String {
    "succeeded".to_owned()
}

/// `POST /_sandbox/refunds`
pub(super) async fn create(body: web::Bytes, context: ContextData) -> ControlResult {
    let body: RefundBody = parse(&body)?;
    check_amount(body.amount)?;
    let reason = body.reason.map(|name| name.parse());
    let reason = reason.transpose().map_err(|_unknown| {
        ControlError::invalid("reason must be duplicate, fraudulent or requested_by_customer")
    })?;
    let outcome = outcome(&body.status, body.failure_reason)?;
    apply(&context, |account, cause| {
        let refund = NewRefund {
            target: payment_of(account, &body.payment)?,
            amount: body.amount,
            reason,
            metadata: body.metadata,
            outcome: Some(outcome),
        };
        account.refund(refund, cause)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleBody {
    status: String,
    failure_reason: Option<String>,
}

/// `POST /_sandbox/refunds/{refund}/settle`
pub(super) async fn settle(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let body: SettleBody = parse(&body)?;
    let outcome = outcome(&body.status, body.failure_reason)?;
    apply(&context, |account, cause| {
        account.settle_refund(&path, outcome, cause)?;
        Ok(path.into_inner())
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeBody {
    status: String,
    failure_reason: Option<String>,
    /// Number of refunds; null = all from now on.
    #[serde(default = "once")]
    next: Option<u32>,
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
const fn once() -> Option<u32> {
    Some(1)
}

#[derive(Debug, Serialize)]
struct OutcomesResponse {
    waiting: Vec<OutcomeResponse>,
}

#[derive(Debug, Serialize)]
struct OutcomeResponse {
    status: &'static str,
    failure_reason: String,
    next: Option<u32>,
}

/// `POST /_sandbox/refund_outcomes`
pub(super) async fn plan(body: web::Bytes, context: ContextData) -> ControlResult {
    let body: OutcomeBody = parse(&body)?;
    let planned = PlannedOutcome {
        outcome: outcome(&body.status, body.failure_reason)?,
        remaining: Uses(body.next),
    };
    context.update(|state, _| state.account.refund_plan.add(planned));
    Ok(planned_outcomes(&context))
}

/// `GET /_sandbox/refund_outcomes`
pub(super) async fn show_plan(context: ContextData) -> HttpResponse {
    planned_outcomes(&context)
}

/// `DELETE /_sandbox/refund_outcomes`
pub(super) async fn clear_plan(context: ContextData) -> HttpResponse {
    context.update(|state, _| state.account.refund_plan.clear());
    planned_outcomes(&context)
}

fn planned_outcomes(context: &ContextData) -> HttpResponse {
    let waiting = context.update(|state, _| state.account.refund_plan.waiting().to_vec());
    let waiting = waiting.into_iter().map(|planned| OutcomeResponse {
        status: planned.outcome.status.into_str(),
        failure_reason: planned.outcome.failure_reason,
        next: planned.remaining.0,
    });
    HttpResponse::Ok().json(OutcomesResponse {
        waiting: waiting.collect(),
    })
}

fn outcome(status: &str, failure_reason: Option<String>) -> Result<RefundOutcome, ControlError> {
    let status: RefundStatus = status.parse().map_err(|_unknown| {
        let message = "status must be pending, requires_action, succeeded, failed or canceled";
        ControlError::invalid(message)
    })?;
    Ok(RefundOutcome {
        status,
        failure_reason: failure_reason.unwrap_or_else(|| "declined".to_owned()),
    })
}

pub(super) fn check_amount(amount: Option<i64>) -> Result<(), ControlError> {
    if amount.is_some_and(|amount| amount < 1) {
        return Err(ControlError::invalid("amount must be at least 1"));
    }
    Ok(())
}
