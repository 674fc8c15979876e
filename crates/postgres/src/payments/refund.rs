//! Refunds as rows.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::OrderId;
use udam_domain::payment::{ChargeToRefund, NewRefund, RefundProgress, RefundSnapshot};
use udam_domain::time::Timestamp;

use super::charge;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Parameters, Transaction, TxResult};

const INSERT: &str = "\
-- payments::refund::insert
INSERT INTO refunds
    (id, charge_id, order_id, amount_minor, given_elsewhere_minor, currency, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)";

pub(crate) async fn insert<E: From<StoreError>>(
    tx: &Transaction<'_>,
    new: &NewRefund,
) -> TxResult<(), E> {
    let columns: Parameters<'_> = &[
        &new.id.uuid(),
        &new.charge_id.uuid(),
        &new.order_id.map(OrderId::uuid),
        &new.amount.minor(),
        &new.given_elsewhere.minor(),
        &new.amount.currency().code(),
        &new.created_at,
    ];
    tx.run(INSERT, columns).await?;
    Ok(())
}

const OF_CHARGE: &str = "\
-- payments::refund::lock_charge_of, its refunds
SELECT amount_minor, currency, sent_at, claimed_until FROM refunds WHERE charge_id = $1";

/// Locks the charge that an order belongs to. Returns it with its refunds, as of the lock.
pub(crate) async fn lock_charge_of<E: From<StoreError>>(
    tx: &Transaction<'_>,
    order: OrderId,
) -> TxResult<Option<ChargeToRefund>, E> {
    let Some(row) = charge::lock_of_order(tx, order).await? else {
        return Ok(None);
    };
    let refunds = tx.rows(OF_CHARGE, &[&row.charge.id.uuid()]).await?;
    Ok(Some(ChargeToRefund {
        id: row.charge.id,
        state: row.state,
        total: row.charge.total().map_err(StoreError::from)?,
        refunded: row.refunded,
        refunds: refunds.iter().map(refund).collect::<Result<_, _>>()?,
    }))
}

fn refund(row: &Row) -> Result<RefundSnapshot, Unreadable> {
    let (sent_at, claimed): (Option<Timestamp>, Option<Timestamp>) =
        (row.read("sent_at")?, row.read("claimed_until")?);
    Ok(RefundSnapshot {
        amount: row.read_money("amount_minor")?,
        progress: match (sent_at, claimed) {
            (Some(_), _) => RefundProgress::Given,
            (None, Some(_)) => RefundProgress::Claimed,
            (None, None) => RefundProgress::Owed,
        },
    })
}
