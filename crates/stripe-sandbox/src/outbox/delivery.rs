use std::borrow::Cow;
use std::sync::Arc;

use strum::IntoStaticStr;

/// A webhook to be delivered.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Id of the event.
    pub(crate) event: String,
    pub(crate) event_type: Cow<'static, str>,
    /// Id of the session. The webhooks of one session are sent one after another.
    pub(crate) session: String,
    /// JSON of the event.
    pub(crate) body: Arc<str>,
}

/// The HTTP status that a webhook was answered with, or why there was no response. Only 2xx counts as
/// delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// HTTP status of the response.
    Responded(u16),
    /// Reason why there was no response.
    Failed(String),
}

impl AttemptOutcome {
    pub(crate) const fn is_delivered(&self) -> bool {
        matches!(self, Self::Responded(200..=299))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// Time of the attempt, in milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) outcome: AttemptOutcome,
}

/// Delivery attempts for the webhook of one event.
#[derive(Debug)]
pub(crate) struct DeliveryRecord {
    /// Id of the event.
    pub(crate) event: String,
    pub(crate) event_type: Cow<'static, str>,
    /// Oldest first.
    pub(crate) attempts: Vec<Attempt>,
    pub(super) disposition: Disposition,
    /// Deliveries that have not ended: two if the webhook is sent twice.
    pub(super) in_progress: u32,
}

/// Decision of the outbox on a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    /// Not sent: there was no URL to send it to.
    Unaddressed,
    Held,
    Dropped,
    Sent,
}

/// State of a webhook, under the name that the control API gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum DeliveryState {
    /// Not sent: there was no URL to send it to.
    Unaddressed,
    /// Held by the policy until released.
    Held,
    /// Dropped by the policy.
    Dropped,
    /// In progress, or waiting for a retry.
    Waiting,
    Delivered,
    /// Every attempt failed.
    Failed,
}

impl DeliveryRecord {
    pub(super) fn new(delivery: &Delivery) -> Self {
        Self {
            event: delivery.event.clone(),
            event_type: delivery.event_type.clone(),
            attempts: Vec::new(),
            disposition: Disposition::Unaddressed,
            in_progress: 0,
        }
    }

    pub(crate) fn state(&self) -> DeliveryState {
        let delivered = |attempt: &Attempt| attempt.outcome.is_delivered();
        if self.attempts.iter().any(delivered) {
            return DeliveryState::Delivered;
        }
        if self.in_progress > 0 {
            return DeliveryState::Waiting;
        }
        match self.disposition {
            Disposition::Unaddressed => DeliveryState::Unaddressed,
            Disposition::Held => DeliveryState::Held,
            Disposition::Dropped => DeliveryState::Dropped,
            Disposition::Sent => DeliveryState::Failed,
        }
    }
}

/// Number of webhooks in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DeliveryCounts {
    pub(crate) unaddressed: usize,
    pub(crate) held: usize,
    pub(crate) dropped: usize,
    pub(crate) waiting: usize,
    pub(crate) delivered: usize,
    pub(crate) failed: usize,
}

impl DeliveryCounts {
    pub(super) fn of(records: &[DeliveryRecord]) -> Self {
        let mut counts = Self::default();
        for record in records {
            let count = match record.state() {
                DeliveryState::Unaddressed => &mut counts.unaddressed,
                DeliveryState::Held => &mut counts.held,
                DeliveryState::Dropped => &mut counts.dropped,
                DeliveryState::Waiting => &mut counts.waiting,
                DeliveryState::Delivered => &mut counts.delivered,
                DeliveryState::Failed => &mut counts.failed,
            };
            *count = count.saturating_add(1);
        }
        counts
    }
}
