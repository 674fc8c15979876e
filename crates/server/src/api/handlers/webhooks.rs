use actix_web::http::header::{HeaderMap, HeaderName};
use udam_domain::{Applied, WebhookError};

use super::{Answer, ok};
use crate::alert;
use crate::api::call::Call;
use crate::api::measure;
use crate::api::problem::{Problem, Refusal};
use crate::api::wire::ReceivedResponse;

const SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

/// Receive an event from Stripe
///
/// For Stripe alone, which signs what it sends. An event that was told before, or that means nothing to
/// the marketplace, is received all the same. Any other answer has Stripe tell it again later.
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
pub(crate) async fn receive_stripe_event(mut call: Call) -> Answer {
    if let Applied::Alert(finding) = measure::webhook(apply(&mut call).await)? {
        alert::raise(&finding);
    }
    Ok(ok(&ReceivedResponse { received: true }))
}

async fn apply(call: &mut Call) -> Result<Applied, Refusal> {
    let payments = call.payments()?.clone();
    let verifier = call.api.surroundings.webhooks.clone();
    let verifier = verifier.ok_or(Problem::PaymentsUnavailable)?;
    let body = call.bytes()?;
    let signature = signature(call.request.headers())?;
    let event = verifier.verify(&body, signature, payments.clock.now())?;
    Ok(payments.apply(event).await?)
}

fn signature(headers: &HeaderMap) -> Result<&str, WebhookError> {
    headers
        .get(SIGNATURE)
        .and_then(|value| value.to_str().ok())
        .ok_or(WebhookError::BadSignature)
}
