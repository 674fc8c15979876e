//! A lane: work that is done together because it would otherwise queue for the same thing.
//!
//! Whoever comes to an idle lane sets out at once, alone. Whoever comes while others are on their way
//! waits, and the next departure takes all who wait, up to a limit. There is no timer: a lane that has
//! nothing to do adds no latency, and the busier it is, the more each departure carries.
//!
//! | Step | Who | What is promised |
//! |---|---|---|
//! | enter | a caller | it waits in line and will be answered, or it hears at once that the line is full or closed |
//! | depart | a driver | takes those who have waited longest; nobody is taken twice |
//! | arrive | the same driver | answers each of them once, then departs again, or leaves when nobody waits |
//! | stall | a caller, or a driver held up | finds that all drivers have been away for long, and sends another |
//! | drain | the server | nobody enters any more; returns when all who had entered are answered |
//!
//! Drivers are tasks of their own: a caller that goes away takes nobody with it, not even its own work.
//! A departure that panics leaves its passengers without an answer, which they hear as [`Missed::Lost`].

mod handover;

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::{FutureExt, join};
use tokio::sync::oneshot;

use handover::{Entry, Handover, Next};

#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard, PoisonError};
#[cfg(not(test))]
use tokio::{spawn, time::timeout};
// In unit tests, shuttle decides who goes next.
#[cfg(test)]
use shuttle::{
    future::spawn,
    sync::{Mutex, MutexGuard},
};
#[cfg(test)]
use std::sync::PoisonError;
#[cfg(test)]
use tests::timeout;

/// How much a lane takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LaneLimits {
    /// How many may wait.
    pub(crate) waiting: usize,
    /// How many depart together.
    pub(crate) departing: usize,
    /// How many departures may be under way, should some be held up.
    pub(crate) drivers: usize,
    /// After how long a departure counts as held up.
    pub(crate) stall: Duration,
}

/// Why somebody was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missed {
    /// The line is full, or the lane takes nobody any more.
    Refused,
    /// The departure came to no end.
    Lost,
}

type Departure<J, A> = dyn Fn(Vec<J>) -> BoxFuture<'static, Vec<A>> + Send + Sync;

/// A lane for jobs of one kind. A clone is the same lane.
pub(crate) struct Lane<J, A>(Arc<Shared<J, A>>);

struct Shared<J, A> {
    handover: Mutex<Handover<J, A>>,
    stall: Duration,
    departure: Box<Departure<J, A>>,
}

impl<J, A> Clone for Lane<J, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<J: Send + 'static, A: Send + 'static> Lane<J, A> {
    /// A lane on which `departure` does jobs together; it gives one answer for each, in their order.
    pub(crate) fn new(
        limits: LaneLimits,
        departure: impl Fn(Vec<J>) -> BoxFuture<'static, Vec<A>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            handover: Mutex::new(Handover::new(limits)),
            stall: limits.stall,
            departure: Box::new(departure),
        }))
    }

    /// Has a job done and waits for its answer.
    pub(crate) async fn submit(&self, job: J) -> Result<A, Missed> {
        let now = Instant::now();
        let entered = self.lock().enter(job, now);
        let (answer, entry) = entered.ok_or(Missed::Refused)?;
        if entry == Entry::Drives {
            spawn(drive(self.clone(), now));
        }
        answer.await.map_err(|_lost| Missed::Lost)
    }

    /// Takes nobody any more, and waits until everybody who had entered is answered.
    pub(crate) async fn drain(&self) {
        let at_rest = self.lock().close();
        // Without a sender, the lane is at rest already.
        let _ = at_rest.await;
    }

    fn lock(&self) -> MutexGuard<'_, Handover<J, A>> {
        // Nothing that runs under the lock leaves it half-way.
        self.0
            .handover
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a driver on its way. Boxed, because a driver may send another.
fn drive<J: Send + 'static, A: Send + 'static>(
    lane: Lane<J, A>,
    since: Instant,
) -> BoxFuture<'static, ()> {
    let left = false;
    depart_until_nobody_waits(Seat { lane, since, left }).boxed()
}

async fn depart_until_nobody_waits<J: Send + 'static, A: Send + 'static>(mut seat: Seat<J, A>) {
    let mut arrived = None;
    loop {
        let (now, untold) = (Instant::now(), arrived.is_some());
        let next = seat.lane.lock().depart(&mut seat.since, now, untold);
        let (jobs, answers) = match next {
            Next::Goes(jobs, answers) => (jobs, answers),
            Next::Tells => {
                deliver(arrived.take());
                continue;
            }
            Next::Left => {
                seat.left = true;
                return;
            }
        };
        // The next are on their way before those who have arrived are told: that takes its time as well.
        let delivery = async { deliver(arrived.take()) };
        let (given, ()) = join!(go(&seat.lane, jobs), delivery);
        // Without an answer, dropping the senders tells the passengers.
        arrived = given.map(|given| (answers, given));
    }
}

/// Does jobs together; sends another driver for those who wait, should it be held up.
async fn go<J: Send + 'static, A: Send + 'static>(
    lane: &Lane<J, A>,
    jobs: Vec<J>,
) -> Option<Vec<A>> {
    let departure = async { (lane.0.departure)(jobs).await };
    let mut departure = pin!(AssertUnwindSafe(departure).catch_unwind());
    let given = if let Ok(given) = timeout(lane.0.stall, &mut departure).await {
        given
    } else {
        let now = Instant::now();
        let another = lane.lock().sends_another(now);
        if another {
            spawn(drive(lane.clone(), now));
        }
        departure.await
    };
    given.ok()
}

/// Answers those who have arrived.
fn deliver<A>(arrived: Option<(Vec<oneshot::Sender<A>>, Vec<A>)>) {
    let (answers, given) = arrived.unwrap_or_default();
    for (answer, given) in answers.into_iter().zip(given) {
        // Whoever has gone away is not waiting for it.
        let _ = answer.send(given);
    }
}

/// A driver's place, which is given back even when the driver is dropped on its way: with its runtime.
struct Seat<J: Send + 'static, A: Send + 'static> {
    lane: Lane<J, A>,
    since: Instant,
    left: bool,
}

impl<J: Send + 'static, A: Send + 'static> Drop for Seat<J, A> {
    fn drop(&mut self) {
        if !self.left {
            self.lane.lock().abandon(self.since);
        }
    }
}

#[cfg(test)]
mod tests;
