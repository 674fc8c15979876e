use async_trait::async_trait;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{DailySales, Order, Sale, SalesPeriod};
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::Timestamp;
use udam_domain::{OrderReader, StoreError};

use super::row::{self, select_orders};
use super::sales;
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::Parameters;

/// Reads orders from PostgreSQL.
#[derive(Clone)]
pub struct PgOrderReader {
    pool: PgPool,
}

impl PgOrderReader {
    /// A reader over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn select(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Order>, StoreError> {
        let client = self.pool.client().await?;
        let found = client.rows(statement, parameters).await?;
        Ok(found.iter().map(row::order).collect::<Result<_, _>>()?)
    }
}

const FIND: &str = select_orders!(
    "PgOrderReader::find",
    "WHERE o.id = $1 AND $2 IN (o.buyer_id, o.seller_id)"
);

// The statement compares with a list of one account, in an order that only the index on buyers has: for an account
// with many orders, the server would otherwise walk the primary key through everyone's.
const OF_BUYER: &str = select_orders!(
    "PgOrderReader::of_buyer",
    "WHERE o.buyer_id = ANY ($1) AND o.id < $2 ORDER BY o.buyer_id, o.id DESC LIMIT $3"
);

#[async_trait]
impl OrderReader for PgOrderReader {
    async fn find(&self, id: OrderId, viewer: AccountId) -> Result<Option<Order>, StoreError> {
        let mut found = self.select(FIND, &[&id.uuid(), &viewer.uuid()]).await?;
        Ok(found.pop())
    }

    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        let before = paging::before(page.after.map(OrderId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let orders = self
            .select(OF_BUYER, &[&[buyer.uuid()].as_slice(), &before, &limit])
            .await?;
        Ok(Page::from_surplus(orders, page.limit, |order| order.id))
    }

    async fn of_seller(
        &self,
        seller: AccountId,
        period: SalesPeriod,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Sale, OrderId>, StoreError> {
        sales::page(&self.pool, seller, period, page).await
    }

    async fn daily_sales(
        &self,
        seller: AccountId,
        since: Timestamp,
    ) -> Result<Vec<DailySales>, StoreError> {
        sales::daily(&self.pool, seller, since).await
    }
}
