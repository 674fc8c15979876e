//! The worker that links the records of the audit trail.

use std::sync::Arc;
use std::time::Duration;

use metrics::{describe_gauge, gauge};
use tokio::time::{self, MissedTickBehavior};
use udam_crypto::{AuditKeysError, HmacAuditKeys, MasterKeys};
use udam_domain::time::Timestamp;
use udam_domain::{AuditChain, AuditKeyStore, Clock, StoreError, error_chain};

const POSITION: &str = "udam_audit_chain_position";

/// Longest time between two passes: what is not linked yet can be changed without a trace.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Describes the gauge to the installed recorder.
pub(crate) fn describe_metrics() {
    describe_gauge!(
        POSITION,
        "Position of the last link of the audit trail that this server has seen."
    );
}

/// Error of preparing the keys of the audit trail.
#[derive(Debug, thiserror::Error)]
pub enum AuditLinksError {
    /// The keys could not be derived.
    #[error(transparent)]
    Keys(#[from] AuditKeysError),
    /// The keys could not be read or kept.
    #[error("the keys of the audit trail could not be read or kept")]
    Unavailable(#[from] StoreError),
}

/// The keys of the audit trail, with those of earlier master keys; what belongs to a master key other than the active one is
/// kept under it, so that the others can go.
///
/// # Errors
/// [`AuditLinksError`]
pub(crate) async fn audit_keys(
    masters: &MasterKeys,
    store: &dyn AuditKeyStore,
    now: Timestamp,
) -> Result<HmacAuditKeys, AuditLinksError> {
    let kept = store.all().await?;
    let keys = HmacAuditKeys::new(masters, &kept)?;
    let sealed = keys.sealed(masters, &kept)?;
    if !sealed.is_empty() {
        store.keep(sealed, now).await?;
    }
    Ok(keys)
}

/// Links records whenever `every` has passed, or sooner. Never returns; every server may do it.
pub(crate) async fn link_audit_records(
    chain: Arc<dyn AuditChain>,
    clock: Arc<dyn Clock>,
    every: Duration,
) {
    let mut turns = time::interval(every.min(LONGEST_PAUSE));
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        link_all(chain.as_ref(), clock.as_ref()).await;
    }
}

/// Links all records that wait. The head is logged when it grows: kept elsewhere, it shows later whether the end of the
/// trail was cut off.
pub(crate) async fn link_all(chain: &dyn AuditChain, clock: &dyn Clock) {
    loop {
        match chain.link(clock.now()).await {
            Ok(linked) => {
                if linked.records > 0 {
                    let (records, head) = (linked.records, linked.head);
                    tracing::info!(records, %head, "the audit trail has grown");
                }
                // A position is far below 2^32.
                let position = u32::try_from(linked.head.position).unwrap_or(u32::MAX);
                gauge!(POSITION).set(position);
                if !linked.has_more {
                    return;
                }
            }
            Err(error) => {
                let cause = error_chain(&error);
                tracing::warn!(cause, "audit records wait for the next turn to be linked");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;
    use udam_crypto::SystemClock;
    use udam_domain::audit::AuditHead;
    use udam_domain::{Linked, MockAuditChain};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_waits_is_linked_at_once_and_a_failure_waits_for_the_next_turn() {
        let mut chain = MockAuditChain::new();
        let mut calls = 0;
        // At 0 seconds, a full batch and the rest; at 10 a failure; at 20 nothing.
        chain.expect_link().times(4).returning(move |_| {
            calls += 1;
            let (records, has_more) = match calls {
                1 => (1_000, true),
                2 => (5, false),
                3 => return Err(StoreError::Overloaded),
                _ => (0, false),
            };
            Ok(Linked {
                records,
                head: AuditHead::NONE,
                has_more,
            })
        });
        let linking = link_audit_records(
            Arc::new(chain),
            Arc::new(SystemClock),
            Duration::from_mins(1),
        );
        timeout(Duration::from_secs(25), linking).await.unwrap_err();
    }
}
