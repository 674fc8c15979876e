//! Events about payments that no charge has yet: they are kept, and applied when one does.
//!
//! Transactions that record a payment and those that look for it exclude each other by [`lock_payment`]: an
//! event that was kept while its payment was being recorded would never be applied.

use tokio_postgres::Row;
use udam_domain::Applied;
use udam_domain::id::ChargeId;
use udam_domain::money::Money;
use udam_domain::payment::{
    OutOfOrderEvent, ProviderReference, Reversal, ReversalKind, in_order_of_happening,
};
use udam_domain::time::Timestamp;

use super::reverse;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Parameters, Transaction, TxResult};

const LOCK_PAYMENT: &str = "\
-- payments::out_of_order::lock_payment
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// Locks a payment, whether or not a charge has it, until the transaction ends. What is read of it
/// afterwards is as of the lock.
pub(super) async fn lock_payment(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
) -> TxResult<()> {
    tx.run(LOCK_PAYMENT, &[&payment.as_str()]).await?;
    Ok(())
}

const KEEP: &str = "\
-- payments::out_of_order::keep
INSERT INTO out_of_order_events (payment, kind, refunded_minor, currency, happened_at)
VALUES ($1, $2, $3, $4, $5)";

pub(super) async fn keep(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
    reversal: Reversal,
    happened_at: Timestamp,
) -> TxResult<Applied> {
    let kind: &str = ReversalKind::from(reversal).into();
    let refunded = match reversal {
        Reversal::Refunded(refunded) => Some(refunded),
        Reversal::Disputed | Reversal::DisputeWon | Reversal::DisputeLost => None,
    };
    let minor = refunded.map(Money::minor);
    let currency = refunded.map(|refunded| refunded.currency().code());
    let columns: Parameters<'_> = &[&payment.as_str(), &kind, &minor, &currency, &happened_at];
    tx.run(KEEP, columns).await?;
    Ok(Applied::Ignored)
}

const TAKE: &str = "\
-- payments::out_of_order::apply
DELETE FROM out_of_order_events WHERE payment = $1
RETURNING id, kind, refunded_minor, currency, happened_at";

/// Applies the events that were kept about `payment`, now that the charge has it.
pub(super) async fn apply(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    payment: &ProviderReference,
    at: Timestamp,
) -> TxResult<()> {
    lock_payment(tx, payment).await?;
    let kept = tx.rows(TAKE, &[&payment.as_str()]).await?;
    let kept = kept.iter().map(event).collect::<Result<_, _>>()?;
    for event in in_order_of_happening(kept) {
        reverse::reverse(tx, charge_id, event.reversal, at).await?;
    }
    Ok(())
}

fn event(row: &Row) -> Result<OutOfOrderEvent, Unreadable> {
    Ok(OutOfOrderEvent {
        reversal: match row.read("kind")? {
            ReversalKind::Refunded => Reversal::Refunded(row.read_money("refunded_minor")?),
            ReversalKind::Disputed => Reversal::Disputed,
            ReversalKind::DisputeWon => Reversal::DisputeWon,
            ReversalKind::DisputeLost => Reversal::DisputeLost,
        },
        at: row.read("happened_at")?,
        received: row.read("id")?,
    })
}
