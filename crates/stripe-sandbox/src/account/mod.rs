//! One Stripe account, as a pure state machine: what is done to it, when, and by whom come as
//! arguments, and it touches nothing else.
//!
//! `session`, `payment`, `refund`, `dispute` and `event` say what there is; `checkout`, `paying`,
//! `refund` and `dispute` say what may happen to it. Each step that succeeds leaves events behind,
//! which the caller collects with [`Account::take_events`] and sends.

mod books;
mod checkout;
mod currency;
mod dispute;
mod event;
mod ids;
mod paying;
mod payment;
mod refund;
mod refusal;
mod session;
mod shelf;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use currency::Currency;
pub(crate) use dispute::{Dispute, DisputeStatus, Verdict};
pub(crate) use event::{Event, EventKind, Occasion};
pub(crate) use paying::Timing;
pub(crate) use payment::{Charge, ChargeStatus, Payment, PaymentStatus};
pub(crate) use refund::{NewRefund, Reason, Refund, RefundOf};
pub(crate) use refusal::{Place, Refusal};
pub(crate) use session::{Item, Line, Metadata, NewSession, Session, SessionStatus, Terms};
pub(crate) use shelf::{Cursor, Excerpt, Keyed, Shelf, Span, Window};

use crate::chance::Chance;
use crate::objects;
use ids::Ids;

/// What an account does not decide for itself.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Where hosted pages are, without a slash at the end.
    pub(crate) pages: String,
    /// How many seconds ahead a session's end must be. Stripe: 30 minutes.
    pub(crate) shortest_session: i64,
}

/// One Stripe account.
#[derive(Debug)]
pub(crate) struct Account {
    rules: Rules,
    pub(crate) ids: Ids,
    pub(crate) sessions: Shelf<Session>,
    pub(crate) payments: Shelf<Payment>,
    pub(crate) charges: Shelf<Charge>,
    pub(crate) refunds: Shelf<Refund>,
    pub(crate) disputes: Shelf<Dispute>,
    pub(crate) events: Shelf<Event>,
    /// Open sessions by when they end, so that ending those that are due costs nothing for the
    /// others.
    due: BTreeSet<(i64, String)>,
    unsent: Vec<String>,
}

impl Account {
    pub(crate) fn new(rules: Rules, chance: Chance) -> Self {
        Self {
            rules,
            ids: Ids::new(chance),
            sessions: Shelf::new(),
            payments: Shelf::new(),
            charges: Shelf::new(),
            refunds: Shelf::new(),
            disputes: Shelf::new(),
            events: Shelf::new(),
            due: BTreeSet::new(),
            unsent: Vec::new(),
        }
    }

    /// The ids of the events that happened since the last call, in order.
    pub(crate) fn take_events(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unsent)
    }

    /// Any object but an event, as Stripe shows it.
    pub(crate) fn show(&self, id: &str) -> Option<Value> {
        let prefix = id.split('_').next()?;
        match prefix {
            "cs" => {
                let session = self.sessions.find(id)?;
                Some(objects::session(session, &self.rules.pages))
            }
            "pi" => self.payments.find(id).map(objects::payment_intent),
            "ch" => self.charges.find(id).map(objects::charge),
            "re" => self.refunds.find(id).map(objects::refund),
            "dp" => self.disputes.find(id).map(objects::dispute),
            _ => None,
        }
    }

    /// Records that something happened to a session, or to an object that belongs to one.
    fn announce(&mut self, occasion: &Occasion, session: &str, kind: EventKind, object: &str) {
        self.announce_change(occasion, session, kind, object, None);
    }

    fn announce_change(
        &mut self,
        occasion: &Occasion,
        session: &str,
        kind: EventKind,
        object: &str,
        previous: Option<Value>,
    ) {
        let id = self.ids.event();
        let object = self.show(object).unwrap_or_default();
        self.unsent.push(id.clone());
        self.events.put(Event {
            id,
            created: occasion.now,
            kind,
            session: session.to_owned(),
            object: object.to_string(),
            previous: previous.map(|value| value.to_string()),
            occasion: occasion.clone(),
        });
    }
}
