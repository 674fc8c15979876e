//! Callers who go on while access ends.

use std::ops::AddAssign;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use tokio::sync::Semaphore;
use udam_testkit::{Market, Upstream};

use crate::gateway::caller::Caller;
use crate::gateway::service::Service;

/// Callers of one token, half of them at each server.
const CALLERS: usize = 4;

/// Calls of both kinds are answered by the service, which declares that they cost nothing: units never run out.
const EARLY: &str = "/units/0/early";
const LATE: &str = "/units/0/late";

/// The moment from which no call may begin.
#[derive(Debug)]
pub(super) enum End {
    /// That of the answer to a request.
    Answer(AtomicBool),
    /// A time that is known before.
    Time(SystemTime),
}

impl End {
    /// Once this has [been answered](Self::answered).
    pub(super) const fn of_answer() -> Self {
        Self::Answer(AtomicBool::new(false))
    }

    /// The answer has come.
    pub(super) fn answered(&self) {
        if let Self::Answer(answered) = self {
            answered.store(true, Ordering::SeqCst);
        }
    }

    fn has_passed(&self) -> bool {
        match self {
            Self::Answer(answered) => answered.load(Ordering::SeqCst),
            Self::Time(time) => now() >= *time,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a call is held against the clock that the servers read"
)]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

/// Calls of races.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) races: u64,
    /// Calls that were answered by the service.
    pub(super) answered: usize,
    /// Calls that began once access had ended, and were refused.
    pub(super) late: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.races += other.races;
        self.answered += other.answered;
        self.late += other.late;
    }
}

/// Connections that races are run over, one race after another.
pub(super) struct Track {
    callers: Vec<Caller>,
    /// How a call is refused once access has ended.
    refusal: (u16, &'static str),
}

impl Track {
    /// For races of so many tokens at once.
    pub(super) fn new(market: &Market, tokens: usize, refusal: (u16, &'static str)) -> Self {
        let callers = (0..tokens * CALLERS).map(|number| Caller::of(market.address(number)));
        Self {
            callers: callers.collect(),
            refusal,
        }
    }

    /// Calls each of these services at both servers until its access has ended and one more call of each caller was refused.
    /// `ending` ends it: it gets a count of the calls that were answered, so that it can choose when.
    pub(super) async fn race(
        &mut self,
        services: &[Service],
        end: &End,
        ending: impl AsyncFnOnce(&Semaphore) -> Result<()>,
    ) -> Result<Tally> {
        let answered = Semaphore::new(0);
        let refusal = self.refusal;
        let calling = self.callers.iter_mut().enumerate().map(|(number, caller)| {
            let (service, answered) = (services.get(number / CALLERS), &answered);
            async move {
                let service = service.context("a caller without a service")?;
                call_until_refused(caller, service, end, answered, refusal).await
            }
        });
        let (counts, ()) =
            futures::future::try_join(try_join_all(calling), ending(&answered)).await?;
        Ok(Tally {
            races: services.len().try_into()?,
            late: counts.len(),
            answered: counts.into_iter().sum(),
        })
    }
}

/// Returns the number of calls that were answered.
async fn call_until_refused(
    caller: &mut Caller,
    service: &Service,
    end: &End,
    all: &Semaphore,
    refusal: (u16, &str),
) -> Result<usize> {
    let mut count = 0;
    loop {
        let is_late = end.has_passed();
        let path = if is_late { LATE } else { EARLY };
        let answer = caller.call(service, path).await?;
        if answer.status == 200 {
            ensure!(!is_late, "a call that began late was answered");
            count += 1;
            all.add_permits(1);
            continue;
        }
        let code = answer.code();
        ensure!((answer.status, code.as_str()) == refusal, "{answer:?}");
        if is_late {
            return Ok(count);
        }
    }
}

/// Checks that no call has reached the service that began late.
pub(super) fn assert_none_late(upstream: &Upstream) {
    let requests = upstream.take_requests();
    let late = requests.iter().find(|request| request.target() == LATE);
    assert!(late.is_none(), "{late:?}");
}
