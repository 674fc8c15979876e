//! Writing what refunds and disputes at the provider do to a charge and to its orders.

use udam_domain::id::{ChargeId, OrderId};
use udam_domain::order::Order;
use udam_domain::payment::{self, PaidCharge, PaidOrder, Reversal, Reversed, TokenChange};
use udam_domain::time::Timestamp;
use udam_domain::{Applied, StoreError};
use uuid::Uuid;

use super::charge;
use crate::columns::Columns;
use crate::orders::{lock_all, write_moves};
use crate::transaction::{Parameters, Transaction, TxResult};

/// Applies a reversal to the charge that has the payment.
pub(super) async fn reverse(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    reversal: Reversal,
    at: Timestamp,
) -> TxResult<Applied> {
    let orders = lock_all::<StoreError>(tx, &orders_of(tx, charge_id).await?).await?;
    let Some(row) = charge::lock::<StoreError>(tx, charge_id).await? else {
        return Ok(Applied::Ignored);
    };
    let order = |order: &Order| PaidOrder {
        id: order.id,
        state: order.state,
    };
    let paid = PaidCharge {
        total: row.charge.total().map_err(StoreError::from)?,
        refunded: row.refunded,
        dispute: row.dispute,
        orders: orders.iter().map(order).collect(),
    };
    let reversed = payment::reverse(&paid, reversal).map_err(StoreError::from)?;
    write(tx, charge_id, &reversed).await?;
    let moves = reversed.moves.iter().filter_map(|(id, step)| {
        let order = orders.iter().find(|order| order.id == *id)?;
        Some((order, *step))
    });
    write_moves(tx, &moves.collect::<Vec<_>>(), at, None).await?;
    if let Some(change) = &reversed.tokens {
        change_tokens(tx, change).await?;
    }
    Ok(Applied::Done)
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
UPDATE charges SET refunded_minor = $2, dispute = $3 WHERE id = $1";

async fn write(tx: &Transaction<'_>, charge: ChargeId, reversed: &Reversed) -> TxResult<()> {
    let dispute: Option<&str> = reversed.dispute.map(Into::into);
    let columns: Parameters<'_> = &[&charge.uuid(), &reversed.refunded.minor(), &dispute];
    tx.run(WRITE, columns).await?;
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
