//! Writing what a payment does.

use udam_domain::id::{ChargeId, OrderId};
use udam_domain::order::Order;
use udam_domain::payment::{
    self, CarriedOrder, ChargeSnapshot, ChargeState, OwnOrder, Payment, Settled, Settlement,
};
use udam_domain::policy::OrderPolicy;
use udam_domain::{Applied, ApplyEvent, PaymentAlert, StoreError};
use uuid::Uuid;

use super::locked::{LockedCharge, lock};
use super::{out_of_order, refund};
use crate::orders::{Issue, take_off_tab, write_moves};
use crate::transaction::{Parameters, Transaction, TxResult};

pub(super) async fn settle(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    event: &ApplyEvent,
    charge_id: ChargeId,
    paid: &Payment,
) -> TxResult<Applied> {
    let Some(locked) = lock(tx, charge_id).await? else {
        return Ok(Applied::Ignored);
    };
    match payment::settle(&snapshot(&locked), paid).map_err(StoreError::from)? {
        Settlement::Repeated => Ok(Applied::Repeated),
        Settlement::Mismatch { expected } => {
            let alert = PaymentAlert::mismatch(charge_id, paid.amount, expected);
            Ok(Applied::Alert(alert))
        }
        Settlement::Settled(settled) => {
            let expires_at = policy.token_expires(event.at);
            let issue = Issue {
                token_id: event.token_id,
                expires_at,
            };
            write(tx, event, &locked, &settled, issue).await?;
            record_payment(tx, charge_id, paid, event).await?;
            out_of_order::apply(tx, charge_id, &paid.reference, event.at).await?;
            Ok(Applied::Done)
        }
    }
}

fn snapshot(locked: &LockedCharge) -> ChargeSnapshot {
    let carried = |order: &Order| CarriedOrder {
        id: order.id,
        state: order.state,
        total: order.total,
    };
    ChargeSnapshot {
        state: locked.row.state,
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
    let cleared: Vec<Uuid> = settled.cleared.iter().copied().map(OrderId::uuid).collect();
    tx.run(CLEAR, &[&charge.id.uuid(), &cleared]).await?;
    match settled.refund(event.refund_id, charge.id, event.at) {
        Some(new) => refund::insert(tx, &new).await,
        None => Ok(()),
    }
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
