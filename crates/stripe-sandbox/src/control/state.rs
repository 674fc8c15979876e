use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::change::payment_of;
use super::error::ControlResult;
use super::webhooks::OutcomeResponse;
use crate::account::{Account, ParamLocation, RequestError};
use crate::context::ContextData;
use crate::model::{Dispute, Metadata, Payment, Refund, RefundTarget, Session};
use crate::outbox::DeliveryRecord;

/// All state, for a test to verify its own against.
#[derive(Debug, Serialize)]
struct StateResponse {
    /// Seconds since 1970, as all times but those of the attempts.
    now: i64,
    sessions: Vec<SessionResponse>,
    payment_intents: Vec<PaymentResponse>,
    refunds: Vec<RefundResponse>,
    disputes: Vec<DisputeResponse>,
    deliveries: Vec<DeliveryResponse>,
}

#[derive(Debug, Serialize)]
struct SessionResponse {
    id: String,
    status: &'static str,
    payment_status: &'static str,
    mode: String,
    livemode: bool,
    amount_total: i64,
    currency: &'static str,
    client_reference_id: Option<String>,
    metadata: Metadata,
    payment_intent: Option<String>,
    created: i64,
    expires_at: i64,
}

/// The statement of a payment. Amounts are in minor units.
#[derive(Debug, Serialize)]
struct PaymentResponse {
    id: String,
    session: String,
    status: &'static str,
    currency: &'static str,
    amount: i64,
    amount_received: i64,
    /// Refunds that have succeeded or are in progress.
    amount_refunded: i64,
    /// Part of `amount_refunded` that is in progress.
    amount_refunds_pending: i64,
    /// Withheld by open disputes.
    amount_disputed: i64,
    /// Lost to closed disputes.
    amount_charged_back: i64,
    /// What the account keeps: `amount_received` without the three above.
    net: i64,
    charge: Option<String>,
    metadata: Metadata,
}

#[derive(Debug, Serialize)]
struct RefundResponse {
    id: String,
    payment_intent: String,
    charge: String,
    amount: i64,
    currency: &'static str,
    reason: Option<&'static str>,
    status: &'static str,
    failure_reason: Option<String>,
    metadata: Metadata,
    created: i64,
}

#[derive(Debug, Serialize)]
struct DisputeResponse {
    id: String,
    payment_intent: String,
    charge: String,
    amount: i64,
    /// Part of the amount that is withdrawn from the account at present: all or nothing.
    amount_withdrawn: i64,
    currency: &'static str,
    reason: String,
    status: String,
    /// Whether the dispute has been decided.
    closed: bool,
    created: i64,
}

#[derive(Debug, Serialize)]
struct DeliveryResponse {
    event: String,
    #[serde(rename = "type")]
    event_type: String,
    state: &'static str,
    attempts: Vec<AttemptResponse>,
}

#[derive(Debug, Serialize)]
struct AttemptResponse {
    /// Milliseconds since 1970.
    at_ms: u64,
    #[serde(flatten)]
    outcome: OutcomeResponse,
}

/// `GET /_sandbox/state`
pub(super) async fn show(context: ContextData) -> HttpResponse {
    let response = context.update(|state, now| {
        let account = &state.account;
        StateResponse {
            now,
            sessions: account.sessions.iter().map(session).collect(),
            payment_intents: account
                .payments
                .iter()
                .map(|item| payment(account, item))
                .collect(),
            refunds: account.refunds.iter().map(refund).collect(),
            disputes: account.disputes.iter().map(dispute).collect(),
            deliveries: state.outbox.records().iter().map(delivery).collect(),
        }
    });
    HttpResponse::Ok().json(response)
}

/// `GET /_sandbox/payments/{payment}`
pub(super) async fn show_payment(path: web::Path<String>, context: ContextData) -> ControlResult {
    let response = context.update(|state, _| {
        let account = &state.account;
        let location = ParamLocation::Path("payment");
        let intent = match payment_of(account, &path)? {
            RefundTarget::Payment(id) => id,
            RefundTarget::Charge(id) => account.charges.get(&id, location)?.payment_intent.clone(),
        };
        let found = account.payments.get(&intent, location)?;
        Ok::<_, RequestError>(payment(account, found))
    })?;
    Ok(HttpResponse::Ok().json(response))
}

fn session(session: &Session) -> SessionResponse {
    SessionResponse {
        id: session.id.clone(),
        status: session.status.into_str(),
        payment_status: if session.paid { "paid" } else { "unpaid" },
        mode: session.mode.clone(),
        livemode: session.livemode,
        amount_total: session.total,
        currency: session.currency.code(),
        client_reference_id: session.options.client_reference_id.clone(),
        metadata: session.options.metadata.clone(),
        payment_intent: session.payment_intent.clone(),
        created: session.created,
        expires_at: session.expires_at,
    }
}

fn payment(account: &Account, payment: &Payment) -> PaymentResponse {
    let balance = account.balance(payment);
    PaymentResponse {
        id: payment.id.clone(),
        session: payment.session.clone(),
        status: payment.status.into_str(),
        currency: payment.currency.code(),
        amount: payment.amount,
        amount_received: balance.received,
        amount_refunded: balance.refunded,
        amount_refunds_pending: balance.refunds_pending,
        amount_disputed: balance.disputed,
        amount_charged_back: balance.charged_back,
        net: balance.net(),
        charge: payment.latest_charge.clone(),
        metadata: payment.metadata.clone(),
    }
}

fn refund(refund: &Refund) -> RefundResponse {
    let failure = refund.failure.as_ref();
    RefundResponse {
        id: refund.id.clone(),
        payment_intent: refund.payment_intent.clone(),
        charge: refund.charge.clone(),
        amount: refund.amount,
        currency: refund.currency.code(),
        reason: refund.reason.map(|reason| reason.into_str()),
        status: refund.status.into_str(),
        failure_reason: failure.and_then(|failure| failure.reason.clone()),
        metadata: refund.metadata.clone(),
        created: refund.created,
    }
}

fn dispute(dispute: &Dispute) -> DisputeResponse {
    DisputeResponse {
        id: dispute.id.clone(),
        payment_intent: dispute.payment_intent.clone(),
        charge: dispute.charge.clone(),
        amount: dispute.amount,
        amount_withdrawn: dispute.withdrawn(),
        currency: dispute.currency.code(),
        reason: dispute.reason.clone(),
        status: dispute.status.to_string(),
        closed: dispute.closed,
        created: dispute.created,
    }
}

fn delivery(record: &DeliveryRecord) -> DeliveryResponse {
    let attempts = record.attempts.iter().map(|attempt| AttemptResponse {
        at_ms: attempt.at,
        outcome: attempt.outcome.clone().into(),
    });
    DeliveryResponse {
        event: record.event.clone(),
        event_type: record.event_type.to_string(),
        state: record.state().into_str(),
        attempts: attempts.collect(),
    }
}
