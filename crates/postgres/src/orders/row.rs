//! Orders as rows.

use std::collections::HashMap;
use std::sync::LazyLock;

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::OrderId;
use udam_domain::order::Order;
use uuid::Uuid;

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxError};

/// The columns that [`order`] reads; a statement adds its own condition.
pub(super) const SELECT: &str = include_str!("sql/select_orders.sql");

pub(super) fn order(row: &Row) -> Result<Order, Unreadable> {
    Ok(Order {
        id: row.read("id")?,
        buyer_id: row.read("buyer_id")?,
        seller_id: row.read("seller_id")?,
        listing_id: row.read("listing_id")?,
        service_name: row.read("service_name")?,
        units: row.read("units")?,
        price_per_unit: row.read_money("price_minor")?,
        total: row.read_money("total_minor")?,
        route: row.read("route")?,
        state: row.read("state")?,
        lapses_at: row.read("lapses_at")?,
        token_id: row.read("token_id")?,
        payment_url: row.read("payment_url")?,
        refunded: row.read_money("refunded_minor")?,
        created_at: row.read("created_at")?,
        fulfilled_at: row.read("fulfilled_at")?,
        closed_at: row.read("closed_at")?,
    })
}

/// The statement of [`read_orders`].
pub(super) static READ_ORDERS: LazyLock<String> =
    LazyLock::new(|| format!("-- orders::row::read_orders\n{SELECT}WHERE o.id = ANY ($1)"));

/// These orders, as they are now.
pub(super) async fn read_orders<E: From<StoreError>>(
    tx: &Transaction<'_>,
    ids: &[OrderId],
) -> Result<HashMap<OrderId, Order>, TxError<E>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let found = tx.rows(&READ_ORDERS, &[&ids]).await?;
    found
        .iter()
        .map(|row| Ok(order(row).map(|order| (order.id, order))?))
        .collect()
}
