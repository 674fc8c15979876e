//! Doing what a command says.

use serde_json::Value;

use super::command::{Command, Operation};
use super::expansion::expand;
use super::parameters::{EventsWanted, MoneyWanted, SessionsWanted};
use crate::account::{Account, Event, Excerpt, Keyed, Occasion, Place, Refusal, Shelf};
use crate::objects;
use crate::shared::World;
use crate::webhooks::RecordState;

impl Command {
    /// Does it; the JSON of the answer.
    pub(crate) fn perform(self, world: &mut World, occasion: &Occasion) -> Result<String, Refusal> {
        let account = &mut world.account;
        let mut shown = match self.operation {
            Operation::OpenSession(wanted) => {
                let id = account.open_session(*wanted, occasion)?;
                account.show(&id).unwrap_or_default()
            }
            Operation::ExpireSession(id) => {
                account.expire_session(&id, occasion)?;
                account.show(&id).unwrap_or_default()
            }
            Operation::Refund(wanted) => {
                let id = account.refund(wanted, occasion)?;
                account.show(&id).unwrap_or_default()
            }
            Operation::ShowSession(id) => show(account, &account.sessions, &id, "session")?,
            Operation::ShowPayment(id) => show(account, &account.payments, &id, "intent")?,
            Operation::ShowCharge(id) => show(account, &account.charges, &id, "id")?,
            Operation::ShowRefund(id) => show(account, &account.refunds, &id, "id")?,
            Operation::ShowDispute(id) => show(account, &account.disputes, &id, "id")?,
            Operation::ShowLineItems(id) => {
                objects::line_items(account.sessions.named(&id, Place::Path("session"))?)
            }
            Operation::ListSessions(wanted) => list_sessions(account, &wanted)?,
            Operation::ListRefunds(wanted) => list_refunds(account, &wanted)?,
            Operation::ListDisputes(wanted) => list_disputes(account, &wanted)?,
            Operation::ShowEvent(id) => {
                let event = world.account.events.named(&id, Place::Path("id"))?;
                return Ok(show_event(world, event));
            }
            Operation::ListEvents(wanted) => return list_events(world, &wanted),
        };
        expand(&world.account, &mut shown, &self.expand);
        Ok(shown.to_string())
    }
}

fn show<T: Keyed>(
    account: &Account,
    shelf: &Shelf<T>,
    id: &str,
    name: &'static str,
) -> Result<Value, Refusal> {
    let object = shelf.named(id, Place::Path(name))?;
    Ok(account.show(object.id()).unwrap_or_default())
}

fn list_sessions(account: &Account, wanted: &SessionsWanted) -> Result<Value, Refusal> {
    let excerpt = account.sessions.excerpt(&wanted.window, |session| {
        let payment = wanted.payment_intent.as_ref();
        let status = wanted.status.as_ref();
        payment.is_none_or(|id| session.payment_intent.as_ref() == Some(id))
            && status.is_none_or(|status| status == session.status.name())
    })?;
    Ok(list(account, "/v1/checkout/sessions", &excerpt))
}

fn list_refunds(account: &Account, wanted: &MoneyWanted) -> Result<Value, Refusal> {
    let excerpt = account.refunds.excerpt(&wanted.window, |refund| {
        wanted.matches(&refund.payment_intent, &refund.charge)
    })?;
    Ok(list(account, "/v1/refunds", &excerpt))
}

fn list_disputes(account: &Account, wanted: &MoneyWanted) -> Result<Value, Refusal> {
    let excerpt = account.disputes.excerpt(&wanted.window, |dispute| {
        wanted.matches(&dispute.payment_intent, &dispute.charge)
    })?;
    Ok(list(account, "/v1/disputes", &excerpt))
}

fn list<T: Keyed>(account: &Account, url: &str, excerpt: &Excerpt<'_, T>) -> Value {
    let shown = excerpt
        .items
        .iter()
        .filter_map(|item| account.show(item.id()));
    objects::list(url, &shown.collect::<Vec<_>>(), excerpt.has_more)
}

fn list_events(world: &World, wanted: &EventsWanted) -> Result<String, Refusal> {
    let excerpt = world.account.events.excerpt(&wanted.window, |event| {
        let delivered = || pending_webhooks(world, event) == 0;
        wanted.covers(event.kind) && wanted.delivered.is_none_or(|wanted| wanted == delivered())
    })?;
    let events = excerpt.items.iter().map(|event| show_event(world, event));
    let events: Vec<String> = events.collect();
    Ok(objects::list_of_texts(
        "/v1/events",
        &events,
        excerpt.has_more,
    ))
}

fn show_event(world: &World, event: &Event) -> String {
    objects::event(event, pending_webhooks(world, event))
}

/// How many addresses have not had the event yet: there is at most one.
fn pending_webhooks(world: &World, event: &Event) -> u32 {
    match world.mailroom.state_of(&event.id) {
        None | Some(RecordState::Unaddressed | RecordState::Delivered) => 0,
        Some(
            RecordState::Held | RecordState::Dropped | RecordState::Waiting | RecordState::Failed,
        ) => 1,
    }
}
