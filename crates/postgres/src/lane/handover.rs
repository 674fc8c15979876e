use std::collections::VecDeque;
use std::time::Instant;

use tokio::sync::oneshot;

use super::LaneLimits;

/// Who waits, and who drives: what callers and drivers hand over to each other under one lock.
pub(super) struct Handover<J, A> {
    limits: LaneLimits,
    line: VecDeque<(J, oneshot::Sender<A>)>,
    /// Since when each driver has been on its way.
    drivers: Vec<Instant>,
    closed: bool,
    /// Told when the last driver leaves.
    at_rest: Vec<oneshot::Sender<()>>,
}

/// What somebody who has entered has to see to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Nothing: a driver will come by.
    Waits,
    /// A driver that is on its way since now: its place is taken already.
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
            drivers: Vec::new(),
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
        let entry = if self.sends_another(now) {
            Entry::Drives
        } else {
            Entry::Waits
        };
        Some((answer, entry))
    }

    /// Whether a further driver sets out: somebody waits, and all who drive are held up. Its place is
    /// taken then.
    pub(super) fn sends_another(&mut self, now: Instant) -> bool {
        let stall = self.limits.stall;
        let held_up = |since: &Instant| now.saturating_duration_since(*since) >= stall;
        let another = !self.line.is_empty()
            && self.drivers.len() < self.limits.drivers
            && self.drivers.iter().all(held_up);
        if another {
            self.drivers.push(now);
        }
        another
    }

    /// Who departs now, with the driver that has been on its way `since`. `untold` says whether it still has
    /// answers to give.
    pub(super) fn depart(&mut self, since: &mut Instant, now: Instant, untold: bool) -> Next<J, A> {
        if self.line.is_empty() {
            if untold {
                return Next::Tells;
            }
            self.leave(*since);
            return Next::Left;
        }
        if let Some(driver) = self.drivers.iter_mut().find(|driver| *driver == since) {
            *driver = now;
        }
        *since = now;
        let count = self.line.len().min(self.limits.departing);
        let (jobs, answers) = self.line.drain(..count).unzip();
        Next::Goes(jobs, answers)
    }

    /// A driver has gone without leaving. If it was the last, who waits hears that it is lost.
    pub(super) fn abandon(&mut self, since: Instant) {
        self.leave(since);
        if self.drivers.is_empty() {
            self.line.clear();
        }
    }

    /// Closes the line. What comes back is told, or dropped, when the lane is at rest.
    pub(super) fn close(&mut self) -> oneshot::Receiver<()> {
        self.closed = true;
        let (sender, at_rest) = oneshot::channel();
        if !self.drivers.is_empty() {
            self.at_rest.push(sender);
        }
        at_rest
    }

    #[cfg(test)]
    pub(super) fn is_at_rest(&self) -> bool {
        self.drivers.is_empty() && self.line.is_empty()
    }

    /// Those who have been on their way equally long are all the same here.
    fn leave(&mut self, since: Instant) {
        if let Some(driver) = self.drivers.iter().position(|driver| *driver == since) {
            self.drivers.swap_remove(driver);
        }
        if self.drivers.is_empty() {
            for waiting in self.at_rest.drain(..) {
                // Whoever waited for it may have lost patience.
                let _ = waiting.send(());
            }
        }
    }
}
