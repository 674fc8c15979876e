//! Reading orders from rows.

use std::collections::HashMap;

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::money::Money;
use udam_domain::order::{Order, OrderState, PaymentRoute, payment_url};
use uuid::Uuid;

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxResult};

/// The columns that [`order`] reads, of [`order_joins`].
macro_rules! order_columns {
    () => {
        "
    o.id, o.buyer_id, o.seller_id, o.listing_id, l.service_name, o.units, o.price_minor,
    o.total_minor, o.currency, o.route, o.state, o.lapses_at, t.id AS token_id, o.created_at,
    t.created_at AS fulfilled_at, o.closed_at, c.session_url, c.tab_minor, o.refunded_minor,
    c.settled_at AS paid_at, c.state AS charge_state, c.order_id AS charge_order_id"
    };
}

/// What belongs to each order: its listing, its token and its charge.
macro_rules! order_joins {
    () => {
        "
FROM orders o
JOIN listings l ON l.id = o.listing_id
LEFT JOIN tokens t ON t.order_id = o.id
LEFT JOIN charges c ON c.id = o.charge_id
"
    };
}

/// A statement that reads whole orders. Its arguments are the path of its function and its conditions, a literal or
/// a macro that expands to one.
macro_rules! select_orders {
    ($function:literal, $($conditions:tt)+) => {
        concat!(
            "-- ",
            $function,
            "\nSELECT",
            $crate::orders::row::order_columns!(),
            $crate::orders::row::order_joins!(),
            $($conditions)+
        )
    };
}
pub(crate) use {order_columns, order_joins, select_orders};

/// Reads a row of [`select_orders`].
pub(crate) fn order(row: &Row) -> Result<Order, Unreadable> {
    let (route, state): (PaymentRoute, OrderState) = (row.read("route")?, row.read("state")?);
    let total = row.read_money("total_minor")?;
    let refunded: Option<i64> = row.read("refunded_minor")?;
    let tab: Option<i64> = row.read("tab_minor")?;
    Ok(Order {
        id: row.read("id")?,
        buyer_id: row.read("buyer_id")?,
        seller_id: row.read("seller_id")?,
        listing_id: row.read("listing_id")?,
        service_name: row.read("service_name")?,
        units: row.read("units")?,
        price_per_unit: row.read_money("price_minor")?,
        total,
        route,
        state,
        lapses_at: row.read("lapses_at")?,
        token_id: row.read("token_id")?,
        refunded: Money::new(refunded.unwrap_or_default(), total.currency()),
        payment_url: payment_url(row.read("session_url")?, state),
        tab_carried: tab
            .filter(|_| state == OrderState::AwaitingPayment)
            .map(|minor| Money::new(minor, total.currency())),
        paid_at: row.read("paid_at")?,
        created_at: row.read("created_at")?,
        fulfilled_at: row.read("fulfilled_at")?,
        closed_at: row.read("closed_at")?,
    })
}

pub(super) const READ_ORDERS: &str =
    select_orders!("orders::row::read_orders", "WHERE o.id = ANY ($1)");

/// Reads these orders by id, without locks.
pub(super) async fn read_orders<E: From<StoreError>>(
    tx: &Transaction<'_>,
    ids: &[OrderId],
) -> TxResult<HashMap<OrderId, Order>, E> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let found = tx.rows(READ_ORDERS, &[&ids]).await?;
    found
        .iter()
        .map(|row| Ok(order(row).map(|order| (order.id, order))?))
        .collect()
}

const READ_ORDERS_OF: &str = select_orders!(
    "orders::row::read_orders_of",
    "WHERE o.charge_id = $1 ORDER BY o.id"
);

/// Reads the orders that belong to a charge, by id, without locks.
pub(crate) async fn read_orders_of<E: From<StoreError>>(
    tx: &Transaction<'_>,
    charge: ChargeId,
) -> TxResult<Vec<Order>, E> {
    let found = tx.rows(READ_ORDERS_OF, &[&charge.uuid()]).await?;
    found.iter().map(|row| Ok(order(row)?)).collect()
}
