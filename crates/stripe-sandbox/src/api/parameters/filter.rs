use super::read::{integer, text};
use crate::account::{Cursor, PageRequest, RequestError, TimeRange};
use crate::model::Event;
use crate::wire::Form;

const DEFAULT_LIMIT: i64 = 10;
const MAX_LIMIT: i64 = 100;

/// Parameters of `GET /v1/checkout/sessions`.
#[derive(Debug)]
pub(in crate::api) struct SessionFilter {
    pub(in crate::api) page: PageRequest,
    pub(in crate::api) payment_intent: Option<String>,
    pub(in crate::api) status: Option<String>,
}

pub(in crate::api) fn session_filter(form: &mut Form) -> Result<SessionFilter, RequestError> {
    Ok(SessionFilter {
        page: page_request(form)?,
        payment_intent: text(form, "payment_intent")?,
        status: text(form, "status")?,
    })
}

/// Parameters of `GET /v1/refunds` and `GET /v1/disputes`.
#[derive(Debug)]
pub(in crate::api) struct PaymentFilter {
    pub(in crate::api) page: PageRequest,
    payment_intent: Option<String>,
    charge: Option<String>,
}

pub(in crate::api) fn payment_filter(form: &mut Form) -> Result<PaymentFilter, RequestError> {
    Ok(PaymentFilter {
        page: page_request(form)?,
        payment_intent: text(form, "payment_intent")?,
        charge: text(form, "charge")?,
    })
}

impl PaymentFilter {
    pub(in crate::api) fn matches(&self, payment_intent: &str, charge: &str) -> bool {
        let matches =
            |filter: &Option<String>, id: &str| filter.as_ref().is_none_or(|filter| filter == id);
        matches(&self.payment_intent, payment_intent) && matches(&self.charge, charge)
    }
}

/// Parameters of `GET /v1/events`.
#[derive(Debug)]
pub(in crate::api) struct EventFilter {
    pub(in crate::api) page: PageRequest,
    /// Patterns of types; empty = all.
    types: Vec<String>,
    pub(in crate::api) delivered: Option<bool>,
}

impl EventFilter {
    pub(in crate::api) fn matches(&self, event: &Event) -> bool {
        let matches = |pattern: &String| event.is_of_type(pattern);
        self.types.is_empty() || self.types.iter().any(matches)
    }
}

pub(in crate::api) fn event_filter(form: &mut Form) -> Result<EventFilter, RequestError> {
    let mut types = form.take_list("types");
    if let Some(pattern) = text(form, "type")? {
        if !types.is_empty() {
            let message = "pass type or types, not both";
            return Err(RequestError::invalid("types", message));
        }
        types.push(pattern);
    }
    let delivered = match text(form, "delivery_success")?.as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            let message = "must be true or false";
            return Err(RequestError::invalid("delivery_success", message));
        }
    };
    Ok(EventFilter {
        page: page_request(form)?,
        types,
        delivered,
    })
}

fn page_request(form: &mut Form) -> Result<PageRequest, RequestError> {
    let limit = integer(form, "limit")?.unwrap_or(DEFAULT_LIMIT);
    let limit = usize::try_from(limit)
        .ok()
        .filter(|_| (1..=MAX_LIMIT).contains(&limit))
        .ok_or_else(|| {
            RequestError::invalid("limit", format!("must be between 1 and {MAX_LIMIT}"))
        })?;
    let cursor = match (text(form, "starting_after")?, text(form, "ending_before")?) {
        (None, None) => None,
        (Some(id), None) => Some(Cursor::StartingAfter(id)),
        (None, Some(id)) => Some(Cursor::EndingBefore(id)),
        (Some(_), Some(_)) => {
            let message = "pass starting_after or ending_before, not both";
            return Err(RequestError::invalid("ending_before", message));
        }
    };
    Ok(PageRequest {
        limit,
        cursor,
        created: time_range(form)?,
    })
}

/// Reads `created`, or `created[gt]`, `created[gte]`, `created[lt]` and `created[lte]`.
fn time_range(form: &mut Form) -> Result<TimeRange, RequestError> {
    if let Some(second) = integer(form, "created")? {
        return Ok(TimeRange {
            from: second,
            to: second,
        });
    }
    let mut range = TimeRange::UNBOUNDED;
    if let Some(second) = integer(form, "created[gte]")? {
        range.from = second;
    }
    if let Some(second) = integer(form, "created[gt]")? {
        range.from = range.from.max(second.saturating_add(1));
    }
    if let Some(second) = integer(form, "created[lte]")? {
        range.to = second;
    }
    if let Some(second) = integer(form, "created[lt]")? {
        range.to = range.to.min(second.saturating_sub(1));
    }
    Ok(range)
}
