use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::Semaphore;

use super::connection::Connection;
use super::demand::{Demand, Verdict};
use super::metronome::Metronome;
use super::schedule::Schedule;
use super::tally::Tally;

/// How long after the end requests are still sent that were due before it.
const AFTERMATH: Duration = Duration::from_secs(10);

/// How late a request may be let go. Shorter would have the generator wake up more often.
const QUANTUM: Duration = Duration::from_micros(250);

/// What the clients of a load share.
pub(super) struct Shared<D> {
    pub(super) demand: RefCell<D>,
    pub(super) tally: RefCell<Tally>,
    pub(super) began: Instant,
    pub(super) ends: Instant,
    pub(super) turns: Turns,
}

/// When it is a client's turn.
pub(super) enum Turns {
    /// At once, until the end.
    UntilItEnds,
    /// Whenever a request is due.
    AsScheduled {
        schedule: Schedule,
        due: Semaphore,
        /// The request that is due next.
        next: Cell<u64>,
    },
}

impl<D: Demand> Shared<D> {
    /// What one client does, from beginning to end.
    pub(super) async fn attend(self: Rc<Self>, mut connection: Connection) {
        while let Some(intended) = self.turn().await {
            let (request, expected) = self.demand.borrow_mut().next();
            let sent = Instant::now();
            let asked = connection.ask(request).await;
            let answered = Instant::now();
            let mut tally = self.tally.borrow_mut();
            let answer = match asked {
                Ok(answer) => answer,
                Err(error) => {
                    tally.unanswered += 1;
                    tally.complain(format!("no answer: {error:#}"));
                    return;
                }
            };
            let waited = answered.duration_since(intended.unwrap_or(sent));
            let in_time = answered <= self.ends;
            match self.demand.borrow_mut().judge(expected, &answer) {
                Verdict::Granted => tally.grant(waited, in_time),
                Verdict::Refused => tally.refuse(waited, answered.duration_since(sent), in_time),
                Verdict::Wrong(about) => tally.complain(about),
            }
        }
    }

    /// Waits for a turn, and answers with when it was, if that is not now; none at the end.
    async fn turn(&self) -> Option<Option<Instant>> {
        match &self.turns {
            Turns::UntilItEnds => (Instant::now() < self.ends).then_some(None),
            Turns::AsScheduled {
                schedule,
                due,
                next,
            } => {
                due.acquire().await.ok()?.forget();
                let number = next.get();
                if number >= schedule.total() || Instant::now() > self.ends + AFTERMATH {
                    return None;
                }
                next.set(number + 1);
                Some(Some(self.began + schedule.intended(number)))
            }
        }
    }

    /// Lets requests go when they are due. At the end there is a turn for each client to see that none
    /// are left.
    pub(super) async fn release_turns(&self, clients: usize) -> Result<()> {
        let Turns::AsScheduled { schedule, due, .. } = &self.turns else {
            return Ok(());
        };
        let metronome = Metronome::every(schedule.interval().max(QUANTUM))?;
        let mut released = 0;
        loop {
            let so_far = schedule.due(self.began.elapsed());
            due.add_permits(usize::try_from(so_far - released)?);
            released = so_far;
            if released == schedule.total() {
                due.add_permits(clients);
                return Ok(());
            }
            metronome.tick().await?;
        }
    }

    pub(super) fn into_tally(self) -> (Tally, D) {
        let mut tally = self.tally.into_inner();
        if let Turns::AsScheduled { schedule, next, .. } = &self.turns {
            tally.unsent = schedule.total() - next.get();
        }
        (tally, self.demand.into_inner())
    }
}
