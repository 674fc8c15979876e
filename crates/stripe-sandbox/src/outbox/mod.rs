//! The outbox of webhooks, as a pure state machine: it decides under a policy which webhooks are sent, how
//! often, in which order and after which delay, and records what became of each.

mod delivery;
mod policy;

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use url::Url;

pub(crate) use delivery::{
    Attempt, AttemptOutcome, Delivery, DeliveryCounts, DeliveryRecord, DeliveryState,
};
pub(crate) use policy::{DelayRange, WebhookPolicy};

use delivery::Disposition;

/// A webhook that the dispatcher is to send.
#[derive(Debug, Clone)]
pub(crate) struct QueuedDelivery {
    pub(crate) delivery: Delivery,
    pub(crate) delay: Duration,
    /// Whether a failed attempt is retried. That of a duplicate is not: a duplicate stands for a webhook
    /// that arrived although its sender did not learn so.
    pub(crate) retry: bool,
}

/// Takes webhooks in, hands out those to be sent, and keeps a record of each.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// URL that webhooks are sent to; `None` = nowhere.
    pub(crate) url: Option<Url>,
    policy: WebhookPolicy,
    rng: Rng,
    held: Vec<Delivery>,
    records: Vec<DeliveryRecord>,
    /// Index into `records` by event id.
    indices: HashMap<String, usize>,
}

impl Outbox {
    pub(crate) fn new(url: Option<Url>) -> Self {
        Self {
            url,
            policy: WebhookPolicy::RELIABLE,
            rng: Rng::with_seed(WebhookPolicy::RELIABLE.seed),
            held: Vec::new(),
            records: Vec::new(),
            indices: HashMap::new(),
        }
    }

    pub(crate) const fn policy(&self) -> &WebhookPolicy {
        &self.policy
    }

    /// Replaces the policy and seeds the random numbers anew. Returns the held webhooks, to be sent, unless
    /// the new policy holds as well.
    pub(crate) fn set_policy(&mut self, policy: WebhookPolicy) -> Vec<QueuedDelivery> {
        self.rng = Rng::with_seed(policy.seed);
        self.policy = policy;
        if self.policy.hold {
            Vec::new()
        } else {
            self.release()
        }
    }

    /// Stops holding webhooks and returns those that were held, to be sent.
    pub(crate) fn release(&mut self) -> Vec<QueuedDelivery> {
        self.policy.hold = false;
        let held = std::mem::take(&mut self.held);
        self.send(held)
    }

    /// Takes in the webhooks of one change. Returns those to be sent now.
    pub(crate) fn accept(&mut self, deliveries: Vec<Delivery>) -> Vec<QueuedDelivery> {
        for delivery in &deliveries {
            self.indices
                .insert(delivery.event.clone(), self.records.len());
            self.records.push(DeliveryRecord::new(delivery));
        }
        if self.url.is_none() {
            return Vec::new();
        }
        if self.policy.hold {
            for delivery in &deliveries {
                self.set_disposition(&delivery.event, Disposition::Held);
            }
            self.held.extend(deliveries);
            return Vec::new();
        }
        self.send(deliveries)
    }

    fn send(&mut self, mut deliveries: Vec<Delivery>) -> Vec<QueuedDelivery> {
        if self.policy.shuffle {
            self.rng.shuffle(&mut deliveries);
        }
        let mut queued = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            if happens(&mut self.rng, self.policy.drop_per_mille) {
                self.set_disposition(&delivery.event, Disposition::Dropped);
                continue;
            }
            self.set_disposition(&delivery.event, Disposition::Sent);
            if happens(&mut self.rng, self.policy.duplicate_per_mille) {
                queued.push(self.queue(delivery.clone(), false));
            }
            queued.push(self.queue(delivery, true));
        }
        queued
    }

    fn queue(&mut self, delivery: Delivery, retry: bool) -> QueuedDelivery {
        if let Some(record) = self.record_mut(&delivery.event) {
            record.in_progress = record.in_progress.saturating_add(1);
        }
        let DelayRange { min, max } = self.policy.delay;
        QueuedDelivery {
            delivery,
            delay: Duration::from_millis(self.rng.u64(min..=max)),
            retry,
        }
    }

    fn set_disposition(&mut self, event: &str, disposition: Disposition) {
        if let Some(record) = self.record_mut(event) {
            record.disposition = disposition;
        }
    }

    /// Records that a delivery has ended, after one or several attempts.
    pub(crate) fn finish(&mut self, event: &str) {
        if let Some(record) = self.record_mut(event) {
            record.in_progress = record.in_progress.saturating_sub(1);
        }
    }

    pub(crate) fn record_attempt(&mut self, event: &str, attempt: Attempt) {
        if let Some(record) = self.record_mut(event) {
            record.attempts.push(attempt);
        }
    }

    /// Records of all webhooks, in the order of their events.
    pub(crate) fn records(&self) -> &[DeliveryRecord] {
        &self.records
    }

    /// State of an event's webhook; `None` if there is no such event.
    pub(crate) fn state_of(&self, event: &str) -> Option<DeliveryState> {
        let record = self.records.get(*self.indices.get(event)?)?;
        Some(record.state())
    }

    fn record_mut(&mut self, event: &str) -> Option<&mut DeliveryRecord> {
        self.records.get_mut(*self.indices.get(event)?)
    }

    pub(crate) fn counts(&self) -> DeliveryCounts {
        DeliveryCounts::of(&self.records)
    }
}

/// Draws whether an event of the given probability happens.
fn happens(rng: &mut Rng, per_mille: u16) -> bool {
    rng.u16(0..1_000) < per_mille
}

#[cfg(test)]
mod tests;
