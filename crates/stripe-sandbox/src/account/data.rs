use std::collections::BTreeSet;

use fastrand::Rng;
use serde_json::Value;

use super::ids::Ids;
use super::refund_plan::RefundPlan;
use super::store::PagedStore;
use crate::model::{Cause, Charge, Dispute, Event, EventType, NewEvent, Payment, Refund, Session};
use crate::objects;

/// Base URL of the hosted pages, and minimum lifetime of a session, in seconds.
#[derive(Debug, Clone)]
pub(crate) struct AccountSettings {
    /// Base URL of the hosted pages, without a trailing slash.
    pub(crate) page_base_url: String,
    /// Minimum time between the creation and the expiry of a session, in seconds. Stripe: 1800.
    pub(crate) min_session_seconds: i64,
}

/// The objects of one Stripe account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(super) settings: AccountSettings,
    pub(crate) ids: Ids,
    pub(crate) sessions: PagedStore<Session>,
    pub(crate) payments: PagedStore<Payment>,
    pub(crate) charges: PagedStore<Charge>,
    pub(crate) refunds: PagedStore<Refund>,
    pub(crate) disputes: PagedStore<Dispute>,
    pub(crate) events: PagedStore<Event>,
    pub(crate) refund_plan: RefundPlan,
    /// Expiry time and id of each open session, so that expiring those that are due does not visit the
    /// others.
    pub(super) expirations: BTreeSet<(i64, String)>,
    /// Ids of the events recorded since the last [`Account::take_new_events`].
    new_events: Vec<String>,
}

impl Account {
    pub(crate) fn new(settings: AccountSettings, rng: Rng) -> Self {
        Self {
            settings,
            ids: Ids::new(rng),
            sessions: PagedStore::new(),
            payments: PagedStore::new(),
            charges: PagedStore::new(),
            refunds: PagedStore::new(),
            disputes: PagedStore::new(),
            events: PagedStore::new(),
            refund_plan: RefundPlan::default(),
            expirations: BTreeSet::new(),
            new_events: Vec::new(),
        }
    }

    /// Returns the ids of the events recorded since the last call, oldest first.
    pub(crate) fn take_new_events(&mut self) -> Vec<String> {
        std::mem::take(&mut self.new_events)
    }

    /// Renders any object but an event as Stripe does; `None` if there is no such object.
    pub(crate) fn render(&self, id: &str) -> Option<Value> {
        let prefix = id.split('_').next()?;
        match prefix {
            "cs" => {
                let session = self.sessions.find(id)?;
                Some(objects::session(session, &self.settings.page_base_url))
            }
            "pi" => self.payments.find(id).map(objects::payment_intent),
            "ch" => self.charges.find(id).map(objects::charge),
            "re" => self.refunds.find(id).map(objects::refund),
            "du" => self.disputes.find(id).map(objects::dispute),
            _ => None,
        }
    }

    /// Records an event about an object that is a session or belongs to one.
    pub(super) fn record_event(
        &mut self,
        cause: &Cause,
        session: &str,
        event_type: EventType,
        object: &str,
    ) {
        let event = self.new_event(cause, session, event_type, object);
        self.store_event(event);
    }

    /// Records an event about an object that was `before` and has changed since.
    pub(super) fn record_update(
        &mut self,
        cause: &Cause,
        session: &str,
        (event_type, object): (EventType, &str),
        before: &Value,
    ) {
        let now = self.render(object).unwrap_or_default();
        let mut event = self.new_event(cause, session, event_type, object);
        event.previous_attributes = Some(objects::previous_attributes(before, &now).to_string());
        self.store_event(event);
    }

    fn new_event(
        &mut self,
        cause: &Cause,
        session: &str,
        event_type: EventType,
        object: &str,
    ) -> Event {
        let object = self.render(object).unwrap_or_default();
        Event {
            id: self.ids.event(),
            created: cause.now,
            kind: event_type.into_str().into(),
            session: session.to_owned(),
            object: object.to_string(),
            previous_attributes: None,
            livemode: false,
            cause: cause.clone(),
        }
    }

    /// Records an event that no change of this account has caused, and returns its id.
    pub(crate) fn record_new(&mut self, new: NewEvent, session: &str, cause: &Cause) -> String {
        let id = self.ids.event();
        self.store_event(Event {
            id: id.clone(),
            created: new.created.unwrap_or(cause.now),
            kind: new.kind.into(),
            session: session.to_owned(),
            object: new.object.to_string(),
            previous_attributes: None,
            livemode: new.livemode,
            cause: cause.clone(),
        });
        id
    }

    fn store_event(&mut self, event: Event) {
        self.new_events.push(event.id.clone());
        self.events.insert(event);
    }
}
