use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Longest time between two looks at the clock.
const TICK: Duration = Duration::from_secs(5);

/// A time limit that is set with every request and seldom passes. Setting it touches no timer: one that runs in its place
/// looks at the clock every few seconds.
#[derive(Debug, Default)]
pub(super) struct Deadline {
    at: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// Lets it pass `limit` from now, which is at least [`TICK`].
    pub(super) fn set(&mut self, limit: Duration) {
        self.at = Instant::now().checked_add(limit);
    }

    /// Lets it never pass.
    pub(super) const fn lift(&mut self) {
        self.at = None;
    }

    /// Whether it has been set and not been lifted.
    pub(super) const fn is_set(&self) -> bool {
        self.at.is_some()
    }

    /// Whether it has passed.
    pub(super) fn has_passed(&self) -> bool {
        self.at.is_some_and(|at| Instant::now() >= at)
    }

    /// Ready once it has passed. While it is lifted, nothing wakes the task.
    pub(super) fn poll_passed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.at else {
            return Poll::Pending;
        };
        loop {
            let next = || at.min(Instant::now() + TICK);
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(next())));
            ready!(timer.as_mut().poll(context));
            if Instant::now() >= at {
                return Poll::Ready(());
            }
            timer.as_mut().reset(next());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::timeout;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    async fn passes_within(deadline: &mut Deadline, time: Duration) -> bool {
        let passed = poll_fn(|context| deadline.poll_passed(context));
        timeout(time, passed).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn it_passes_when_its_time_is_over_and_not_before() {
        let mut deadline = Deadline::default();
        assert!(!passes_within(&mut deadline, LIMIT).await);
        deadline.set(LIMIT);
        assert!(!passes_within(&mut deadline, Duration::from_millis(29_998)).await);
        assert!(!deadline.has_passed());
        assert!(passes_within(&mut deadline, Duration::from_millis(5)).await);
        assert!(deadline.has_passed());
    }

    #[tokio::test(start_paused = true)]
    async fn it_can_be_put_off_brought_forward_and_lifted() {
        let mut deadline = Deadline::default();
        for limit in [LIMIT * 3, LIMIT, LIMIT * 2] {
            deadline.set(limit);
            assert!(!passes_within(&mut deadline, Duration::from_secs(29)).await);
        }
        deadline.set(LIMIT);
        assert!(passes_within(&mut deadline, LIMIT + Duration::from_millis(5)).await);
        deadline.lift();
        assert!(!passes_within(&mut deadline, LIMIT).await && !deadline.is_set());
    }
}
