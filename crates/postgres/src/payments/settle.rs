//! Writing what a payment does.

use udam_domain::id::{ChargeId, OrderId};
use udam_domain::mail::MailKind;
use udam_domain::order::Order;
use udam_domain::payment::{
    self, CarriedOrder, ChargeSnapshot, ChargeState, OwnOrder, Payment, PaymentAlert,
    ProviderReference, RefundIds, ReversalReport, Settled, Settlement,
};
use udam_domain::policy::OrderPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{Applied, ApplyEvent, StoreError};
use uuid::Uuid;

use super::locked::{LockedCharge, lock};
use super::{charge, out_of_order, refund, reverse};
use crate::alerts::applied;
use crate::mails::{self, Facts, NewMail};
use crate::orders::{Issue, record_paid, take_off_tab, write_moves};
use crate::transaction::{Parameters, Transaction, TxResult};

/// A payment, and the session that it was made on.
#[derive(Clone, Copy)]
pub(super) struct PaidOn<'e> {
    pub(super) session: &'e ProviderReference,
    pub(super) payment: &'e Payment,
}

pub(super) async fn settle(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    event: &ApplyEvent,
    (charge_id, paid): (ChargeId, PaidOn<'_>),
    ids: &mut RefundIds,
) -> TxResult<Applied> {
    let Some(locked) = lock(tx, charge_id).await? else {
        return Ok(Applied::Ignored);
    };
    let PaidOn { session, payment } = paid;
    let settlement = payment::settle(&snapshot(&locked), session, payment, ids);
    let alert = match settlement.map_err(StoreError::from)? {
        Settlement::Repeated => return Ok(Applied::Repeated),
        Settlement::PaidAgain(refund) => {
            if refund::gives_back(tx, &payment.reference).await? {
                return Ok(Applied::Repeated);
            }
            refund::write(tx, charge_id, &[refund], event.at).await?;
            PaymentAlert::second_payment(charge_id, &payment.reference, payment.amount)
        }
        Settlement::ForeignSession => {
            PaymentAlert::foreign_session(charge_id, session, &payment.reference)
        }
        Settlement::Mismatch { expected } => {
            PaymentAlert::mismatch(charge_id, payment.amount, expected)
        }
        Settlement::Settled(settled) => {
            let issue = Issue {
                token_id: event.token_id,
                expires_at: policy.token_expires(event.at),
            };
            write(tx, event, &locked, &settled, issue).await?;
            if let Some(refund) = settled.refund(ids) {
                refund::write(tx, charge_id, &[refund], event.at).await?;
            }
            record_payment(tx, charge_id, payment, event).await?;
            record_paid(tx, locked.row.charge.buyer_id, event.at).await?;
            let receipt = NewMail {
                kind: MailKind::PaymentReceipt,
                subject: charge_id.uuid().to_string(),
                account: Some(locked.row.charge.buyer_id),
                email: None,
                facts: Facts::default(),
                at: event.at,
            };
            mails::enqueue(tx, receipt).await?;
            let alerts = apply_kept(tx, policy, (charge_id, payment), event.at, ids).await?;
            return applied(tx, alerts, event.at).await;
        }
    };
    applied(tx, vec![alert], event.at).await
}

/// Applies the events that were kept about a payment.
async fn apply_kept(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    (charge_id, payment): (ChargeId, &Payment),
    now: Timestamp,
    ids: &mut RefundIds,
) -> TxResult<Vec<PaymentAlert>> {
    let mut alerts = Vec::new();
    for kept in out_of_order::take(tx, payment).await? {
        let report = ReversalReport {
            payment: &payment.reference,
            reversal: &kept.reversal,
            happened_at: kept.at,
            now,
            inquiries: policy.inquiries(),
        };
        alerts.extend(reverse::reverse(tx, charge_id, report, ids).await?);
    }
    Ok(alerts)
}

fn snapshot(locked: &LockedCharge) -> ChargeSnapshot {
    let carried = |order: &Order| CarriedOrder {
        id: order.id,
        state: order.state,
        total: order.total,
    };
    ChargeSnapshot {
        state: locked.row.state,
        session: locked
            .row
            .charge
            .session
            .as_ref()
            .map(|session| session.reference.clone()),
        payment: locked.row.payment.clone(),
        order: locked.own.as_ref().map(|own| OwnOrder {
            state: own.state,
            total: own.total,
            stock: locked.stock(own),
        }),
        tab: locked.row.charge.tab,
        carried: locked.cleared.iter().map(carried).collect(),
    }
}

const CLEAR: &str = "\
-- payments::settle::write, the small orders it pays for
UPDATE orders SET charge_id = $1 WHERE id = ANY ($2)";

async fn write(
    tx: &Transaction<'_>,
    event: &ApplyEvent,
    locked: &LockedCharge,
    settled: &Settled,
    issue: Issue,
) -> TxResult<()> {
    let charge = &locked.row.charge;
    if let (Some(own), Some(step)) = (&locked.own, settled.order) {
        write_moves(tx, &[(own, step)], event.at, Some(issue)).await?;
    }
    take_off_tab(tx, charge.buyer_id, settled.off_the_tab).await?;
    charge::let_go(tx, &[charge.id.uuid()]).await?;
    let cleared: Vec<Uuid> = settled.cleared.iter().copied().map(OrderId::uuid).collect();
    tx.run(CLEAR, &[&charge.id.uuid(), &cleared]).await?;
    Ok(())
}

const RECORD_PAYMENT: &str = "\
-- payments::settle::record_payment
UPDATE charges SET state = $2, payment = $3, payable = false, settled_at = $4 WHERE id = $1";

async fn record_payment(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    paid: &Payment,
    event: &ApplyEvent,
) -> TxResult<()> {
    let state: &str = ChargeState::Paid.into();
    let columns: Parameters<'_> = &[
        &charge_id.uuid(),
        &state,
        &paid.reference.as_str(),
        &event.at,
    ];
    tx.run(RECORD_PAYMENT, columns).await?;
    Ok(())
}
