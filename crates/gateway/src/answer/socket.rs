use actix_web::HttpResponse;
use actix_web::body::BodySize;
use actix_web::dev::Payload;
use actix_web::http::ConnectionType;
use actix_web::http::header::{HeaderValue, UPGRADE};
use futures::StreamExt;
use http::Response;
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio::io::{AsyncWriteExt, WriteHalf};
use udam_domain::gateway::{CallOutcome, Head};

use super::body::{AnswerBody, Source};
use super::{Answering, report};
use crate::body::{Progress, Reading};
use crate::problem::Refused;
use crate::websocket::Frames;

/// The response that turns a client's connection into a WebSocket's, whose frames go both ways until either side ends it.
pub(super) async fn switched(
    mut answering: Answering,
    response: Response<Incoming>,
    mut built: HttpResponse,
    head: Head,
) -> Result<HttpResponse, Refused> {
    let upgraded = tokio::select! {
        upgraded = hyper::upgrade::on(response) => upgraded,
        () = answering.client.left() => {
            let outcome = CallOutcome::ClientGone;
            return Err(answering.call.end_without_answer(outcome, "the client has left"));
        }
    };
    let upgraded = match upgraded {
        Ok(upgraded) => upgraded,
        Err(error) => {
            return Err(answering
                .call
                .end_without_answer(CallOutcome::Broken, error));
        }
    };
    answering.call.answered(head);
    report(&mut answering, &mut built, head);
    built
        .head_mut()
        .set_connection_type(ConnectionType::Upgrade);
    built
        .headers_mut()
        .insert(UPGRADE, HeaderValue::from_static("websocket"));
    let (io, sink) = tokio::io::split(TokioIo::new(upgraded));
    if let Some(client) = answering.socket.take() {
        let progress = Arc::new(Progress::new());
        answering.call.sends(Arc::clone(&progress));
        answering.reading = Reading::of(send(client, sink, progress));
    }
    let frames = Frames::default();
    let body = AnswerBody::new(answering, Source::Socket { io, frames }, BodySize::Stream);
    Ok(built.set_body(body).map_into_boxed_body())
}

/// Hands on what the client sends, and then that it has ended.
async fn send(
    mut client: Payload,
    mut sink: WriteHalf<TokioIo<Upgraded>>,
    progress: Arc<Progress>,
) {
    while let Some(Ok(chunk)) = client.next().await {
        if sink.write_all(&chunk).await.is_err() || sink.flush().await.is_err() {
            return;
        }
        progress.send(chunk.len());
    }
    // The service has gone, then.
    let _ = sink.shutdown().await;
}
