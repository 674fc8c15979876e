use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::Semaphore;

use super::connection::Connection;
use super::pacer::Pacer;
use super::schedule::Schedule;
use super::stats::LoadStats;
use super::workload::{Outcome, Workload};

/// Time after the end of the load during which requests are still sent that were due before it.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Most time by which a request is sent too late. A shorter one would wake the generator up more often.
const PACING_RESOLUTION: Duration = Duration::from_micros(250);

/// Shared state of the clients of a load.
pub(super) struct Shared<W> {
    pub(super) workload: RefCell<W>,
    pub(super) stats: RefCell<LoadStats>,
    pub(super) started: Instant,
    pub(super) ends: Instant,
    pub(super) pacing: Pacing,
}

/// Schedule of a client's requests.
pub(super) enum Pacing {
    /// At once, until the load ends.
    Immediate,
    /// Due time of a request.
    Scheduled {
        schedule: Schedule,
        /// A permit for each request that is due and has not been sent.
        due: Semaphore,
        /// Number of the request that is due next.
        next: Cell<u64>,
    },
}

/// Permission to send one request.
struct Slot {
    /// Time when the request was due; `None` if it is due now.
    due: Option<Instant>,
}

impl<W: Workload> Shared<W> {
    /// Sends the requests of one client until the load ends.
    pub(super) async fn run_client(self: Rc<Self>, mut connection: Connection) {
        while let Some(slot) = self.next_slot().await {
            let (request, expected) = self.workload.borrow_mut().next();
            let sent = Instant::now();
            let response = connection.send(request).await;
            let received = Instant::now();
            let mut stats = self.stats.borrow_mut();
            let response = match response {
                Ok(response) => response,
                Err(error) => {
                    stats.unanswered += 1;
                    stats.record_unexpected(format!("no response: {error:#}"));
                    return;
                }
            };
            let since_due = received.duration_since(slot.due.unwrap_or(sent));
            let in_time = received <= self.ends;
            match self.workload.borrow_mut().check(expected, &response) {
                Outcome::Accepted => stats.record_accepted(since_due, in_time),
                Outcome::Rejected => {
                    stats.record_rejected(since_due, received.duration_since(sent), in_time);
                }
                Outcome::Unexpected(description) => stats.record_unexpected(description),
            }
        }
    }

    /// Waits until a request may be sent; `None` when the load has ended.
    async fn next_slot(&self) -> Option<Slot> {
        match &self.pacing {
            Pacing::Immediate => (Instant::now() < self.ends).then_some(Slot { due: None }),
            Pacing::Scheduled {
                schedule,
                due,
                next,
            } => {
                due.acquire().await.ok()?.forget();
                let number = next.get();
                if number >= schedule.total() || Instant::now() > self.ends + DRAIN_TIMEOUT {
                    return None;
                }
                next.set(number + 1);
                let due = Some(self.started + schedule.due_at(number));
                Some(Slot { due })
            }
        }
    }

    /// Releases requests when they are due, and at the end one permit for each client, so that all notice
    /// that no request is left.
    pub(super) async fn release_requests(&self, clients: usize) -> Result<()> {
        let Pacing::Scheduled { schedule, due, .. } = &self.pacing else {
            return Ok(());
        };
        let pacer = Pacer::every(schedule.interval().max(PACING_RESOLUTION))?;
        let mut released = 0;
        loop {
            let so_far = schedule.due(self.started.elapsed());
            due.add_permits(usize::try_from(so_far - released)?);
            released = so_far;
            if released == schedule.total() {
                due.add_permits(clients);
                return Ok(());
            }
            pacer.tick().await?;
        }
    }

    pub(super) fn into_stats(self) -> (LoadStats, W) {
        let mut stats = self.stats.into_inner();
        if let Pacing::Scheduled { schedule, next, .. } = &self.pacing {
            stats.unsent = schedule.total() - next.get();
        }
        (stats, self.workload.into_inner())
    }
}
