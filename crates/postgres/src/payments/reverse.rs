//! Writing what refunds and disputes at the provider do to a charge and to its orders.

use udam_domain::StoreError;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::money::Money;
use udam_domain::payment::{
    self, ChargeState, Dispute, DisputeState, PaymentAlert, RefundIds, Reversal, ReversalReport,
    Reversed, TokenChange,
};
use udam_domain::time::Timestamp;
use uuid::Uuid;

use super::{dispute, paid_charge, refund};
use crate::audit;
use crate::columns::Columns;
use crate::orders::{lock_all, write_moves};
use crate::transaction::{Transaction, TxResult};

/// Applies a reversal to the charge that has the payment. Returns the alerts to be raised.
pub(super) async fn reverse(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    report: ReversalReport<'_>,
    ids: &mut RefundIds,
) -> TxResult<Vec<PaymentAlert>> {
    let orders = lock_all::<StoreError>(tx, &orders_of(tx, charge_id).await?).await?;
    if let Reversal::Dispute(reported) = report.reversal {
        dispute::adopt(tx, charge_id, &reported.reference).await?;
    }
    let Some(paid) = paid_charge::lock::<StoreError>(tx, charge_id, &orders).await? else {
        return Ok(Vec::new());
    };
    let reversed = payment::reverse(&paid, report, ids);
    let moves = reversed.moves.iter().filter_map(|(id, step)| {
        let order = orders.iter().find(|order| order.id == *id)?;
        Some((order, *step))
    });
    write_moves(tx, &moves.collect::<Vec<_>>(), report.now, None).await?;
    write(tx, charge_id, &reversed, report).await?;
    audit_disputes(tx, &paid.disputes, &reversed.disputes, report.now).await?;
    Ok(reversed.alerts)
}

/// Records for each order that a dispute of its payment has been opened or has ended.
async fn audit_disputes(
    tx: &Transaction<'_>,
    before: &[Dispute],
    changed: &[Dispute],
    now: Timestamp,
) -> TxResult<()> {
    for dispute in changed {
        let known = before
            .iter()
            .find(|known| known.reference == dispute.reference);
        let Some(action) = dispute.audited(known.map(|known| known.state)) else {
            continue;
        };
        for order in &dispute.orders {
            audit::record_without_actor(tx, action, now, order.id.uuid()).await?;
        }
    }
    Ok(())
}

const ORDERS_OF: &str = "\
-- payments::reverse::orders_of
SELECT id FROM orders WHERE charge_id = $1";

async fn orders_of(tx: &Transaction<'_>, charge: ChargeId) -> TxResult<Vec<OrderId>> {
    let found = tx.rows(ORDERS_OF, &[&charge.uuid()]).await?;
    found.iter().map(|row| Ok(row.read("id")?)).collect()
}

const WRITE: &str = "\
-- payments::reverse::write
UPDATE charges SET refunded_minor = $2 WHERE id = $1";

async fn write(
    tx: &Transaction<'_>,
    charge: ChargeId,
    reversed: &Reversed,
    report: ReversalReport<'_>,
) -> TxResult<()> {
    tx.run(WRITE, &[&charge.uuid(), &reversed.reported.minor()])
        .await?;
    refund::write(tx, charge, &reversed.refunds, report.now).await?;
    dispute::write(tx, charge, &reversed.disputes).await?;
    if !reversed.disputes.is_empty() {
        update_credit(tx, charge).await?;
    }
    for change in &reversed.tokens {
        change_tokens(tx, change).await?;
    }
    record_refunded(tx, &reversed.refunded).await
}

// Written as by `earns_credit`. The charges of the buyer are read from the oldest on, until one has earned credit.
const UPDATE_CREDIT: &str = "\
-- payments::reverse::update_credit
UPDATE tabs t SET paid_at = (
    SELECT coalesce(c.settled_at, c.created_at) FROM charges c
    WHERE c.buyer_id = t.account_id AND c.state = $2
        AND NOT EXISTS (SELECT FROM disputes d WHERE d.charge_id = c.id AND d.state = $3)
    ORDER BY c.buyer_id DESC, c.id LIMIT 1
)
FROM charges disputed WHERE disputed.id = $1 AND t.account_id = disputed.buyer_id";

/// Writes since when the buyer of a charge has credit, now that a dispute about it is in another state.
async fn update_credit(tx: &Transaction<'_>, charge: ChargeId) -> TxResult<()> {
    let (paid, lost): (&str, &str) = (ChargeState::Paid.into(), DisputeState::Lost.into());
    tx.run(UPDATE_CREDIT, &[&charge.uuid(), &paid, &lost])
        .await?;
    Ok(())
}

const CHANGE_TOKENS: &str = "\
-- payments::reverse::change_tokens
UPDATE tokens SET state = $3 WHERE order_id = ANY ($1) AND state = $2";

async fn change_tokens(tx: &Transaction<'_>, change: &TokenChange) -> TxResult<()> {
    let orders: Vec<Uuid> = change.orders.iter().map(|id| id.uuid()).collect();
    let (from, to): (&str, &str) = (change.from.into(), change.to.into());
    tx.run(CHANGE_TOKENS, &[&orders, &from, &to]).await?;
    Ok(())
}

const RECORD_REFUNDED: &str = "\
-- payments::reverse::record_refunded
UPDATE orders AS o SET refunded_minor = refunded.minor
FROM unnest($1::uuid[], $2::bigint[]) AS refunded (id, minor)
WHERE o.id = refunded.id";

async fn record_refunded(tx: &Transaction<'_>, refunded: &[(OrderId, Money)]) -> TxResult<()> {
    if refunded.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = refunded.iter().map(|(id, _)| id.uuid()).collect();
    let sums: Vec<i64> = refunded.iter().map(|(_, sum)| sum.minor()).collect();
    tx.run(RECORD_REFUNDED, &[&ids, &sums]).await?;
    Ok(())
}
