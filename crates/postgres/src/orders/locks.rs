//! The locks that a change of orders takes, in the order in which they are taken.

use std::collections::{BTreeSet, HashMap};

use udam_domain::StoreError;
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::order::{BuyerSnapshot, Order, Tab};
use udam_domain::units::Stock;
use uuid::Uuid;

use super::row::{self, read_orders, select_orders};
use crate::columns::Columns;
use crate::transaction::{Parameters, Transaction, TxResult};

pub(super) const LOCK_STOCK: &str = "\
-- orders::locks::lock_stock
SELECT listing_id, available FROM listing_stock
WHERE listing_id = ANY ($1) ORDER BY listing_id FOR NO KEY UPDATE";

/// Locks the stock of these listings. Returns the units available of each, as of the lock.
pub(crate) async fn lock_stock<E: From<StoreError>>(
    tx: &Transaction<'_>,
    listings: &[ListingId],
) -> TxResult<HashMap<ListingId, Stock>, E> {
    let ids: Vec<Uuid> = listings.iter().map(|id| id.uuid()).collect();
    let locked = tx.rows(LOCK_STOCK, &[&ids]).await?;
    locked
        .iter()
        .map(|row| Ok((row.read("listing_id")?, row.read("available")?)))
        .collect()
}

pub(super) const LOCK_TABS: &str = "\
-- orders::locks::lock_tabs
SELECT
    account_id, open_minor, currency, owed_since, paid_at IS NOT NULL AS has_paid,
    EXISTS (
        SELECT FROM accounts a WHERE a.id = account_id AND a.email_verified_at IS NOT NULL
    ) AS is_verified
FROM tabs
WHERE account_id = ANY ($1) ORDER BY account_id FOR NO KEY UPDATE";

/// Locks the tabs of these accounts, and returns what orders of theirs depend on as of the lock, without their
/// networks.
pub(crate) async fn lock_tabs<E: From<StoreError>>(
    tx: &Transaction<'_>,
    accounts: &[AccountId],
) -> TxResult<Vec<BuyerSnapshot>, E> {
    let ids: Vec<Uuid> = accounts.iter().map(|id| id.uuid()).collect();
    let locked = tx.rows(LOCK_TABS, &[&ids]).await?;
    locked
        .iter()
        .map(|row| {
            Ok(BuyerSnapshot {
                tab: Tab {
                    buyer_id: row.read("account_id")?,
                    open: row.read_money("open_minor")?,
                    owed_since: row.read("owed_since")?,
                    has_paid: row.read("has_paid")?,
                },
                network_today: None,
                is_verified: row.read("is_verified")?,
            })
        })
        .collect()
}

/// Locks an order together with its stock and its tab. Returns it as of the lock.
pub(crate) async fn lock_one<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: OrderId,
) -> TxResult<Option<Order>, E> {
    Ok(lock_all(tx, &[id]).await?.pop())
}

/// Locks orders together with their stocks and tabs. Returns them as of the lock, by id.
///
/// The listing and the buyer of an order never change, so they can be read before the locks.
pub(crate) async fn lock_all<E: From<StoreError>>(
    tx: &Transaction<'_>,
    ids: &[OrderId],
) -> TxResult<Vec<Order>, E> {
    let found = read_orders(tx, ids).await?;
    let listings: BTreeSet<ListingId> = found.values().map(|order| order.listing_id).collect();
    let buyers: BTreeSet<AccountId> = found.values().map(|order| order.buyer_id).collect();
    lock_stock(tx, &listings.into_iter().collect::<Vec<_>>()).await?;
    lock_tabs(tx, &buyers.into_iter().collect::<Vec<_>>()).await?;
    lock_these(tx, ids).await
}

/// Locks orders whose stocks and tabs the transaction has locked. Returns them as of the lock, by id.
pub(crate) async fn lock_these<E: From<StoreError>>(
    tx: &Transaction<'_>,
    ids: &[OrderId],
) -> TxResult<Vec<Order>, E> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    lock_where(tx, "o.id = ANY ($1)", &[&ids]).await
}

const LOCK_WHERE: &str = select_orders!("orders::locks::lock_where", "WHERE ");

/// Locks the orders that satisfy `condition`, and whose stocks and tabs the transaction has locked. Returns
/// them as of the lock, by id.
pub(crate) async fn lock_where<E: From<StoreError>>(
    tx: &Transaction<'_>,
    condition: &str,
    parameters: Parameters<'_>,
) -> TxResult<Vec<Order>, E> {
    let statement = format!("{LOCK_WHERE}{condition} ORDER BY o.id FOR NO KEY UPDATE OF o");
    let locked = tx.rows(&statement, parameters).await?;
    locked
        .iter()
        .map(|locked| Ok(row::order(locked)?))
        .collect()
}
