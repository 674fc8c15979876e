//! The worker that gives up calls whose servers have stopped in the middle.

use std::time::Duration;

use metrics::{counter, describe_counter};
use tokio::time::{self, MissedTickBehavior};
use udam_domain::error_chain;
use udam_domain::marketplace::Calls;

const LOST: &str = "udam_gateway_lost_calls_total";

/// Longest time between two sweeps: a buyer waits for the units of a lost call.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Describes the counter to the installed recorder.
pub(crate) fn describe_metrics() {
    describe_counter!(
        LOST,
        "Calls whose end is unknown, and whose units went back to their buyers."
    );
    counter!(LOST).increment(0);
}

/// Gives up lost calls whenever `every` has passed, or sooner, and prepares for those of the next days. Never returns;
/// every server may do it.
pub(crate) async fn give_up_lost_calls(calls: Calls, every: Duration) {
    let mut turns = time::interval(every.min(LONGEST_PAUSE));
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match calls.sweep().await {
            Ok(0) => {}
            Ok(lost) => {
                counter!(LOST).increment(u64::try_from(lost).unwrap_or(u64::MAX));
                tracing::warn!(
                    lost,
                    "calls were given up: a server has stopped in the middle"
                );
            }
            Err(error) => {
                let cause = error_chain(&error);
                tracing::warn!(cause, "lost calls wait for the next turn");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::timeout;
    use udam_crypto::{SystemClock, SystemEntropy};
    use udam_domain::marketplace::CallPorts;
    use udam_domain::policy::CallPolicy;
    use udam_domain::{MockAccessKeyMint, MockCallStore, MockKeyVault, StoreError};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_sweep_that_fails_is_tried_again() {
        let mut store = MockCallStore::new();
        let mut fails = true;
        store.expect_keep().returning(move |_, _| {
            if std::mem::take(&mut fails) {
                Err(StoreError::Overloaded)
            } else {
                Ok(())
            }
        });
        store
            .expect_give_up_lost()
            .times(2)
            .returning(|_, _| Ok(Vec::new()));
        let ports = CallPorts {
            store: Arc::new(store),
            mint: Arc::new(MockAccessKeyMint::new()),
            vault: Arc::new(MockKeyVault::new()),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        };
        let calls = Calls::new(ports, CallPolicy::default());
        let sweeping = give_up_lost_calls(calls, Duration::from_mins(1));
        // At 0, 10 and 20 seconds.
        timeout(Duration::from_secs(25), sweeping)
            .await
            .unwrap_err();
    }
}
