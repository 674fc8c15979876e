use serde::Serialize;
use udam_domain::audit::Reason;
use udam_domain::id::ChargeId;
use udam_domain::marketplace::Replayed;
use udam_domain::page::PageRequest;
use udam_domain::payment::{
    EventId, EventName, EventNumber, EventState, ProviderReference, ReceivedEvent,
};
use udam_domain::time::Timestamp;
use utoipa::{IntoParams, ToSchema};

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::paging;
use crate::reading::{instant, text, variant};
use crate::settings::WireRules;

/// Describes what [`EventsQuery`] reads.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes")]
pub(crate) struct EventsParams {
    /// State of the events; by default any.
    #[param(value_type = schemas::EventState, required = false)]
    state: String,
    /// Largest number of items.
    #[param(value_type = schemas::PageLimit, required = false)]
    limit: i64,
    /// `next_cursor` of the page before.
    #[param(value_type = schemas::EventCursor, required = false)]
    cursor: String,
}

/// A page of received events.
pub(crate) struct EventsQuery {
    pub(crate) state: Option<EventState>,
    pub(crate) page: PageRequest<EventNumber>,
}

impl FromFields for EventsQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let state = fields.optional("state", variant);
        let page = paging::page(fields, ());
        Ok(Self {
            state: state?,
            page: page?,
        })
    }
}

/// Request to apply the events of a period again.
#[derive(Debug, ToSchema)]
pub(crate) struct ReplayPeriodBody {
    /// Begin of the period, by the payment provider's clock.
    #[schema(value_type = schemas::Instant)]
    pub from: Timestamp,
    /// End of the period, which is not part of it.
    #[schema(value_type = schemas::Instant, example = "2026-01-02T04:00:00Z")]
    pub to: Timestamp,
    /// Reason, which goes into the audit trail.
    #[schema(value_type = schemas::Reason)]
    pub reason: Reason,
}

impl FromFields for ReplayPeriodBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let from = fields.required("from", instant);
        let to = fields.required("to", instant);
        let reason = fields.required("reason", text);
        Ok(Self {
            from: from?,
            to: to?,
            reason: reason?,
        })
    }
}

/// An event of the payment provider's that was received, without its content, which the provider keeps.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventResponse {
    /// The payment provider's id.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "evt_1OqZ")]
    id: EventId,
    /// Its kind.
    #[serde(rename = "type", serialize_with = "as_text")]
    #[schema(rename = "type", value_type = schemas::EventName)]
    name: EventName,
    /// State after the last attempt.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::EventState)]
    state: EventState,
    /// Number of times that it was received or replayed.
    #[schema(example = 1)]
    attempts: u32,
    /// Error of the last attempt; `null` unless it has failed.
    #[schema(required = true, example = json!(null))]
    error: Option<String>,
    /// The payment that it is about.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::ChargeId>, required = true)]
    payment_id: Option<ChargeId>,
    /// The payment provider's id of the session that it is about.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "cs_test_1")]
    session: Option<ProviderReference>,
    /// The payment provider's id of the payment that it is about.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "pi_3OqZ")]
    payment: Option<ProviderReference>,
    /// Time at which it happened, by the payment provider's clock.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    happened_at: Timestamp,
    /// Time of its first receipt.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    received_at: Timestamp,
    /// Time of the last attempt.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    last_at: Timestamp,
}

impl From<ReceivedEvent> for EventResponse {
    fn from(event: ReceivedEvent) -> Self {
        Self {
            id: event.id,
            name: event.name,
            state: event.state,
            attempts: event.attempts,
            error: event.error,
            payment_id: event.charge_id,
            session: event.session,
            payment: event.payment,
            happened_at: event.happened_at,
            received_at: event.received_at,
            last_at: event.last_at,
        }
    }
}

/// Numbers of events that were applied again, by outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayedResponse {
    /// Number of events that have changed something.
    #[schema(example = 1)]
    applied: u16,
    /// Number of events that have changed nothing.
    #[schema(example = 0)]
    unchanged: u16,
    /// Number of events that have raised an alert.
    #[schema(example = 0)]
    alerted: u16,
    /// Number of events that cannot be read.
    #[schema(example = 0)]
    unreadable: u16,
}

impl From<Replayed> for ReplayedResponse {
    fn from(replayed: Replayed) -> Self {
        Self {
            applied: replayed.applied,
            unchanged: replayed.unchanged,
            alerted: replayed.alerted,
            unreadable: replayed.unreadable,
        }
    }
}
