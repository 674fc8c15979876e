use udam_domain::Applied;
use udam_domain::marketplace::Webhooks;
use udam_web::body::Body;
use udam_web::raise_alert;

use super::{Answer, ok};
use crate::problem::{ApiError, Problem};
use crate::recorder_metrics;
use crate::request_context::RequestContext;
use crate::signature::signature;
use crate::wire::ReceivedResponse;

/// Receive an event from Stripe
///
/// For Stripe alone, which signs its webhooks. An event that was received before, or that does not concern the
/// marketplace, is confirmed as well. After any other response, Stripe sends it again later.
#[utoipa::path(
    post,
    path = "/v1/webhooks/stripe",
    tag = "Payments",
    params((
        "Stripe-Signature" = String, Header,
        description = "When the event was sent, and the signature of that and the body",
    )),
    request_body(content = Object, description = "The event, as it was signed"),
    responses((status = 200, description = "It has arrived", body = ReceivedResponse)),
    extensions(("x-problems" = json!([
        "malformed_json", "unauthenticated", "payload_too_large", "internal_error", "overloaded",
        "payments_unavailable",
    ]))),
)]
pub(crate) async fn receive_stripe_event(mut context: RequestContext) -> Answer {
    let (webhooks, body) = read(&mut context).inspect_err(recorder_metrics::unread_webhook)?;
    let signature = signature(context.request.headers());
    if let Applied::Alert(alerts) = webhooks.receive(&body, signature).await? {
        alerts.iter().for_each(raise_alert);
    }
    Ok(ok(&ReceivedResponse { received: true }))
}

fn read(context: &mut RequestContext) -> Result<(Webhooks, Body), ApiError> {
    let webhooks = context.marketplace().webhooks.clone();
    let webhooks = webhooks.ok_or(Problem::PaymentsUnavailable)?;
    Ok((webhooks, context.bytes()?))
}
