use serde::{Deserialize, Serialize};

use super::data::Account;
use super::store::PagedStore;
use crate::model::{Charge, Dispute, Event, Payment, Refund, Session, SessionStatus, StripeObject};

/// Time that Stripe lists events for, in seconds: 30 days.
const EVENT_RETENTION_SECONDS: i64 = 30 * 24 * 60 * 60;

/// An object of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Object {
    Session(Session),
    Payment(Payment),
    Charge(Charge),
    Refund(Refund),
    Dispute(Dispute),
    Event(Event),
}

impl Account {
    /// Starts recording which objects are created and changed.
    pub(crate) fn track_changes(&mut self) {
        self.sessions.track_changes();
        self.payments.track_changes();
        self.charges.track_changes();
        self.refunds.track_changes();
        self.disputes.track_changes();
        self.events.track_changes();
    }

    /// Returns the objects that have been created or changed since the last call, as they are now. None unless they
    /// are tracked.
    pub(crate) fn take_changes(&mut self) -> Vec<Object> {
        let mut changes = Vec::new();
        changes.extend(
            self.sessions
                .take_changes()
                .into_iter()
                .map(Object::Session),
        );
        changes.extend(
            self.payments
                .take_changes()
                .into_iter()
                .map(Object::Payment),
        );
        changes.extend(self.charges.take_changes().into_iter().map(Object::Charge));
        changes.extend(self.refunds.take_changes().into_iter().map(Object::Refund));
        changes.extend(
            self.disputes
                .take_changes()
                .into_iter()
                .map(Object::Dispute),
        );
        changes.extend(self.events.take_changes().into_iter().map(Object::Event));
        changes
    }

    /// All objects, of each type the oldest first.
    pub(crate) fn objects(&self) -> Vec<Object> {
        let mut objects = Vec::new();
        objects.extend(all(&self.sessions).map(Object::Session));
        objects.extend(all(&self.payments).map(Object::Payment));
        objects.extend(all(&self.charges).map(Object::Charge));
        objects.extend(all(&self.refunds).map(Object::Refund));
        objects.extend(all(&self.disputes).map(Object::Dispute));
        objects.extend(all(&self.events).map(Object::Event));
        objects
    }

    /// Takes in the objects of an earlier sandbox, of which the last one of an id counts. Events that Stripe would no
    /// longer list at `now` are left out.
    pub(crate) fn restore(&mut self, objects: Vec<Object>, now: i64) {
        for object in objects {
            match object {
                Object::Session(session) => self.sessions.restore(session),
                Object::Payment(payment) => self.payments.restore(payment),
                Object::Charge(charge) => self.charges.restore(charge),
                Object::Refund(refund) => self.refunds.restore(refund),
                Object::Dispute(dispute) => self.disputes.restore(dispute),
                Object::Event(event) => {
                    if now.saturating_sub(event.created) < EVENT_RETENTION_SECONDS {
                        self.events.restore(event);
                    }
                }
            }
        }
        let open = self
            .sessions
            .iter()
            .filter(|session| session.status == SessionStatus::Open);
        self.expirations = open
            .map(|session| (session.expires_at, session.id.clone()))
            .collect();
    }
}

fn all<T: StripeObject + Clone>(store: &PagedStore<T>) -> impl Iterator<Item = T> {
    store.iter().cloned()
}
