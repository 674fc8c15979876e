//! Everything that the sandbox knows, for a test to hold its own books against.

use actix_web::HttpResponse;
use serde::Serialize;

use super::State;
use super::webhooks::OutcomeResponse;
use crate::account::{Dispute, Metadata, Payment, Reason, Refund, Session};
use crate::shared::World;
use crate::webhooks::Record;

#[derive(Debug, Serialize)]
struct StateResponse {
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
    amount_total: i64,
    currency: &'static str,
    client_reference_id: Option<String>,
    metadata: Metadata,
    payment_intent: Option<String>,
    created: i64,
    expires_at: i64,
}

/// Amounts are in the currency's smallest unit.
#[derive(Debug, Serialize)]
struct PaymentResponse {
    id: String,
    session: String,
    status: &'static str,
    currency: &'static str,
    amount: i64,
    amount_received: i64,
    amount_refunded: i64,
    amount_disputed: i64,
    amount_charged_back: i64,
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
    metadata: Metadata,
    created: i64,
}

#[derive(Debug, Serialize)]
struct DisputeResponse {
    id: String,
    payment_intent: String,
    charge: String,
    amount: i64,
    currency: &'static str,
    status: &'static str,
    created: i64,
}

#[derive(Debug, Serialize)]
struct DeliveryResponse {
    event: String,
    #[serde(rename = "type")]
    kind: &'static str,
    state: &'static str,
    attempts: Vec<AttemptResponse>,
}

#[derive(Debug, Serialize)]
struct AttemptResponse {
    at_ms: u64,
    #[serde(flatten)]
    outcome: OutcomeResponse,
}

/// `GET /_sandbox/state`
pub(super) async fn show(shared: State) -> HttpResponse {
    let state = shared.visit(|world, now| {
        let account = &world.account;
        StateResponse {
            now,
            sessions: account.sessions.iter().map(session).collect(),
            payment_intents: account
                .payments
                .iter()
                .map(|item| payment(world, item))
                .collect(),
            refunds: account.refunds.iter().map(refund).collect(),
            disputes: account.disputes.iter().map(dispute).collect(),
            deliveries: world.mailroom.records().iter().map(delivery).collect(),
        }
    });
    HttpResponse::Ok().json(state)
}

fn session(session: &Session) -> SessionResponse {
    SessionResponse {
        id: session.id.clone(),
        status: session.status.name(),
        payment_status: if session.paid { "paid" } else { "unpaid" },
        amount_total: session.total,
        currency: session.currency.code(),
        client_reference_id: session.terms.client_reference_id.clone(),
        metadata: session.terms.metadata.clone(),
        payment_intent: session.payment_intent.clone(),
        created: session.created,
        expires_at: session.expires_at,
    }
}

fn payment(world: &World, payment: &Payment) -> PaymentResponse {
    let balance = world.account.balance(payment);
    PaymentResponse {
        id: payment.id.clone(),
        session: payment.session.clone(),
        status: payment.status.name(),
        currency: payment.currency.code(),
        amount: payment.amount,
        amount_received: balance.received,
        amount_refunded: balance.refunded,
        amount_disputed: balance.disputed,
        amount_charged_back: balance.charged_back,
        net: balance.net(),
        charge: payment.latest_charge.clone(),
        metadata: payment.metadata.clone(),
    }
}

fn refund(refund: &Refund) -> RefundResponse {
    RefundResponse {
        id: refund.id.clone(),
        payment_intent: refund.payment_intent.clone(),
        charge: refund.charge.clone(),
        amount: refund.amount,
        currency: refund.currency.code(),
        reason: refund.reason.map(Reason::name),
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
        currency: dispute.currency.code(),
        status: dispute.status.name(),
        created: dispute.created,
    }
}

fn delivery(record: &Record) -> DeliveryResponse {
    let attempts = record.attempts.iter().map(|attempt| AttemptResponse {
        at_ms: attempt.at,
        outcome: attempt.outcome.clone().into(),
    });
    DeliveryResponse {
        event: record.event.clone(),
        kind: record.kind,
        state: record.state().name(),
        attempts: attempts.collect(),
    }
}
