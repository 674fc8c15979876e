use super::reading::{integer, text};
use crate::account::{Cursor, EventKind, Refusal, Span, Window};
use crate::form::Form;

const USUAL: i64 = 10;
const MOST: i64 = 100;

/// `GET /v1/checkout/sessions`
#[derive(Debug)]
pub(in crate::api) struct SessionsWanted {
    pub(in crate::api) window: Window,
    pub(in crate::api) payment_intent: Option<String>,
    pub(in crate::api) status: Option<String>,
}

pub(in crate::api) fn sessions_wanted(form: &mut Form) -> Result<SessionsWanted, Refusal> {
    Ok(SessionsWanted {
        window: window(form)?,
        payment_intent: text(form, "payment_intent")?,
        status: text(form, "status")?,
    })
}

/// `GET /v1/refunds` and `GET /v1/disputes`
#[derive(Debug)]
pub(in crate::api) struct MoneyWanted {
    pub(in crate::api) window: Window,
    pub(in crate::api) payment_intent: Option<String>,
    pub(in crate::api) charge: Option<String>,
}

pub(in crate::api) fn money_wanted(form: &mut Form) -> Result<MoneyWanted, Refusal> {
    Ok(MoneyWanted {
        window: window(form)?,
        payment_intent: text(form, "payment_intent")?,
        charge: text(form, "charge")?,
    })
}

impl MoneyWanted {
    pub(in crate::api) fn matches(&self, payment_intent: &str, charge: &str) -> bool {
        let fits =
            |wanted: &Option<String>, id: &str| wanted.as_ref().is_none_or(|wanted| wanted == id);
        fits(&self.payment_intent, payment_intent) && fits(&self.charge, charge)
    }
}

/// `GET /v1/events`
#[derive(Debug)]
pub(in crate::api) struct EventsWanted {
    pub(in crate::api) window: Window,
    types: Vec<String>,
    pub(in crate::api) delivered: Option<bool>,
}

impl EventsWanted {
    pub(in crate::api) fn covers(&self, kind: EventKind) -> bool {
        let covered = |pattern: &String| kind.is_covered_by(pattern);
        self.types.is_empty() || self.types.iter().any(covered)
    }
}

pub(in crate::api) fn events_wanted(form: &mut Form) -> Result<EventsWanted, Refusal> {
    let mut types = form.take_list("types");
    if let Some(pattern) = text(form, "type")? {
        if !types.is_empty() {
            return Err(Refusal::invalid("types", "pass type or types, not both"));
        }
        types.push(pattern);
    }
    let delivered = match text(form, "delivery_success")?.as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            return Err(Refusal::invalid(
                "delivery_success",
                "must be true or false",
            ));
        }
    };
    Ok(EventsWanted {
        window: window(form)?,
        types,
        delivered,
    })
}

fn window(form: &mut Form) -> Result<Window, Refusal> {
    let limit = integer(form, "limit")?.unwrap_or(USUAL);
    let limit = usize::try_from(limit)
        .ok()
        .filter(|_| (1..=MOST).contains(&limit))
        .ok_or_else(|| Refusal::invalid("limit", format!("must be between 1 and {MOST}")))?;
    let cursor = match (text(form, "starting_after")?, text(form, "ending_before")?) {
        (None, None) => None,
        (Some(id), None) => Some(Cursor::StartingAfter(id)),
        (None, Some(id)) => Some(Cursor::EndingBefore(id)),
        (Some(_), Some(_)) => {
            let why = "pass starting_after or ending_before, not both";
            return Err(Refusal::invalid("ending_before", why));
        }
    };
    Ok(Window {
        limit,
        cursor,
        created: span(form)?,
    })
}

/// `created`, or `created[gt]`, `created[gte]`, `created[lt]` and `created[lte]`.
fn span(form: &mut Form) -> Result<Span, Refusal> {
    if let Some(second) = integer(form, "created")? {
        return Ok(Span {
            from: second,
            to: second,
        });
    }
    let mut span = Span::ALWAYS;
    if let Some(second) = integer(form, "created[gte]")? {
        span.from = second;
    }
    if let Some(second) = integer(form, "created[gt]")? {
        span.from = span.from.max(second.saturating_add(1));
    }
    if let Some(second) = integer(form, "created[lte]")? {
        span.to = second;
    }
    if let Some(second) = integer(form, "created[lt]")? {
        span.to = span.to.min(second.saturating_sub(1));
    }
    Ok(span)
}
