use serde_json::Value;

use super::command::{Command, Operation};
use super::expansion::expand;
use super::parameters::{EventFilter, PaymentFilter, SessionFilter};
use crate::account::{Account, Page, PagedStore, ParamLocation, RequestError};
use crate::model::{Cause, Event, StripeObject};
use crate::objects;
use crate::outbox::DeliveryState;
use crate::state::State;

impl Command {
    /// Executes the command and returns the JSON of the response.
    pub(super) fn execute(self, state: &mut State, cause: &Cause) -> Result<String, RequestError> {
        let account = &mut state.account;
        let mut response = match self.operation {
            Operation::CreateSession(new) => {
                let id = account.open_session(*new, cause)?;
                account.render(&id).unwrap_or_default()
            }
            Operation::ExpireSession(id) => {
                account.expire_session(&id, cause)?;
                account.render(&id).unwrap_or_default()
            }
            Operation::CreateRefund(new) => {
                let id = account.refund(new, cause)?;
                account.render(&id).unwrap_or_default()
            }
            Operation::GetSession(id) => get(account, &account.sessions, &id, "session")?,
            Operation::GetPayment(id) => get(account, &account.payments, &id, "intent")?,
            Operation::GetCharge(id) => get(account, &account.charges, &id, "id")?,
            Operation::GetRefund(id) => get(account, &account.refunds, &id, "id")?,
            Operation::GetDispute(id) => get(account, &account.disputes, &id, "id")?,
            Operation::GetLineItems(id) => {
                let location = ParamLocation::Path("session");
                objects::line_items(account.sessions.get(&id, location)?)
            }
            Operation::ListSessions(filter) => list_sessions(account, &filter)?,
            Operation::ListRefunds(filter) => list_refunds(account, &filter)?,
            Operation::ListDisputes(filter) => list_disputes(account, &filter)?,
            Operation::GetEvent(id) => {
                let event = state.account.events.get(&id, ParamLocation::Path("id"))?;
                return Ok(render_event(state, event));
            }
            Operation::ListEvents(filter) => return list_events(state, &filter),
        };
        expand(&state.account, &mut response, &self.expand);
        Ok(response.to_string())
    }
}

/// Renders an object. `param` is the name that Stripe's error gives to its id in the path.
fn get<T: StripeObject>(
    account: &Account,
    store: &PagedStore<T>,
    id: &str,
    param: &'static str,
) -> Result<Value, RequestError> {
    let object = store.get(id, ParamLocation::Path(param))?;
    Ok(account.render(object.id()).unwrap_or_default())
}

fn list_sessions(account: &Account, filter: &SessionFilter) -> Result<Value, RequestError> {
    let page = account.sessions.page(&filter.page, |session| {
        let payment = filter.payment_intent.as_ref();
        let status = filter.status.as_ref();
        payment.is_none_or(|id| session.payment_intent.as_ref() == Some(id))
            && status.is_none_or(|status| status == session.status.into_str())
    })?;
    Ok(list(account, "/v1/checkout/sessions", &page))
}

fn list_refunds(account: &Account, filter: &PaymentFilter) -> Result<Value, RequestError> {
    let page = account.refunds.page(&filter.page, |refund| {
        filter.matches(&refund.payment_intent, &refund.charge)
    })?;
    Ok(list(account, "/v1/refunds", &page))
}

fn list_disputes(account: &Account, filter: &PaymentFilter) -> Result<Value, RequestError> {
    let page = account.disputes.page(&filter.page, |dispute| {
        filter.matches(&dispute.payment_intent, &dispute.charge)
    })?;
    Ok(list(account, "/v1/disputes", &page))
}

fn list<T: StripeObject>(account: &Account, url: &str, page: &Page<'_, T>) -> Value {
    let items = page.items.iter();
    let data = items.filter_map(|item| account.render(item.id()));
    objects::list(url, &data.collect::<Vec<_>>(), page.has_more)
}

fn list_events(state: &State, filter: &EventFilter) -> Result<String, RequestError> {
    let page = state.account.events.page(&filter.page, |event| {
        let is_delivered = || pending_webhooks(state, event) == 0;
        let delivered = filter.delivered;
        filter.matches(event) && delivered.is_none_or(|delivered| delivered == is_delivered())
    })?;
    let events = page.items.iter().map(|event| render_event(state, event));
    let events: Vec<String> = events.collect();
    Ok(objects::list_of_texts("/v1/events", &events, page.has_more))
}

fn render_event(state: &State, event: &Event) -> String {
    objects::event(event, pending_webhooks(state, event))
}

/// Number of endpoints that the event has not been delivered to; there is at most one endpoint.
fn pending_webhooks(state: &State, event: &Event) -> u32 {
    match state.outbox.state_of(&event.id) {
        None | Some(DeliveryState::Unaddressed | DeliveryState::Delivered) => 0,
        Some(
            DeliveryState::Held
            | DeliveryState::Dropped
            | DeliveryState::Waiting
            | DeliveryState::Failed,
        ) => 1,
    }
}
