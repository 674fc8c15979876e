//! The tasks, locks and timeouts of the batcher: tokio's and the standard library's, or in unit tests
//! shuttle's, which runs them under every schedule it is given.

#[cfg(not(test))]
pub(super) use std::sync::{Mutex, MutexGuard};
#[cfg(not(test))]
pub(super) use tokio::{spawn, time::timeout};

#[cfg(test)]
pub(super) use shuttle::{
    future::spawn,
    sync::{Mutex, MutexGuard},
};
#[cfg(test)]
pub(super) use simulated::{NEVER, timeout};

#[cfg(test)]
mod simulated {
    use std::pin::pin;
    use std::time::Duration;

    use futures::future::{Either, select};
    use shuttle::future::yield_now;
    use shuttle::rand::{Rng, thread_rng};

    /// A timeout that does not expire.
    pub(in super::super) const NEVER: Duration = Duration::from_hours(1);

    /// Expires after as many steps as shuttle chooses, whatever the duration, unless it is [`NEVER`].
    pub(in super::super) async fn timeout<F: Future + Unpin>(
        duration: Duration,
        work: F,
    ) -> Result<F::Output, ()> {
        if duration == NEVER {
            return Ok(work.await);
        }
        let steps = thread_rng().gen_range(0..4);
        let expiry = async {
            for _ in 0..steps {
                yield_now().await;
            }
        };
        match select(work, pin!(expiry)).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(_) => Err(()),
        }
    }
}
