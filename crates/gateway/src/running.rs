use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;
use udam_domain::gateway::{CallOutcome, Drawn, Head, charge};
use udam_domain::marketplace::CallEnd;

use crate::body::Progress;
use crate::metrics::upstream_took;
use crate::open_calls::Registered;
use crate::problem::{Refused, problem_of_outcome};
use crate::recorder::Recorder;
use crate::report::CallReport;

/// A call whose units are taken. It is ended by [`end`](Self::end), or else by being dropped: its client has gone then, or the
/// server has stopped in the middle.
pub(crate) struct RunningCall {
    recorder: Arc<Recorder>,
    /// `None` once it has ended.
    open: Option<(Drawn, Registered)>,
    began: Instant,
    head: Option<(Head, Duration)>,
    sent: Option<Arc<Progress>>,
    received: u64,
    /// Keeps [`Gateway::drain`](crate::Gateway::drain) waiting.
    _token: TaskTrackerToken,
}

impl RunningCall {
    pub(crate) fn new(recorder: Arc<Recorder>, drawn: Drawn, began: Instant) -> Self {
        let registered = recorder.register(drawn.call_id);
        let token = recorder.token();
        Self {
            recorder,
            open: Some((drawn, registered)),
            began,
            head: None,
            sent: None,
            received: 0,
            _token: token,
        }
    }

    /// What was drawn; `None` once the call has ended.
    pub(crate) fn drawn(&self) -> Option<&Drawn> {
        self.open.as_ref().map(|(drawn, _registered)| drawn)
    }

    /// The request is being sent.
    pub(crate) fn sends(&mut self, progress: Arc<Progress>) {
        self.sent = Some(progress);
    }

    /// The head of the answer has come. From now on the client owes what the terms say.
    pub(crate) fn answered(&mut self, head: Head) {
        let latency = self.began.elapsed();
        upstream_took(latency);
        self.head = Some((head, latency));
    }

    /// Bytes of the answer have come.
    pub(crate) fn received(&mut self, bytes: usize) {
        self.received += u64::try_from(bytes).unwrap_or_default();
    }

    /// The call has ended: what comes after it changes nothing.
    pub(crate) fn end(&mut self, outcome: CallOutcome) {
        let Some((drawn, registered)) = self.open.take() else {
            return;
        };
        let end = CallEnd {
            outcome,
            request_bytes: self.sent.as_ref().map_or(0, |sent| sent.sent()),
            response_bytes: self.received,
            latency: self.latency(),
        };
        self.recorder.finish(drawn, end, registered);
    }

    /// The answer has ended as its head announced.
    pub(crate) fn end_well(&mut self) {
        if let Some((head, _latency)) = self.head {
            self.end(CallOutcome::Answered(head));
        }
    }

    /// The service has broken its answer off.
    pub(crate) fn end_cut_short(&mut self) {
        if let Some((head, _latency)) = self.head {
            self.end(CallOutcome::CutShort(head));
        }
    }

    /// Its client has gone after the head had come.
    pub(crate) fn end_left(&mut self) {
        if let Some((head, _latency)) = self.head {
            self.end(CallOutcome::ClientLeft(head));
        }
    }

    /// There is no answer, or none that can be passed on.
    pub(crate) fn end_without_answer(
        &mut self,
        outcome: CallOutcome,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Refused {
        let report = self.report(outcome);
        self.end(outcome);
        Refused::returned(problem_of_outcome(outcome), cause, report)
    }

    /// Time from its beginning to the head of its answer.
    pub(crate) fn latency(&self) -> Option<Duration> {
        self.head.map(|(_head, latency)| latency)
    }

    /// What its client is told: `outcome` is how it has ended, or will.
    pub(crate) fn report(&self, outcome: CallOutcome) -> Option<CallReport> {
        let drawn = self.drawn()?.clone();
        let terms = &drawn.terms.terms;
        let charged = charge(terms.charge, terms.cost, drawn.taken, outcome).units;
        let returned = drawn.taken.get().saturating_sub(charged);
        Some(CallReport {
            charged,
            remaining: u64::from(drawn.left.get()) + u64::from(returned),
            drawn,
        })
    }
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        let outcome = match self.head {
            _ if self.recorder.is_stopping() => CallOutcome::Lost,
            Some((head, _latency)) => CallOutcome::ClientLeft(head),
            None => CallOutcome::ClientGone,
        };
        self.end(outcome);
    }
}
