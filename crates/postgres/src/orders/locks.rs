//! The locks that everything that changes an order takes, always in this order.

use std::collections::HashMap;

use udam_domain::StoreError;
use udam_domain::account::SessionDigest;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::payment::Tab;
use udam_domain::units::Stock;
use uuid::Uuid;

use crate::columns::Columns;
use crate::transaction::{Transaction, TxError};

const LOCK_STOCK: &str = "\
-- orders::locks::lock_stock
SELECT listing_id, available FROM listing_stock
WHERE listing_id = ANY ($1) ORDER BY listing_id FOR NO KEY UPDATE";

/// Locks the stock of these listings and answers what is available of each, as of the lock.
pub(super) async fn lock_stock<E: From<StoreError>>(
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

/// Locks the tabs of these accounts, and of those that these sessions belong to.
pub(super) async fn lock_tabs<E: From<StoreError>>(
    tx: &Transaction<'_>,
    sessions: &[SessionDigest],
    accounts: &[AccountId],
) -> Result<Vec<Tab>, TxError<E>> {
    let digests: Vec<&[u8]> = sessions
        .iter()
        .map(|digest| digest.as_bytes().as_slice())
        .collect();
    let ids: Vec<Uuid> = accounts.iter().map(|id| id.uuid()).collect();
    let locked = tx
        .rows(include_str!("sql/lock_tabs.sql"), &[&digests, &ids])
        .await?;
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
