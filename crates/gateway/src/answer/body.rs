use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Incoming};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::ReadHalf;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::io::poll_read_buf;
use udam_web::Streaming;

use super::answering::Answering;
use crate::body::Reading;
use crate::client::Client;
use crate::redact::Redactor;
use crate::running::RunningCall;
use crate::websocket::Frames;

/// Bytes that are read of a WebSocket at once.
const SOCKET_BUFFER: usize = 8 * 1024;

/// Where an answer comes from.
pub(super) enum Source {
    /// The body of a response.
    Http(Incoming),
    /// The service's side of a WebSocket.
    Socket {
        io: ReadHalf<TokioIo<Upgraded>>,
        frames: Frames,
    },
}

/// Why an answer breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum BrokenOff {
    /// The service has broken off, or sends nothing.
    #[error("the service has broken off its answer")]
    Service,
    /// The client has gone.
    #[error("the client has left")]
    Client,
}

/// The body of an answer, without secrets, as it comes. It ends its call.
pub(super) struct AnswerBody {
    /// `None` once it has ended.
    source: Option<Source>,
    broken: Option<BrokenOff>,
    size: BodySize,
    redactor: Redactor,
    call: RunningCall,
    client: Client,
    streaming: Option<Streaming>,
    reading: Reading,
    idle: Duration,
    /// Instant since which the service is waited for.
    waits_since: Option<Instant>,
    /// Set once it has been waited for.
    timer: Option<Pin<Box<Sleep>>>,
}

impl AnswerBody {
    pub(super) fn new(answering: Answering, source: Source, size: BodySize) -> Self {
        Self {
            source: Some(source),
            broken: None,
            size,
            redactor: Redactor::new(answering.secrets),
            call: answering.call,
            client: answering.client,
            streaming: answering.streaming,
            reading: answering.reading,
            idle: answering.idle,
            waits_since: None,
            timer: None,
        }
    }

    /// Ready once the service has been silent for too long.
    fn poll_silent(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let at = *self.waits_since.get_or_insert_with(Instant::now) + self.idle;
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            if Instant::now() >= at {
                return Poll::Ready(());
            }
            timer.as_mut().reset(at);
        }
    }

    /// Ends the call. The connection breaks off when this is polled the next time: by then the server has sent what came before.
    fn break_off(
        &mut self,
        error: BrokenOff,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        match error {
            BrokenOff::Service => self.call.end_cut_short(),
            BrokenOff::Client => self.call.end_left(),
        }
        self.source = None;
        self.streaming = None;
        self.broken = Some(error);
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// What is sent of a chunk; `Err` if none may be.
    fn pass(&mut self, chunk: Bytes) -> Result<Bytes, BrokenOff> {
        self.call.received(chunk.len());
        self.waits_since = None;
        let is_whole = match &mut self.source {
            Some(Source::Socket { frames, .. }) => {
                frames.push(&chunk).map_err(|_hidden| BrokenOff::Service)?
            }
            _ => false,
        };
        let ready = self.redactor.push(chunk);
        if !is_whole {
            return Ok(ready);
        }
        // The next frame begins with a head, and none with the rest of a secret.
        let rest = self.redactor.finish();
        Ok(if rest.is_empty() {
            ready
        } else {
            [ready, rest].concat().into()
        })
    }
}

impl Source {
    /// The next chunk; `None` at the end.
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        match self {
            Self::Http(body) => loop {
                return match Pin::new(&mut *body).poll_frame(context) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(None) => Poll::Ready(None),
                    Poll::Ready(Some(Err(_broken))) => Poll::Ready(Some(Err(BrokenOff::Service))),
                    Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                        Ok(chunk) => Poll::Ready(Some(Ok(chunk))),
                        Err(_trailers) => continue,
                    },
                };
            },
            Self::Socket { io, .. } => {
                let mut buffer = BytesMut::with_capacity(SOCKET_BUFFER);
                match poll_read_buf(Pin::new(io), context, &mut buffer) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Ok(0)) => Poll::Ready(None),
                    Poll::Ready(Ok(_)) => Poll::Ready(Some(Ok(buffer.freeze()))),
                    Poll::Ready(Err(_broken)) => Poll::Ready(Some(Err(BrokenOff::Service))),
                }
            }
        }
    }

    /// Whether it is known that nothing more comes.
    fn has_ended(&self) -> bool {
        matches!(self, Self::Http(body) if body.is_end_stream())
    }
}

impl MessageBody for AnswerBody {
    type Error = BrokenOff;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        let this = self.get_mut();
        this.reading.poll(context);
        loop {
            let Some(source) = &mut this.source else {
                return Poll::Ready(this.broken.take().map(Err));
            };
            let chunk = match source.poll_chunk(context) {
                Poll::Ready(Some(Ok(chunk))) => chunk,
                Poll::Ready(Some(Err(error))) => return this.break_off(error, context),
                Poll::Ready(None) => {
                    this.call.end_well();
                    this.source = None;
                    this.streaming = None;
                    let rest = this.redactor.finish();
                    return Poll::Ready((!rest.is_empty()).then_some(Ok(rest)));
                }
                Poll::Pending if this.client.poll_left(context).is_ready() => {
                    return this.break_off(BrokenOff::Client, context);
                }
                Poll::Pending if this.poll_silent(context).is_ready() => {
                    return this.break_off(BrokenOff::Service, context);
                }
                Poll::Pending => return Poll::Pending,
            };
            let ready = match this.pass(chunk) {
                Ok(ready) => ready,
                Err(error) => return this.break_off(error, context),
            };
            if this.source.as_ref().is_some_and(Source::has_ended) {
                this.call.end_well();
            }
            if !ready.is_empty() {
                return Poll::Ready(Some(Ok(ready)));
            }
        }
    }
}
