//! What a test does to the sandbox that an application cannot do to Stripe.
//!
//! Everything below `/_sandbox`, in JSON, without a key, and for this machine only.

mod error;
mod faults;
mod money;
mod policy;
mod state;
mod webhooks;

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{HttpResponse, web};

use crate::shared::Shared;
use error::{ControlError, read};

type State = web::ThinData<Arc<Shared>>;
type Answer = Result<HttpResponse, ControlError>;

/// Everything below `/_sandbox`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let at = web::resource::<&str>;
    let faults = at("/faults").get(faults::show);
    let post = at("/webhooks").get(webhooks::show);
    config.service(
        web::scope("/_sandbox")
            .wrap(from_fn(this_machine_only))
            .service(at("/state").get(state::show))
            .service(post.post(webhooks::adopt))
            .service(at("/webhooks/url").post(webhooks::address))
            .service(at("/webhooks/release").post(webhooks::release))
            .service(at("/webhooks/{event}/deliver").post(webhooks::deliver))
            .service(faults.post(faults::add).delete(faults::clear))
            .service(at("/sessions/{session}/pay").post(money::pay))
            .service(at("/sessions/{session}/pay_async").post(money::pay_async))
            .service(at("/sessions/{session}/settle_async").post(money::settle_async))
            .service(at("/payments/{payment}/dispute").post(money::dispute))
            .service(at("/disputes/{dispute}/close").post(money::close))
            .service(at("/refunds").post(money::refund)),
    );
}

/// There is no key to this door, so nobody else may come to it.
async fn this_machine_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let peer = request.peer_addr();
    if peer.is_none_or(|peer| peer.ip().to_canonical().is_loopback()) {
        next.call(request).await
    } else {
        Err(ControlError::FromElsewhere.into())
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
            .wrap(from_fn(this_machine_only))
            .default_service(web::to(HttpResponse::Ok));
        let app = init_service(app).await;
        let request = TestRequest::default().peer_addr(peer.parse().unwrap());
        match try_call_service(&app, request.to_request()).await {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        }
    }

    #[actix_web::test]
    async fn other_machines_are_kept_out() {
        for here in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(status(here).await, StatusCode::OK, "{here}");
        }
        for elsewhere in ["192.0.2.1:1", "[2001:db8::1]:1"] {
            assert_eq!(
                status(elsewhere).await,
                StatusCode::FORBIDDEN,
                "{elsewhere}"
            );
        }
    }
}
