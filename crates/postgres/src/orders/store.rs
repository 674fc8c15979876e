use std::num::NonZeroUsize;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use metrics::histogram;
use udam_domain::id::OrderId;
use udam_domain::order::{CancelOrder, Order, PlaceOrder, PlacedOrder, RefundOrder};
use udam_domain::policy::{OrderPolicy, SessionPolicy};
use udam_domain::time::Timestamp;
use udam_domain::{ChangeOrderError, OrderStore, PlaceOrderError, StoreError};

use super::buyers::Owners;
use super::moves;
use super::place::{Answer, Placing};
use crate::PgPool;
use crate::lane::{Lane, LaneLimits, Missed};

/// Moves orders in PostgreSQL.
#[derive(Clone)]
pub struct PgOrderStore {
    placing: Placing,
    lane: Lane<PlaceOrder, Answer>,
}

/// How many orders may wait to be placed. The lane places ten thousand in a second or so: who would have
/// to wait longer than a fraction of that is better told to come back.
const WAITING: usize = 1024;

/// How many batches may be under way when one is held up, by a lock that somebody else keeps, say. Two
/// batches at once would each have the fixed cost of one of twice the size.
const DRIVERS: usize = 4;

/// A batch takes a few milliseconds.
const HELD_UP: Duration = Duration::from_millis(100);

impl PgOrderStore {
    /// How many orders one transaction places at most, unless said otherwise.
    pub const BATCH: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

    /// The metric of how many orders a transaction has placed: a histogram.
    pub const BATCH_SIZE: &str = "udam_order_batch_size";

    /// A store over `pool` that decides by these policies.
    #[must_use]
    pub fn new(pool: PgPool, policy: OrderPolicy, sessions: SessionPolicy) -> Self {
        Self::with_batches_of(Self::BATCH, pool, policy, sessions)
    }

    /// As [`new`](Self::new), with at most so many orders in a transaction.
    #[must_use]
    pub fn with_batches_of(
        orders: NonZeroUsize,
        pool: PgPool,
        policy: OrderPolicy,
        sessions: SessionPolicy,
    ) -> Self {
        let placing = Placing {
            pool,
            policy,
            sessions,
            owners: Owners::new(),
        };
        let limits = LaneLimits {
            waiting: WAITING,
            departing: orders.get(),
            drivers: DRIVERS,
            stall: HELD_UP,
        };
        let departing = placing.clone();
        let lane = Lane::new(limits, move |orders| {
            let placing = departing.clone();
            // There are no more than may wait.
            let size = u32::try_from(orders.len()).unwrap_or(u32::MAX);
            histogram!(Self::BATCH_SIZE).record(size);
            async move { placing.place_all(&orders).await }.boxed()
        });
        Self { placing, lane }
    }

    /// Places orders in one transaction, each with its own answer: what comes out is what placing them
    /// one by one in this order gives, except that all become durable together.
    pub async fn place_all(
        &self,
        orders: &[PlaceOrder],
    ) -> Vec<Result<PlacedOrder, PlaceOrderError>> {
        self.placing.place_all(orders).await
    }

    /// Places no more orders, and waits until those that wait have been placed, whether or not anybody
    /// waits for them.
    pub async fn drain(&self) {
        self.lane.drain().await;
    }
}

#[async_trait]
impl OrderStore for PgOrderStore {
    async fn place(&self, order: PlaceOrder) -> Result<PlacedOrder, PlaceOrderError> {
        match self.lane.submit(order).await {
            Ok(answer) => answer,
            Err(Missed::Refused) => Err(StoreError::Overloaded.into()),
            Err(Missed::Lost) => {
                Err(StoreError::Failed("the order was not answered".into()).into())
            }
        }
    }

    async fn cancel(&self, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
        moves::cancel(&self.placing.pool, cancel).await
    }

    async fn refund(&self, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
        moves::refund(&self.placing.pool, refund).await
    }

    async fn release_lapsed(&self, now: Timestamp, limit: u16) -> Result<Vec<OrderId>, StoreError> {
        moves::release_lapsed(&self.placing.pool, now, limit).await
    }
}
