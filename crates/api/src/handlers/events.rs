use udam_domain::marketplace::EventReplay;
use udam_domain::payment::EventId;

use super::administration::operator;
use super::{Answer, ok};
use crate::problem::{ApiError, Problem};
use crate::request_context::RequestContext;
use crate::wire::{
    EventResponse, EventsParams, EventsQuery, PageResponse, ReasonBody, ReplayPeriodBody,
    ReplayedResponse,
};

/// List received events
///
/// Events that the payment provider has sent, those received last first, and what became of each. For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/webhooks",
    tag = "Administration",
    security(("session" = [])),
    params(EventsParams),
    responses((status = 200, description = "A page of events", body = PageResponse<EventResponse>)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required", "payments_unavailable"]))),
)]
pub(crate) async fn list_events(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let EventsQuery { state, page } = context.query()?;
    let page = events(&context)?.list(&by, state, page).await?;
    Ok(ok(&PageResponse::new(page, (), EventResponse::from)))
}

/// Get a received event
///
/// For every role.
#[utoipa::path(
    get,
    path = "/v1/admin/webhooks/{id}",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = String, Path, description = "Which event", example = "evt_1OqZ")),
    responses((status = 200, description = "The event", body = EventResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required", "payments_unavailable"]))),
)]
pub(crate) async fn show_event(context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let id = event_id(&context)?;
    let found = events(&context)?.find(&by, &id).await?;
    let event = found.ok_or(Problem::NotFound)?;
    Ok(ok(&EventResponse::from(event)))
}

/// Apply an event again
///
/// It is read at the payment provider, whether or not it was received, and applied by the state of what it is about: what it has
/// done already is not done again. For operators.
#[utoipa::path(
    post,
    path = "/v1/admin/webhooks/{id}/replay",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = String, Path, description = "Which event", example = "evt_1OqZ")),
    request_body = ReasonBody,
    responses((status = 200, description = "What became of it", body = ReplayedResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required", "payments_unavailable", "payment_provider_error"]))),
)]
pub(crate) async fn replay_event(mut context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let id = event_id(&context)?;
    let reason = context.body::<ReasonBody>()?.reason;
    let replayed = events(&context)?.replay(by, &id, reason).await?;
    Ok(ok(&ReplayedResponse::from(replayed)))
}

/// Apply the events of a period again
///
/// As one event is, each of the period, the oldest first. There may be 200 at most; choose a shorter period if there are more.
/// Should it fail on the way, it can be repeated. For operators.
#[utoipa::path(
    post,
    path = "/v1/admin/webhooks/replay",
    tag = "Administration",
    security(("session" = [])),
    request_body = ReplayPeriodBody,
    responses((status = 200, description = "What became of them", body = ReplayedResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required", "payments_unavailable", "payment_provider_error"]))),
)]
pub(crate) async fn replay_events(mut context: RequestContext) -> Answer {
    let by = operator(&context).await?;
    let ReplayPeriodBody { from, to, reason } = context.body()?;
    let replayed = events(&context)?.replay_period(by, (from, to), reason);
    Ok(ok(&ReplayedResponse::from(replayed.await?)))
}

/// The use cases of events. Fails with [`Problem::PaymentsUnavailable`] if there is no payment provider.
fn events(context: &RequestContext) -> Result<&EventReplay, ApiError> {
    let events = context.marketplace().events.as_ref();
    events.ok_or_else(|| Problem::PaymentsUnavailable.into())
}

fn event_id(context: &RequestContext) -> Result<EventId, ApiError> {
    context.id().map(EventId::new)
}
