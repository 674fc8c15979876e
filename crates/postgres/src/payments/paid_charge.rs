//! Reading a paid charge with all that has gone back of it.

use std::collections::HashMap;

use udam_domain::StoreError;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::order::Order;
use udam_domain::payment::{ChargeState, ChargeToRefund, PaidCharge, PaidOrder, PaidToken};
use uuid::Uuid;

use super::charge::{self, ChargeRow};
use super::{dispute, refund};
use crate::columns::Columns;
use crate::orders::read_orders_of;
use crate::transaction::{Transaction, TxResult};

/// Locks a charge whose orders are locked. Returns it as of the lock; `None` if it was not paid.
pub(super) async fn lock<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ChargeId,
    orders: &[Order],
) -> TxResult<Option<PaidCharge>, E> {
    match charge::lock(tx, id).await? {
        Some(row) => read(tx, row, orders).await,
        None => Ok(None),
    }
}

/// Locks the charge that an order belongs to. Returns it as of the lock, with its id.
pub(crate) async fn lock_charge_of<E: From<StoreError>>(
    tx: &Transaction<'_>,
    order: OrderId,
) -> TxResult<Option<(ChargeId, ChargeToRefund)>, E> {
    let Some(row) = charge::lock_of_order(tx, order).await? else {
        return Ok(None);
    };
    let (id, state) = (row.charge.id, row.state);
    let orders = read_orders_of(tx, id).await?;
    let paid = read(tx, row, &orders).await?;
    Ok(Some((
        id,
        paid.map_or(ChargeToRefund::Unpaid(state), ChargeToRefund::Paid),
    )))
}

async fn read<E: From<StoreError>>(
    tx: &Transaction<'_>,
    row: ChargeRow,
    orders: &[Order],
) -> TxResult<Option<PaidCharge>, E> {
    let id = row.charge.id;
    let (ChargeState::Paid, Some(payment)) = (row.state, row.payment) else {
        return Ok(None);
    };
    let own = row.charge.order.as_ref().map(|own| own.id);
    let tokens = tokens_of(tx, orders).await?;
    let order = |order: &Order| PaidOrder {
        id: order.id,
        state: order.state,
        total: order.total,
        own: Some(order.id) == own,
        token: tokens.get(&order.id).copied(),
        refunded: order.refunded,
    };
    Ok(Some(PaidCharge {
        id,
        payment,
        total: row.charge.total().map_err(StoreError::from)?,
        reported: row.reported,
        refunds: refund::of_charge(tx, id).await?,
        disputes: dispute::of_charge(tx, id).await?,
        orders: orders.iter().map(order).collect(),
    }))
}

const TOKENS_OF: &str = "\
-- payments::paid_charge::tokens_of
SELECT order_id, state, expires_at FROM tokens WHERE order_id = ANY ($1)";

async fn tokens_of<E: From<StoreError>>(
    tx: &Transaction<'_>,
    orders: &[Order],
) -> TxResult<HashMap<OrderId, PaidToken>, E> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.id.uuid()).collect();
    let mut tokens = HashMap::new();
    for row in tx.rows(TOKENS_OF, &[&ids]).await? {
        let token = PaidToken {
            state: row.read("state")?,
            expires_at: row.read("expires_at")?,
        };
        tokens.insert(row.read("order_id")?, token);
    }
    Ok(tokens)
}
