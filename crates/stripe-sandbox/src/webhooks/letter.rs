//! A webhook, and what became of it.

use std::sync::Arc;

/// A webhook to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) event: String,
    pub(crate) kind: &'static str,
    /// Letters about one session are sent one after another.
    pub(crate) session: String,
    pub(crate) body: Arc<str>,
}

/// How an attempt to deliver ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answered(u16),
    Unreachable(String),
}

impl Outcome {
    pub(crate) const fn delivered(&self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// In milliseconds.
    pub(crate) at: u64,
    pub(crate) outcome: Outcome,
}

/// What became of an event's webhook.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) event: String,
    pub(crate) kind: &'static str,
    pub(crate) attempts: Vec<Attempt>,
    pub(super) fate: Fate,
    pub(super) under_way: u32,
}

/// What the mailroom did with a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Unaddressed,
    Held,
    Dropped,
    Sent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordState {
    /// There was no address to send it to.
    Unaddressed,
    /// Kept back until released.
    Held,
    /// Lost, as the policy would have it.
    Dropped,
    /// Under way, or waiting to be tried again.
    Waiting,
    Delivered,
    /// Tried as often as the schedule says, in vain.
    Failed,
}

impl RecordState {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unaddressed => "unaddressed",
            Self::Held => "held",
            Self::Dropped => "dropped",
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl Record {
    pub(super) fn of(letter: &Letter) -> Self {
        Self {
            event: letter.event.clone(),
            kind: letter.kind,
            attempts: Vec::new(),
            fate: Fate::Unaddressed,
            under_way: 0,
        }
    }

    pub(crate) fn state(&self) -> RecordState {
        let delivered = |attempt: &Attempt| attempt.outcome.delivered();
        if self.attempts.iter().any(delivered) {
            return RecordState::Delivered;
        }
        if self.under_way > 0 {
            return RecordState::Waiting;
        }
        match self.fate {
            Fate::Unaddressed => RecordState::Unaddressed,
            Fate::Held => RecordState::Held,
            Fate::Dropped => RecordState::Dropped,
            Fate::Sent => RecordState::Failed,
        }
    }
}

/// How many webhooks are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) unaddressed: usize,
    pub(crate) held: usize,
    pub(crate) dropped: usize,
    pub(crate) waiting: usize,
    pub(crate) delivered: usize,
    pub(crate) failed: usize,
}

impl Counts {
    pub(super) fn of(records: &[Record]) -> Self {
        let mut counts = Self::default();
        for record in records {
            let count = match record.state() {
                RecordState::Unaddressed => &mut counts.unaddressed,
                RecordState::Held => &mut counts.held,
                RecordState::Dropped => &mut counts.dropped,
                RecordState::Waiting => &mut counts.waiting,
                RecordState::Delivered => &mut counts.delivered,
                RecordState::Failed => &mut counts.failed,
            };
            *count = count.saturating_add(1);
        }
        counts
    }
}
