use async_trait::async_trait;
use udam_domain::id::OrderId;
use udam_domain::order::{CancelOrder, Order, PlaceOrder, PlacedOrder, RefundOrder};
use udam_domain::policy::{OrderPolicy, SessionPolicy};
use udam_domain::time::Timestamp;
use udam_domain::{ChangeOrderError, OrderStore, PlaceOrderError, StoreError};

use super::moves;
use super::place;
use crate::PgPool;
use crate::turns::Turns;

/// Moves orders in PostgreSQL.
#[derive(Clone)]
pub struct PgOrderStore {
    pub(super) pool: PgPool,
    pub(super) policy: OrderPolicy,
    pub(super) sessions: SessionPolicy,
    lanes: Turns,
}

/// How many transactions place orders at once. Orders for one listing queue at its lock, each with a
/// connection in hand; more of them would only take the connections that everything else needs.
const LANES: usize = 4;

impl PgOrderStore {
    /// A store over `pool` that decides by these policies.
    #[must_use]
    pub fn new(pool: PgPool, policy: OrderPolicy, sessions: SessionPolicy) -> Self {
        Self {
            pool,
            policy,
            sessions,
            lanes: Turns::new(LANES),
        }
    }

    /// Places orders in one transaction, each with its own answer: what comes out is what placing them
    /// one by one in this order gives, except that all become durable together.
    pub async fn place_all(
        &self,
        orders: &[PlaceOrder],
    ) -> Vec<Result<PlacedOrder, PlaceOrderError>> {
        place::place_all(self, orders).await
    }
}

#[async_trait]
impl OrderStore for PgOrderStore {
    async fn place(&self, order: PlaceOrder) -> Result<PlacedOrder, PlaceOrderError> {
        let store = self.clone();
        // In a task of its own, so that a caller who goes away cannot leave it half done.
        let placing = tokio::spawn(async move {
            let _lane = store.lanes.wait().await?;
            place::place_one(&store, order).await
        });
        placing
            .await
            .map_err(|panicked| StoreError::Failed(Box::new(panicked)))?
    }

    async fn cancel(&self, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
        moves::cancel(&self.pool, cancel).await
    }

    async fn refund(&self, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
        moves::refund(&self.pool, refund).await
    }

    async fn release_lapsed(&self, now: Timestamp, limit: u16) -> Result<Vec<OrderId>, StoreError> {
        moves::release_lapsed(&self.pool, now, limit).await
    }
}
