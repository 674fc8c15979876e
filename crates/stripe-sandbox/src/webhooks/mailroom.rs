//! Which webhooks are sent, and when.

use std::collections::HashMap;
use std::time::Duration;

use url::Url;

use super::letter::{Attempt, Counts, Fate, Letter, Record, RecordState};
use super::policy::Policy;
use crate::chance::Chance;

/// A letter on its way.
#[derive(Debug, Clone)]
pub(crate) struct Dispatch {
    pub(crate) letter: Letter,
    pub(crate) delay: Duration,
    /// Whether it is tried again until it arrives. A duplicate is not: it stands for a delivery
    /// that arrived although the sender thinks that it did not.
    pub(crate) persistent: bool,
}

/// Takes letters in, hands dispatches out, and keeps a record of both.
#[derive(Debug)]
pub(crate) struct Mailroom {
    pub(crate) address: Option<Url>,
    policy: Policy,
    chance: Chance,
    held: Vec<Letter>,
    records: Vec<Record>,
    places: HashMap<String, usize>,
}

impl Mailroom {
    pub(crate) fn new(address: Option<Url>) -> Self {
        Self {
            address,
            policy: Policy::RELIABLE,
            chance: Chance::seeded(Policy::RELIABLE.seed),
            held: Vec::new(),
            records: Vec::new(),
            places: HashMap::new(),
        }
    }

    pub(crate) const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Changes the policy, and starts its chance afresh. What was held goes out unless the new
    /// policy holds, too.
    pub(crate) fn adopt(&mut self, policy: Policy) -> Vec<Dispatch> {
        self.chance = Chance::seeded(policy.seed);
        self.policy = policy;
        if self.policy.hold {
            Vec::new()
        } else {
            self.release()
        }
    }

    /// Sends what is held, and holds no longer.
    pub(crate) fn release(&mut self) -> Vec<Dispatch> {
        self.policy.hold = false;
        let held = std::mem::take(&mut self.held);
        self.send(held)
    }

    /// Takes in letters that were posted together.
    pub(crate) fn accept(&mut self, letters: Vec<Letter>) -> Vec<Dispatch> {
        for letter in &letters {
            self.places.insert(letter.event.clone(), self.records.len());
            self.records.push(Record::of(letter));
        }
        if self.address.is_none() {
            return Vec::new();
        }
        if self.policy.hold {
            for letter in &letters {
                self.decide(&letter.event, Fate::Held);
            }
            self.held.extend(letters);
            return Vec::new();
        }
        self.send(letters)
    }

    fn send(&mut self, mut letters: Vec<Letter>) -> Vec<Dispatch> {
        if self.policy.shuffle {
            self.chance.shuffle(&mut letters);
        }
        let mut dispatches = Vec::with_capacity(letters.len());
        for letter in letters {
            if self.chance.befalls(self.policy.drop_per_mille) {
                self.decide(&letter.event, Fate::Dropped);
                continue;
            }
            self.decide(&letter.event, Fate::Sent);
            if self.chance.befalls(self.policy.duplicate_per_mille) {
                dispatches.push(self.dispatch(letter.clone(), false));
            }
            dispatches.push(self.dispatch(letter, true));
        }
        dispatches
    }

    fn dispatch(&mut self, letter: Letter, persistent: bool) -> Dispatch {
        self.begin(&letter.event);
        let delay = self.policy.delay;
        let delay = Duration::from_millis(self.chance.between(delay.least, delay.most));
        Dispatch {
            letter,
            delay,
            persistent,
        }
    }

    fn decide(&mut self, event: &str, fate: Fate) {
        if let Some(record) = self.record_mut(event) {
            record.fate = fate;
        }
    }

    /// Notes that a delivery, which may take several attempts, is under way.
    pub(crate) fn begin(&mut self, event: &str) {
        if let Some(record) = self.record_mut(event) {
            record.under_way = record.under_way.saturating_add(1);
        }
    }

    /// Notes that a delivery has come to its end.
    pub(crate) fn finish(&mut self, event: &str) {
        if let Some(record) = self.record_mut(event) {
            record.under_way = record.under_way.saturating_sub(1);
        }
    }

    /// Notes what came of one attempt.
    pub(crate) fn note(&mut self, event: &str, attempt: Attempt) {
        if let Some(record) = self.record_mut(event) {
            record.attempts.push(attempt);
        }
    }

    /// In the order of the events.
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(crate) fn state_of(&self, event: &str) -> Option<RecordState> {
        let record = self.records.get(*self.places.get(event)?)?;
        Some(record.state())
    }

    fn record_mut(&mut self, event: &str) -> Option<&mut Record> {
        self.records.get_mut(*self.places.get(event)?)
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts::of(&self.records)
    }
}

#[cfg(test)]
mod tests;
