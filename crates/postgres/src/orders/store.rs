use std::num::NonZeroUsize;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use metrics::histogram;
use udam_domain::id::OrderId;
use udam_domain::order::{CancelOrder, Order, PlaceOrder, PlacedOrder, RefundOrder};
use udam_domain::policy::{OrderPolicy, ReleaseLapsed, SessionPolicy};
use udam_domain::time::Timestamp;
use udam_domain::{ChangeOrderError, OrderStore, PlaceOrderError, StoreError, error_chain};

use super::holds;
use super::moves;
use super::networks;
use super::place::{OrderPlacer, PlaceResult};
use super::session_accounts::SessionAccountCache;
use crate::batcher::{BatchLimits, Batcher, SubmitError};
use crate::payments::forget_opened_sessions;
use crate::pool::PgPool;

/// Places, cancels, refunds and expires orders in PostgreSQL.
#[derive(Clone)]
pub struct PgOrderStore {
    placer: OrderPlacer,
    batcher: Batcher<PlaceOrder, PlaceResult>,
}

/// Largest number of orders that wait to be placed. About ten thousand are placed in a second; an order
/// that would wait for more than a fraction of one is better rejected, to be tried again.
const MAX_QUEUED: usize = 1024;

/// Largest number of concurrent batches, reached only when others have stalled, on a lock that another
/// transaction holds for instance. Two batches at once each have the fixed cost of one twice their size.
const MAX_WORKERS: usize = 4;

/// Time after which a batch counts as stalled. One takes a few milliseconds.
const STALL_AFTER: Duration = Duration::from_millis(100);

impl PgOrderStore {
    /// Default of the largest number of orders in one transaction.
    pub const BATCH: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

    /// Name of the histogram of the number of orders in a transaction.
    pub const BATCH_SIZE: &str = "udam_order_batch_size";

    /// A store over `pool` with these policies, in batches of up to [`BATCH`](Self::BATCH) orders.
    #[must_use]
    pub fn new(pool: PgPool, policy: OrderPolicy, sessions: SessionPolicy) -> Self {
        Self::with_batches_of(Self::BATCH, pool, policy, sessions)
    }

    /// As [`new`](Self::new), in batches of up to `orders` orders.
    #[must_use]
    pub fn with_batches_of(
        orders: NonZeroUsize,
        pool: PgPool,
        policy: OrderPolicy,
        sessions: SessionPolicy,
    ) -> Self {
        let placer = OrderPlacer {
            pool,
            policy,
            sessions,
            accounts: SessionAccountCache::new(),
        };
        let limits = BatchLimits {
            max_queued: MAX_QUEUED,
            max_batch_size: orders.get(),
            max_workers: MAX_WORKERS,
            stall_after: STALL_AFTER,
        };
        let flushing = placer.clone();
        let batcher = Batcher::new(limits, move |orders| {
            let placer = flushing.clone();
            // At most `MAX_QUEUED`.
            let size = u32::try_from(orders.len()).unwrap_or(u32::MAX);
            histogram!(Self::BATCH_SIZE).record(size);
            async move { placer.place_all(&orders).await }.boxed()
        });
        Self { placer, batcher }
    }

    /// Places orders in one transaction, and returns one result per order: the same results as placing them
    /// one by one in this order, except that all become durable together.
    pub async fn place_all(
        &self,
        orders: &[PlaceOrder],
    ) -> Vec<Result<PlacedOrder, PlaceOrderError>> {
        self.placer.place_all(orders).await
    }

    /// Accepts no more orders, and waits until those accepted have been placed, also those whose callers
    /// have been dropped.
    pub async fn drain(&self) {
        self.batcher.drain().await;
    }
}

/// Deletes counts that limit nothing any more. What is left is deleted with the next sweep.
async fn forget_old(pool: &PgPool, now: Timestamp) {
    for forgotten in [
        networks::forget(pool, now).await,
        holds::forget(pool, now).await,
        forget_opened_sessions(pool, now).await,
    ] {
        if let Err(error) = forgotten {
            let cause = error_chain(&error);
            tracing::warn!(
                cause,
                "old counts of tabs, holds and checkouts could not be deleted"
            );
        }
    }
}

#[async_trait]
impl OrderStore for PgOrderStore {
    async fn place(&self, order: PlaceOrder) -> Result<PlacedOrder, PlaceOrderError> {
        match self.batcher.submit(order).await {
            Ok(result) => result,
            Err(SubmitError::Rejected) => Err(StoreError::Overloaded.into()),
            Err(SubmitError::Lost) => {
                Err(StoreError::Failed("the batch of the order panicked".into()).into())
            }
        }
    }

    async fn cancel(&self, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
        moves::cancel(&self.placer.pool, cancel).await
    }

    async fn refund(&self, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
        moves::refund(&self.placer.pool, refund).await
    }

    async fn release_lapsed(&self, request: ReleaseLapsed) -> Result<Vec<OrderId>, StoreError> {
        let released = moves::release_lapsed(&self.placer.pool, request).await;
        forget_old(&self.placer.pool, request.now).await;
        released
    }
}
