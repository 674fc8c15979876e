use async_trait::async_trait;
use udam_domain::id::{ListingId, OrderId};
use udam_domain::order::{CancelOrder, CanceledBy, Order};
use udam_domain::time::Timestamp;
use udam_domain::{ChangeOrderError, HoldStore, StoreError};

use super::moves;
use super::row::{self, select_orders};
use crate::pool::PgPool;
use crate::predicates::awaits_payment;

/// Lists and releases held units in PostgreSQL.
#[derive(Clone)]
pub struct PgHoldStore {
    pool: PgPool,
}

impl PgHoldStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

const LIST: &str = concat!(
    select_orders!("PgHoldStore::list", "WHERE "),
    awaits_payment!("o"),
    " AND ($1::uuid IS NULL OR o.listing_id = $1)
ORDER BY o.id LIMIT $2"
);

#[async_trait]
impl HoldStore for PgHoldStore {
    async fn list(&self, listing: Option<ListingId>, limit: u16) -> Result<Vec<Order>, StoreError> {
        let client = self.pool.client().await?;
        let listing = listing.map(ListingId::uuid);
        let found = client.rows(LIST, &[&listing, &i64::from(limit)]).await?;
        Ok(found.iter().map(row::order).collect::<Result<_, _>>()?)
    }

    async fn release(&self, order: OrderId, at: Timestamp) -> Result<Order, ChangeOrderError> {
        let cancel = CancelOrder {
            order_id: order,
            by: CanceledBy::Operator,
            at,
        };
        moves::cancel(&self.pool, cancel).await
    }
}
