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
use actix_web::http::header;
use actix_web::middleware::{Next, from_fn};
use actix_web::web;
use url::{Host, Url};

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

/// Rejects clients of other machines, as the control API has no key, and pages of others in a browser on this one,
/// whose name leads here (DNS rebinding).
async fn loopback_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let peer = request.peer_addr();
    if peer.is_some_and(|peer| !peer.ip().to_canonical().is_loopback()) {
        return Err(ControlError::NotLoopback.into());
    }
    if let Some(host) = request.headers().get(header::HOST) {
        let host = String::from_utf8_lossy(host.as_bytes());
        if !is_loopback(&host) {
            return Err(ControlError::ForeignHost(host.into_owned()).into());
        }
    }
    next.call(request).await
}

/// Whether a `Host` header names this machine for itself.
fn is_loopback(host: &str) -> bool {
    let Ok(url) = Url::parse(&format!("http://{host}")) else {
        return false;
    };
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, HttpResponse};

    use super::*;

    async fn status(peer: &str) -> StatusCode {
        status_for(peer, "localhost:12111").await
    }

    async fn status_for(peer: &str, host: &str) -> StatusCode {
        let app = App::new()
            .wrap(from_fn(loopback_only))
            .default_service(web::to(HttpResponse::Ok));
        let app = init_service(app).await;
        let request = TestRequest::default()
            .peer_addr(peer.parse().unwrap())
            .insert_header((header::HOST, host));
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

    #[actix_web::test]
    async fn pages_whose_name_leads_here_are_rejected() {
        let here = "127.0.0.1:1";
        for host in ["localhost", "a.localhost:1", "127.0.0.1:1", "[::1]:1"] {
            assert_eq!(status_for(here, host).await, StatusCode::OK, "{host}");
        }
        for host in ["attacker.example", "localhost.attacker.example:1", ""] {
            assert_eq!(
                status_for(here, host).await,
                StatusCode::FORBIDDEN,
                "{host}"
            );
        }
    }
}
