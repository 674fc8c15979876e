//! A standby that is read from while it is close behind its primary.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval, timeout};
use udam_domain::{StoreError, error_chain};

use crate::columns::Columns;
use crate::pool::PgPool;

/// Time between two looks at how far behind a standby is.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// A standby, and whether it is close enough behind its primary to be read from. A clone is the same.
///
/// Positions in the log of the primary are compared with what the standby has replayed. What the standby itself says of its
/// delay would be wrong once it has lost its primary.
#[derive(Debug, Clone)]
pub struct Replica(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    max_lag: Duration,
    is_fresh: AtomicBool,
}

impl Replica {
    /// A standby that may be so far behind. It is not read from before [`watch`](Self::watch) has found that it is not.
    #[must_use]
    pub fn new(pool: PgPool, max_lag: Duration) -> Self {
        Self(Arc::new(Inner {
            pool,
            max_lag,
            is_fresh: AtomicBool::new(false),
        }))
    }

    /// The connections to it.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// Whether it is to be read from.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.0.is_fresh.load(Ordering::Relaxed)
    }

    /// Has it left alone until the next look, since it has failed to be read.
    pub(crate) fn failed(&self, error: &StoreError) {
        self.turn(false, &error_chain(error));
    }

    /// Looks periodically how far behind `primary` it is. Never returns.
    pub async fn watch(self, primary: PgPool) {
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut positions = Positions::default();
        loop {
            looks.tick().await;
            let looking = self.look(&primary, &mut positions);
            match timeout(self.0.max_lag, looking).await {
                Ok(Ok(())) => {
                    let is_fresh = positions.age().is_some_and(|age| age <= self.0.max_lag);
                    self.turn(is_fresh, "it is too far behind");
                }
                Ok(Err(error)) => self.failed(&error),
                Err(_elapsed) => self.turn(false, "it does not answer"),
            }
        }
    }

    async fn look(&self, primary: &PgPool, positions: &mut Positions) -> Result<(), StoreError> {
        const WRITTEN: &str = "\
-- replica::look, written
SELECT (pg_current_wal_lsn() - '0/0')::bigint AS position";
        const REPLAYED: &str = "\
-- replica::look, replayed
SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0')::bigint END AS position";

        let now = Instant::now();
        if let Some(written) = position(primary, WRITTEN).await? {
            positions.written(now, written);
        }
        // A standby that was promoted follows nobody.
        positions.replayed(position(&self.0.pool, REPLAYED).await?);
        Ok(())
    }

    fn turn(&self, is_fresh: bool, cause: &str) {
        let before = self.0.is_fresh.swap(is_fresh, Ordering::Relaxed);
        match (before, is_fresh) {
            (false, true) => tracing::info!("the catalogue is read from the standby"),
            (true, false) => {
                tracing::warn!(cause, "the catalogue is read from the primary for now");
            }
            _ => {}
        }
    }
}

/// Returns a position in the log, in bytes from its start.
async fn position(pool: &PgPool, statement: &str) -> Result<Option<i64>, StoreError> {
    let row = pool.client().await?.row(statement, &[]).await?;
    let position = row.map(|row| row.read::<Option<i64>>("position"));
    Ok(position.transpose()?.flatten())
}

/// Where the log of the primary was when, from the last position that the standby has replayed on.
#[derive(Debug, Default)]
struct Positions {
    seen: VecDeque<(Instant, i64)>,
    /// Instant as of which the standby has everything.
    as_of: Option<Instant>,
}

impl Positions {
    /// The primary was here.
    fn written(&mut self, at: Instant, position: i64) {
        // Of a standby that is further behind than all of these, it does not matter how far.
        const MOST: usize = 10_000;
        if self.seen.len() >= MOST {
            self.seen.pop_front();
        }
        self.seen.push_back((at, position));
    }

    /// The standby is here; `None` if it is none.
    fn replayed(&mut self, position: Option<i64>) {
        let Some(replayed) = position else {
            self.as_of = None;
            return;
        };
        while let Some((at, position)) = self.seen.front().copied() {
            if position > replayed {
                break;
            }
            self.as_of = Some(at);
            self.seen.pop_front();
        }
    }

    /// How far behind the standby is; `None` if that is unknown.
    fn age(&self) -> Option<Duration> {
        Some(self.as_of?.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standby_is_as_old_as_the_last_position_that_it_has_replayed() {
        let mut positions = Positions::default();
        assert_eq!(positions.age(), None);
        let start = Instant::now();
        let [first, second] = [1, 2].map(|minutes| {
            let ago = Duration::from_mins(10 - minutes);
            start.checked_sub(ago).unwrap()
        });
        positions.written(first, 100);
        positions.written(second, 200);
        positions.replayed(Some(99));
        assert_eq!(positions.as_of, None);
        positions.replayed(Some(150));
        assert_eq!(positions.as_of, Some(first));
        positions.replayed(Some(150));
        assert_eq!(positions.as_of, Some(first));
        positions.replayed(Some(200));
        assert_eq!(positions.as_of, Some(second));
        assert!(positions.age().unwrap() >= Duration::from_mins(8));
        positions.replayed(None);
        assert_eq!(positions.age(), None);
    }
}
