use actix_web::dev::Payload;
use actix_web::web::{self, ServiceConfig, ThinData};
use actix_web::{HttpRequest, HttpResponse};
use udam_domain::gateway::CallOutcome;

use crate::answer::{Answering, answer};
use crate::client::Client;
use crate::cross_origin::preflight;
use crate::gateway::Gateway;
use crate::incoming::read;
use crate::outgoing::outgoing;
use crate::problem::{Problem, Refused};
use crate::upstream::UpstreamError;

/// Adds the gateway at `/gw/`.
pub fn configure(gateway: Gateway) -> impl FnOnce(&mut ServiceConfig) {
    move |app| {
        app.service(
            web::scope("/gw/{listing}")
                .app_data(ThinData(gateway))
                .route("", web::route().to(call))
                .route("/{path:.*}", web::route().to(call)),
        );
    }
}

async fn call(
    ThinData(gateway): ThinData<Gateway>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    if let Some(allowed) = preflight(&request) {
        return allowed;
    }
    let made = make(&gateway, &request, payload.into_inner()).await;
    made.unwrap_or_else(|refused| refused.into_response(&request))
}

/// Makes a call: takes its units, sends its request, and answers with what comes. Wherever the future is dropped, the call ends.
async fn make(
    gateway: &Gateway,
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refused> {
    let incoming = read(request)?;
    let client = Client::of(request);
    let begun = tokio::select! {
        biased;
        begun = gateway.begin(incoming.begin.clone()) => begun,
        () = client.left() => return Err(Problem::ClientTooSlow.into()),
    };
    let mut begun = begun.map_err(|_stopped| Refused::from(Problem::Overloaded))??;
    let streaming = client.stream();
    let mut outgoing = match outgoing(&incoming, request, payload, &begun, gateway.services()) {
        Ok(outgoing) => outgoing,
        Err(cause) => return Err(begun.call.end_without_answer(CallOutcome::Broken, cause)),
    };
    begun.call.sends(outgoing.sent.progress.clone());
    let upstream = gateway.services().upstream();
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
