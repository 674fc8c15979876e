use std::collections::HashMap;

use udam_domain::StoreError;
use udam_domain::id::{ChargeId, ListingId, OrderId};
use udam_domain::order::{Order, StockOnHand};
use udam_domain::payment::ClearedOrders;
use udam_domain::units::Stock;

use super::charge::{self, ChargeRow};
use crate::columns::Columns;
use crate::orders::{lock_stock, lock_tabs, lock_these, lock_where};
use crate::predicates::on_tab;
use crate::transaction::{Transaction, TxResult};

/// A charge under lock, with the orders that it pays for.
pub(super) struct LockedCharge {
    pub(super) row: ChargeRow,
    /// The order it is for; `None` if it is for a tab alone.
    pub(super) own: Option<Order>,
    /// The small orders that its payment clears.
    pub(super) cleared: Vec<Order>,
    available: HashMap<ListingId, Stock>,
}

impl LockedCharge {
    /// Whether the listing of its own order has the units for a late payment.
    pub(super) fn stock(&self, own: &Order) -> StockOnHand {
        let available = self.available.get(&own.listing_id).copied();
        StockOnHand::of(available.unwrap_or_default(), own.units)
    }
}

const WHERE_PAID_BY: &str = "o.charge_id = $1 AND o.buyer_id = $2";

const WHERE_ON_TAB: &str = concat!("o.buyer_id = $1 AND ", on_tab!("o"));

/// Locks a charge and all that its payment or its end touches. Which orders it is for can be read before
/// the locks: an own order never changes, and what is carried is read again under them.
pub(super) async fn lock(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
) -> TxResult<Option<LockedCharge>> {
    let Some(seen) = charge::find::<StoreError>(tx, charge_id).await? else {
        return Ok(None);
    };
    let own_id = seen.charge.order.as_ref().map(|order| order.id);
    let listings: Vec<_> = listing_of(tx, own_id).await?.into_iter().collect();
    let available = lock_stock::<StoreError>(tx, &listings).await?;
    lock_tabs::<StoreError>(tx, &[seen.charge.buyer_id]).await?;
    let buyer = seen.charge.buyer_id.uuid();
    let mut orders = lock_where(tx, WHERE_PAID_BY, &[&charge_id.uuid(), &buyer]).await?;
    let Some(row) = charge::lock(tx, charge_id).await? else {
        return Ok(None);
    };
    let own = match own_id {
        Some(id) => lock_these::<StoreError>(tx, &[id]).await?.pop(),
        None => None,
    };
    let cleared = match row.state.clears() {
        ClearedOrders::Carried => {
            orders.retain(|order| Some(order.id) != own_id);
            orders
        }
        ClearedOrders::Uncarried => lock_where(tx, WHERE_ON_TAB, &[&buyer]).await?,
    };
    Ok(Some(LockedCharge {
        row,
        own,
        cleared,
        available,
    }))
}

const LISTING_OF: &str = "\
-- payments::locked::listing_of
SELECT listing_id FROM orders WHERE id = $1";

/// The listing of an order, which never changes.
async fn listing_of(tx: &Transaction<'_>, order: Option<OrderId>) -> TxResult<Option<ListingId>> {
    let Some(order) = order else { return Ok(None) };
    let row = tx.row(LISTING_OF, &[&order.uuid()]).await?;
    Ok(row.map(|row| row.read("listing_id")).transpose()?)
}
