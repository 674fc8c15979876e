use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::error::{ControlError, ControlResult, parse};
use crate::account::{Account, ParamLocation, PayWhen, RequestError};
use crate::context::ContextData;
use crate::model::{Cause, DisputeOutcome, Metadata, NewRefund, RefundTarget};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PayBody {
    late: bool,
}

impl PayBody {
    const fn when(&self) -> PayWhen {
        if self.late {
            PayWhen::OpenOrExpired
        } else {
            PayWhen::Open
        }
    }
}

/// `POST /_sandbox/sessions/{session}/pay`
pub(super) async fn pay(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    complete(path.into_inner(), &body, &context, Account::pay)
}

/// `POST /_sandbox/sessions/{session}/pay_async`
pub(super) async fn pay_async(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    complete(path.into_inner(), &body, &context, Account::pay_async)
}

fn complete(
    session: String,
    body: &[u8],
    context: &ContextData,
    pay: impl FnOnce(&mut Account, &str, PayWhen, &Cause) -> Result<(), RequestError>,
) -> ControlResult {
    let when = parse::<PayBody>(body)?.when();
    apply(context, |account, cause| {
        pay(account, &session, when, cause)?;
        Ok(session)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleBody {
    succeed: bool,
}

/// `POST /_sandbox/sessions/{session}/settle_async`
pub(super) async fn settle_async(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let SettleBody { succeed } = parse(&body)?;
    apply(&context, |account, cause| {
        account.settle_async(&path, succeed, cause)?;
        Ok(path.into_inner())
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DisputeBody {
    reason: String,
}

impl Default for DisputeBody {
    fn default() -> Self {
        Self {
            reason: "fraudulent".to_owned(),
        }
    }
}

/// `POST /_sandbox/payments/{payment}/dispute`
pub(super) async fn dispute(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let DisputeBody { reason } = parse(&body)?;
    apply(&context, |account, cause| {
        let target = payment_of(account, &path)?;
        account.open_dispute(&target, reason, cause)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseBody {
    status: OutcomeBody,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeBody {
    Won,
    Lost,
}

/// `POST /_sandbox/disputes/{dispute}/close`
pub(super) async fn close(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let outcome = match parse::<CloseBody>(&body)?.status {
        OutcomeBody::Won => DisputeOutcome::Won,
        OutcomeBody::Lost => DisputeOutcome::Lost,
    };
    apply(&context, |account, cause| {
        account.close_dispute(&path, outcome, cause)?;
        Ok(path.into_inner())
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundBody {
    payment: String,
    amount: Option<i64>,
    reason: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

/// `POST /_sandbox/refunds`
pub(super) async fn refund(body: web::Bytes, context: ContextData) -> ControlResult {
    let body: RefundBody = parse(&body)?;
    if body.amount.is_some_and(|amount| amount < 1) {
        return Err(ControlError::invalid("amount must be at least 1"));
    }
    let reason = body.reason.map(|name| name.parse());
    let reason = reason.transpose().map_err(|_unknown| {
        ControlError::invalid("reason must be duplicate, fraudulent or requested_by_customer")
    })?;
    apply(&context, |account, cause| {
        let refund = NewRefund {
            target: payment_of(account, &body.payment)?,
            amount: body.amount,
            reason,
            metadata: body.metadata,
        };
        account.refund(refund, cause)
    })
}

/// Finds the payment of a session, or takes the id of a payment intent or a charge as it is.
fn payment_of(account: &Account, id: &str) -> Result<RefundTarget, RequestError> {
    if id.starts_with("ch_") {
        return Ok(RefundTarget::Charge(id.to_owned()));
    }
    if !id.starts_with("cs_") {
        return Ok(RefundTarget::Payment(id.to_owned()));
    }
    let session = account.sessions.get(id, ParamLocation::Path("payment"))?;
    let payment = session.payment_intent.clone();
    payment
        .map(RefundTarget::Payment)
        .ok_or_else(|| RequestError::NothingToRefund {
            payment_intent: "none yet".to_owned(),
        })
}

/// Applies a change, which returns the id of an object, and responds with that object.
fn apply(
    context: &ContextData,
    change: impl FnOnce(&mut Account, &Cause) -> Result<String, RequestError>,
) -> ControlResult {
    let object = context.update(|state, now| {
        let id = change(&mut state.account, &Cause::at(now))?;
        Ok::<_, RequestError>(state.account.render(&id).unwrap_or_default())
    })?;
    Ok(HttpResponse::Ok().json(object))
}
