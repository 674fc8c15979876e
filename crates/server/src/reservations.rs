//! The worker that releases lapsed reservations of a marketplace without a payment provider.

use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, describe_counter};
use tokio::time::{self, MissedTickBehavior};
use udam_domain::policy::SweepPolicy;
use udam_domain::{Clock, OrderStore, StoreError, error_chain};

const LAPSED: &str = "udam_reservations_lapsed_total";

/// Describes the counter to the installed recorder.
pub(crate) fn describe_metrics() {
    describe_counter!(LAPSED, "Orders whose units went back on sale unpaid.");
}

/// Counts reservations that have lapsed.
pub(crate) fn lapsed(count: u32) {
    counter!(LAPSED).increment(count.into());
}

/// Ends lapsed reservations whenever `every` has passed. Never returns; every server may do it.
pub(crate) async fn release_lapsed(
    orders: Arc<dyn OrderStore>,
    clock: Arc<dyn Clock>,
    every: Duration,
) {
    let mut turns = time::interval(every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match sweep(orders.as_ref(), clock.as_ref()).await {
            Ok(0) => {}
            Ok(released) => tracing::info!(released, "reservations have lapsed"),
            Err(error) => {
                let cause = error_chain(&error);
                tracing::warn!(cause, "lapsed reservations wait for the next turn");
            }
        }
    }
}

async fn sweep(orders: &dyn OrderStore, clock: &dyn Clock) -> Result<usize, StoreError> {
    let mut released = 0_usize;
    loop {
        let lapsed_by_now = SweepPolicy::default().lapsed_at(clock.now());
        let batch = orders.release_lapsed(lapsed_by_now).await?.len();
        lapsed(u32::try_from(batch).unwrap_or(u32::MAX));
        released = released.saturating_add(batch);
        if batch < usize::from(lapsed_by_now.limit) {
            return Ok(released);
        }
    }
}

#[cfg(test)]
mod tests {
    use udam_crypto::SystemClock;
    use udam_domain::MockOrderStore;
    use udam_domain::id::OrderId;
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_turn_goes_on_until_nothing_is_left() {
        let order = OrderId::from_uuid(Uuid::from_u128(1));
        let mut orders = MockOrderStore::new();
        let mut batches = vec![vec![order; 3], vec![order; 100], vec![order; 100]];
        orders
            .expect_release_lapsed()
            .times(3)
            .returning(move |_| Ok(batches.pop().unwrap()));
        assert_eq!(sweep(&orders, &SystemClock).await.unwrap(), 203);
    }

    #[tokio::test]
    async fn a_turn_that_fails_leaves_the_rest_to_the_next() {
        let mut orders = MockOrderStore::new();
        orders
            .expect_release_lapsed()
            .returning(|_| Err(StoreError::Overloaded));
        let every = Duration::from_millis(1);
        let sweeping = release_lapsed(Arc::new(orders), Arc::new(SystemClock), every);
        assert!(
            time::timeout(Duration::from_millis(20), sweeping)
                .await
                .is_err()
        );
    }
}
