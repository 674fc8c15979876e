//! The control API: what a test can do to the sandbox and an application cannot do to Stripe.
//!
//! Everything below `/_sandbox`, in JSON, without a key, and for clients on this machine only.

mod change;
mod disputes;
mod error;
mod events;
mod faults;
mod payments;
mod refunds;
mod state;
mod webhook_policy;
mod webhooks;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web;

use error::ControlError;

/// Configures everything below `/_sandbox`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let at = web::resource::<&str>;
    let faults = at("/faults").get(faults::show);
    let outcomes = at("/refund_outcomes").get(refunds::show_plan);
    let webhooks = at("/webhooks").get(webhooks::show);
    config.service(
        web::scope("/_sandbox")
            .wrap(from_fn(loopback_only))
            .service(at("/state").get(state::show))
            .service(webhooks.post(webhooks::set_policy))
            .service(at("/webhooks/url").post(webhooks::set_url))
            .service(at("/webhooks/release").post(webhooks::release))
            .service(at("/webhooks/thin").post(events::send_thin))
            .service(at("/webhooks/{event}/deliver").post(webhooks::deliver))
            .service(at("/events").post(events::create))
            .service(faults.post(faults::add).delete(faults::clear))
            .service(at("/sessions/{session}/pay").post(payments::pay))
            .service(at("/sessions/{session}/pay_async").post(payments::pay_async))
            .service(at("/sessions/{session}/settle_async").post(payments::settle_async))
            .service(at("/sessions/{session}/pay_again").post(payments::pay_again))
            .service(at("/payments/{payment}").get(state::show_payment))
            .service(at("/payments/{payment}/dispute").post(disputes::open))
            .service(at("/disputes/{dispute}/update").post(disputes::update))
            .service(at("/disputes/{dispute}/close").post(disputes::close))
            .service(outcomes.post(refunds::plan).delete(refunds::clear_plan))
            .service(at("/refunds/{refund}/settle").post(refunds::settle))
            .service(at("/refunds").post(refunds::create)),
    );
}

/// Rejects clients of other machines, as the control API has no key.
async fn loopback_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let peer = request.peer_addr();
    if peer.is_none_or(|peer| peer.ip().to_canonical().is_loopback()) {
        next.call(request).await
    } else {
        Err(ControlError::NotLoopback.into())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, HttpResponse};

    use super::*;

    async fn status(peer: &str) -> StatusCode {
        let app = App::new()
            .wrap(from_fn(loopback_only))
            .default_service(web::to(HttpResponse::Ok));
        let app = init_service(app).await;
        let request = TestRequest::default().peer_addr(peer.parse().unwrap());
        match try_call_service(&app, request.to_request()).await {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        }
    }

    #[actix_web::test]
    async fn clients_of_other_machines_are_rejected() {
        for local in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(status(local).await, StatusCode::OK, "{local}");
        }
        for remote in ["192.0.2.1:1", "[2001:db8::1]:1"] {
            assert_eq!(status(remote).await, StatusCode::FORBIDDEN, "{remote}");
        }
    }
}
