use std::collections::VecDeque;
use std::time::Instant;

use tokio::sync::oneshot;

use super::LaneLimits;

/// Who waits, and who drives: what callers and drivers hand over to each other under one lock.
pub(super) struct Handover<J, A> {
    limits: LaneLimits,
    line: VecDeque<(J, oneshot::Sender<A>)>,
    drivers: usize,
    last_departure: Option<Instant>,
    closed: bool,
    /// Told when the last driver leaves.
    at_rest: Vec<oneshot::Sender<()>>,
}

/// What somebody who has entered has to see to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Nothing: a driver will come by.
    Waits,
    /// A driver: its place is taken already.
    Drives,
}

/// What a driver does next.
pub(super) enum Next<J, A> {
    /// It departs with these jobs; this is where their answers go.
    Goes(Vec<J>, Vec<oneshot::Sender<A>>),
    /// It tells those who have arrived, and comes back: nobody waits, and it may not leave before.
    Tells,
    /// Nobody waits, and it has left.
    Left,
}

impl<J, A> Handover<J, A> {
    pub(super) const fn new(limits: LaneLimits) -> Self {
        Self {
            limits,
            line: VecDeque::new(),
            drivers: 0,
            last_departure: None,
            closed: false,
            at_rest: Vec::new(),
        }
    }

    /// Joins the line; `None` when it is full or closed.
    pub(super) fn enter(&mut self, job: J, now: Instant) -> Option<(oneshot::Receiver<A>, Entry)> {
        if self.closed || self.line.len() >= self.limits.waiting {
            return None;
        }
        let (sender, answer) = oneshot::channel();
        self.line.push_back((job, sender));
        let held_up = self
            .last_departure
            .is_some_and(|departed| now.saturating_duration_since(departed) >= self.limits.stall);
        if self.drivers == 0 || (held_up && self.drivers < self.limits.drivers) {
            self.drivers += 1;
            // The next to come must not think that this driver is held up before it has set out.
            self.last_departure = Some(now);
            Some((answer, Entry::Drives))
        } else {
            Some((answer, Entry::Waits))
        }
    }

    /// Who departs now. `untold` says whether the driver still has answers to give.
    pub(super) fn depart(&mut self, now: Instant, untold: bool) -> Next<J, A> {
        if self.line.is_empty() {
            if untold {
                return Next::Tells;
            }
            self.leave();
            return Next::Left;
        }
        self.last_departure = Some(now);
        let count = self.line.len().min(self.limits.departing);
        let (jobs, answers) = self.line.drain(..count).unzip();
        Next::Goes(jobs, answers)
    }

    /// A driver has gone without leaving. If it was the last, who waits hears that it is lost.
    pub(super) fn abandon(&mut self) {
        self.leave();
        if self.drivers == 0 {
            self.line.clear();
        }
    }

    /// Closes the line. What comes back is told, or dropped, when the lane is at rest.
    pub(super) fn close(&mut self) -> oneshot::Receiver<()> {
        self.closed = true;
        let (sender, at_rest) = oneshot::channel();
        if self.drivers > 0 {
            self.at_rest.push(sender);
        }
        at_rest
    }

    #[cfg(test)]
    pub(super) fn is_at_rest(&self) -> bool {
        self.drivers == 0 && self.line.is_empty()
    }

    fn leave(&mut self) {
        self.drivers = self.drivers.saturating_sub(1);
        if self.drivers == 0 {
            for waiting in self.at_rest.drain(..) {
                // Whoever waited for it may have lost patience.
                let _ = waiting.send(());
            }
        }
    }
}
