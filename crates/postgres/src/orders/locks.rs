//! The locks that everything that changes an order takes, always in this order.

use std::collections::{BTreeSet, HashMap};

use udam_domain::StoreError;
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::order::Order;
use udam_domain::payment::Tab;
use udam_domain::units::Stock;
use uuid::Uuid;

use super::row::{self, read_orders};
use crate::columns::Columns;
use crate::transaction::{Parameters, Transaction, TxError};

pub(super) const LOCK_STOCK: &str = "\
-- orders::locks::lock_stock
SELECT listing_id, available FROM listing_stock
WHERE listing_id = ANY ($1) ORDER BY listing_id FOR NO KEY UPDATE";

/// Locks the stock of these listings and answers what is available of each, as of the lock.
pub(crate) async fn lock_stock<E: From<StoreError>>(
    tx: &Transaction<'_>,
    listings: &[ListingId],
) -> Result<HashMap<ListingId, Stock>, TxError<E>> {
    let ids: Vec<Uuid> = listings.iter().map(|id| id.uuid()).collect();
    let locked = tx.rows(LOCK_STOCK, &[&ids]).await?;
    locked
        .iter()
        .map(|row| Ok((row.read("listing_id")?, row.read("available")?)))
        .collect()
}

pub(super) const LOCK_TABS: &str = "\
-- orders::locks::lock_tabs
SELECT account_id, open_minor, currency FROM tabs
WHERE account_id = ANY ($1) ORDER BY account_id FOR NO KEY UPDATE";

/// Locks the tabs of these accounts.
pub(crate) async fn lock_tabs<E: From<StoreError>>(
    tx: &Transaction<'_>,
    accounts: &[AccountId],
) -> Result<Vec<Tab>, TxError<E>> {
    let ids: Vec<Uuid> = accounts.iter().map(|id| id.uuid()).collect();
    let locked = tx.rows(LOCK_TABS, &[&ids]).await?;
    locked
        .iter()
        .map(|row| {
            Ok(Tab {
                buyer_id: row.read("account_id")?,
                open: row.read_money("open_minor")?,
            })
        })
        .collect()
}

/// Locks what an order touches, and then it; answers with it as it is under lock.
pub(crate) async fn lock_one<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: OrderId,
) -> Result<Option<Order>, TxError<E>> {
    Ok(lock_all(tx, &[id]).await?.pop())
}

/// Locks what these orders touch, and then them; answers with them as they are under lock.
///
/// Which listing and buyer an order belongs to never changes, so that it can be read before the locks.
pub(crate) async fn lock_all<E: From<StoreError>>(
    tx: &Transaction<'_>,
    ids: &[OrderId],
) -> Result<Vec<Order>, TxError<E>> {
    let found = read_orders(tx, ids).await?;
    let listings: BTreeSet<ListingId> = found.values().map(|order| order.listing_id).collect();
    let buyers: BTreeSet<AccountId> = found.values().map(|order| order.buyer_id).collect();
    lock_stock(tx, &listings.into_iter().collect::<Vec<_>>()).await?;
    lock_tabs(tx, &buyers.into_iter().collect::<Vec<_>>()).await?;
    lock_these(tx, ids).await
}

/// Locks only these orders: the caller holds what they touch.
pub(crate) async fn lock_these<E: From<StoreError>>(
    tx: &Transaction<'_>,
    ids: &[OrderId],
) -> Result<Vec<Order>, TxError<E>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    lock_where(tx, "o.id = ANY ($1)", &[&ids]).await
}

/// Locks the orders of which `condition` holds: the caller holds what they touch.
pub(crate) async fn lock_where<E: From<StoreError>>(
    tx: &Transaction<'_>,
    condition: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Order>, TxError<E>> {
    let statement = format!(
        "-- orders::locks::lock_where\n{}WHERE {condition} ORDER BY o.id FOR NO KEY UPDATE OF o",
        row::SELECT
    );
    let locked = tx.rows(&statement, parameters).await?;
    locked
        .iter()
        .map(|locked| Ok(row::order(locked)?))
        .collect()
}
