use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{Answer, ControlError, State, read};
use crate::account::{
    Account, Metadata, NewRefund, Occasion, Place, Reason, RefundOf, Refusal, Timing, Verdict,
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PayBody {
    late: bool,
}

impl PayBody {
    const fn timing(&self) -> Timing {
        if self.late {
            Timing::EvenLate
        } else {
            Timing::WhileOpen
        }
    }
}

/// `POST /_sandbox/sessions/{session}/pay`
pub(super) async fn pay(path: web::Path<String>, body: web::Bytes, shared: State) -> Answer {
    let timing = read::<PayBody>(&body)?.timing();
    act(&shared, |account, occasion| {
        account.pay(&path, timing, occasion)?;
        Ok(path.into_inner())
    })
}

/// `POST /_sandbox/sessions/{session}/pay_async`
pub(super) async fn pay_async(path: web::Path<String>, body: web::Bytes, shared: State) -> Answer {
    let timing = read::<PayBody>(&body)?.timing();
    act(&shared, |account, occasion| {
        account.pay_async(&path, timing, occasion)?;
        Ok(path.into_inner())
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
    shared: State,
) -> Answer {
    let SettleBody { succeed } = read(&body)?;
    act(&shared, |account, occasion| {
        account.settle_async(&path, succeed, occasion)?;
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
pub(super) async fn dispute(path: web::Path<String>, body: web::Bytes, shared: State) -> Answer {
    let DisputeBody { reason } = read(&body)?;
    act(&shared, |account, occasion| {
        let of = paid_by(account, &path)?;
        account.open_dispute(&of, reason, occasion)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseBody {
    status: VerdictBody,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum VerdictBody {
    Won,
    Lost,
}

/// `POST /_sandbox/disputes/{dispute}/close`
pub(super) async fn close(path: web::Path<String>, body: web::Bytes, shared: State) -> Answer {
    let verdict = match read::<CloseBody>(&body)?.status {
        VerdictBody::Won => Verdict::Won,
        VerdictBody::Lost => Verdict::Lost,
    };
    act(&shared, |account, occasion| {
        account.close_dispute(&path, verdict, occasion)?;
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
pub(super) async fn refund(body: web::Bytes, shared: State) -> Answer {
    let wanted: RefundBody = read(&body)?;
    let unusable = |why: &str| ControlError::Unusable(why.to_owned());
    if wanted.amount.is_some_and(|amount| amount < 1) {
        return Err(unusable("amount must be at least 1"));
    }
    let reason = match wanted.reason {
        None => None,
        Some(name) => Some(Reason::parse(&name).ok_or_else(|| unusable("no such reason"))?),
    };
    act(&shared, |account, occasion| {
        let refund = NewRefund {
            of: paid_by(account, &wanted.payment)?,
            amount: wanted.amount,
            reason,
            metadata: wanted.metadata,
        };
        account.refund(refund, occasion)
    })
}

/// What a session, a payment intent or a charge was paid by.
fn paid_by(account: &Account, id: &str) -> Result<RefundOf, Refusal> {
    if id.starts_with("ch_") {
        return Ok(RefundOf::Charge(id.to_owned()));
    }
    if !id.starts_with("cs_") {
        return Ok(RefundOf::Payment(id.to_owned()));
    }
    let session = account.sessions.named(id, Place::Path("payment"))?;
    let payment = session.payment_intent.clone();
    payment
        .map(RefundOf::Payment)
        .ok_or_else(|| Refusal::NothingToRefund {
            payment_intent: "none yet".to_owned(),
        })
}

/// Acts, and shows the object of the id that comes of it.
fn act(
    shared: &State,
    act: impl FnOnce(&mut Account, &Occasion) -> Result<String, Refusal>,
) -> Answer {
    let object = shared.visit(|world, now| {
        let id = act(&mut world.account, &Occasion::at(now))?;
        Ok::<_, Refusal>(world.account.show(&id).unwrap_or_default())
    })?;
    Ok(HttpResponse::Ok().json(object))
}
