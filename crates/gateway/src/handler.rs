use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::{self, ServiceConfig, ThinData};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use udam_domain::gateway::CallOutcome;
use udam_web::Route;

use crate::answer::{Answering, answer};
use crate::client::Client;
use crate::cross_origin::preflight;
use crate::gateway::Gateway;
use crate::incoming::read;
use crate::outgoing::outgoing;
use crate::problem::{Problem, Refused};
use crate::upstream::{Upstream, UpstreamError};

/// The route of all calls, in logs and metrics.
const ROUTE: &str = "/gw/{listing}/{path}";

/// Adds the gateway at `/gw/`. To be called on each worker, within its runtime: connections to services live there, so that
/// no other thread has to be woken for them.
pub fn configure(gateway: Gateway) -> impl FnOnce(&mut ServiceConfig) {
    move |app| {
        let upstream = Arc::new(gateway.services().upstream_of_worker());
        // Paths are split by `incoming`: the patterns of a router take several times as long.
        app.service(
            web::scope("/gw")
                .app_data(ThinData(gateway))
                .app_data(ThinData(upstream))
                .default_service(web::to(call)),
        );
    }
}

async fn call(
    ThinData(gateway): ThinData<Gateway>,
    ThinData(upstream): ThinData<Arc<Upstream>>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    request.extensions_mut().insert(Route(ROUTE));
    if let Some(allowed) = preflight(&request) {
        return allowed;
    }
    let made = make(&gateway, &upstream, &request, payload.into_inner()).await;
    made.unwrap_or_else(|refused| refused.into_response(&request))
}

/// Makes a call: takes its units, sends its request, and answers with what comes. Wherever the future is dropped, the call ends.
async fn make(
    gateway: &Gateway,
    upstream: &Upstream,
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refused> {
    let incoming = read(request)?;
    let client = Client::of(request);
    let mut begun = tokio::select! {
        biased;
        begun = gateway.begin(incoming.begin.clone()) => begun?,
        () = client.left() => return Err(Problem::ClientTooSlow.into()),
    };
    let streaming = client.stream();
    let mut outgoing = match outgoing(&incoming, request, payload, &begun, gateway.services()) {
        Ok(outgoing) => outgoing,
        Err(cause) => return Err(begun.call.end_without_answer(CallOutcome::Broken, cause)),
    };
    begun.call.sends(outgoing.sent.progress.clone());
    let answered = tokio::select! {
        biased;
        answered = upstream.send(outgoing.sent) => answered,
        () = outgoing.reading.drive() => Err(UpstreamError::ClientGone),
        () = client.left() => {
            let outcome = CallOutcome::ClientGone;
            return Err(begun.call.end_without_answer(outcome, "the client has left"));
        }
    };
    let response = match answered {
        Ok(response) => response,
        Err(error) => return Err(begun.call.end_without_answer(error.outcome(), error)),
    };
    let answering = Answering {
        request: request.clone(),
        client,
        streaming,
        call: begun.call,
        draw: begun.draw,
        addresses: outgoing.addresses,
        secrets: outgoing.secrets,
        reading: outgoing.reading,
        socket: outgoing.socket,
        idle: upstream.idle_timeout(),
    };
    answer(answering, response).await
}
