use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use udam_web::ConnectionState;

use super::closing::Remains;
use super::deadline::Deadline;
use super::first_head::FirstHead;
use super::library_response::LibraryResponse;
use super::measurements::{Cut, count};
use super::refusal::Refusals;

/// Time for a request to arrive whole, from its first byte. Less is allowed for a first head and for a body, by those who
/// read them; this holds for every head, and for bodies that nobody reads.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Time without a byte after a response. The HTTP library closes idle connections sooner, but not those on which the start of
/// a request came with the one before.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// Time for a client to take some of a response.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// A client's connection, as the HTTP library reads and writes it. For the library it ends where the client is no longer
/// waited for: after the response to a request whose body has not arrived, and when a request takes too long to arrive.
pub(crate) struct GuardedStream<S> {
    /// `None` once it is left to be closed.
    io: Option<S>,
    state: ConnectionState,
    first_head: FirstHead,
    request: Deadline,
    response: Deadline,
    refusals: Refusals,
    /// Bytes to be sent in place of the library's.
    refusal: BytesMut,
    progress: Progress,
    remains: Rc<Cell<Option<Remains<S>>>>,
}

#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is independent of the others"
)]
struct Progress {
    /// The client has sent something since the connection began.
    has_received: bool,
    /// The client has sent something since the last response.
    is_receiving: bool,
    /// Something has been written since the last flush.
    has_written: bool,
    /// The client has sent all that it will.
    has_finished: bool,
    /// The library has been told that the client has finished.
    is_ended: bool,
    /// The library has been woken to be told so.
    is_woken: bool,
    /// A response of ours has taken the place of the library's last.
    is_refused: bool,
}

impl<S> GuardedStream<S> {
    /// Guards a new connection, which is left in `remains` to be closed.
    pub(super) fn new(io: S, refusals: Refusals, remains: Rc<Cell<Option<Remains<S>>>>) -> Self {
        Self {
            io: Some(io),
            state: ConnectionState::default(),
            first_head: FirstHead::new(),
            request: Deadline::default(),
            response: Deadline::default(),
            refusals,
            refusal: BytesMut::new(),
            progress: Progress::default(),
            remains,
        }
    }

    /// State that the connection shares with its requests.
    pub(crate) fn state(&self) -> ConnectionState {
        self.state.clone()
    }

    fn end(&mut self) {
        self.progress.is_ended = true;
    }

    /// Whether the library is to read no more.
    fn is_ended(&mut self) -> bool {
        if self.state.is_closing() {
            self.end();
        }
        self.progress.is_ended
    }

    /// Limits the time of a request from its first byte on.
    fn request_goes_on(&mut self) {
        self.progress.has_received = true;
        if !self.progress.is_receiving {
            self.progress.is_receiving = true;
            self.request.set(REQUEST_TIMEOUT);
        }
    }

    /// Whether the client has taken too long to send a request. It has not if we are taking our time to answer it.
    fn is_too_slow(&mut self) -> bool {
        if self.state.is_waiting_for_us() {
            self.request.lift();
            return false;
        }
        count(Cut::SlowRequest);
        self.end();
        true
    }

    fn response_was_sent(&mut self) {
        self.progress.has_written = false;
        self.progress.is_receiving = false;
        self.state.response_was_sent();
        self.request.set(IDLE_TIMEOUT);
    }

    /// Puts a response of ours in the place of the library's, unless there is nothing to respond to: a connection without a
    /// request, or a request that has had its response.
    fn refuse(&mut self, found: &LibraryResponse<'_>) {
        if self.progress.has_received && !self.state.is_closing() {
            self.progress.is_refused = true;
            self.refusal = self.refusals.unread(found.status, found.date);
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> GuardedStream<S> {
    fn io(&mut self) -> io::Result<Pin<&mut S>> {
        let io = self.io.as_mut().map(Pin::new);
        io.ok_or_else(|| ErrorKind::NotConnected.into())
    }

    /// Writes, for as long as the client takes some of it now and then.
    fn poll_write_in_time(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.io()?.poll_write(context, bytes);
        if written.is_ready() {
            self.response.lift();
            return written;
        }
        if !self.response.is_set() {
            self.response.set(WRITE_TIMEOUT);
        }
        ready!(self.response.poll_passed(context));
        count(Cut::SlowReader);
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    fn poll_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.refusal.has_remaining() {
            let refusal = std::mem::take(&mut self.refusal);
            let written = self.poll_write_in_time(context, &refusal);
            self.refusal = refusal;
            let written = ready!(written)?;
            self.refusal.advance(written.min(self.refusal.remaining()));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for GuardedStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_ended() || this.first_head.release(buffer) {
            return Poll::Ready(Ok(()));
        }
        loop {
            let before = buffer.filled().len();
            if this.io()?.poll_read(context, buffer)?.is_pending() {
                ready!(this.request.poll_passed(context));
                if this.is_too_slow() {
                    return Poll::Ready(Ok(()));
                }
                return Poll::Pending;
            }
            if buffer.filled().len() == before {
                this.progress.has_finished = true;
                this.state.client_has_left();
            } else {
                this.request_goes_on();
                if this.request.has_passed() && this.is_too_slow() {
                    buffer.set_filled(before);
                    return Poll::Ready(Ok(()));
                }
            }
            if this.first_head.receive(buffer, before) {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for GuardedStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_refusal(context))?;
        let ours = match LibraryResponse::find(bytes) {
            Some(found) if found.start == 0 => {
                this.refuse(&found);
                // What cannot be written now is when the library flushes, or when the connection is closed.
                let _ = this.poll_refusal(context)?;
                return Poll::Ready(Ok(bytes.len()));
            }
            Some(found) => bytes.get(..found.start).unwrap_or_default(),
            None => bytes,
        };
        let written = ready!(this.poll_write_in_time(context, ours))?;
        this.progress.has_written = true;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_refusal(context))?;
        ready!(this.io()?.poll_flush(context))?;
        if this.progress.has_written {
            this.response_was_sent();
        }
        // The library would wait for the client.
        if this.state.is_closing() && !this.progress.is_ended && !this.progress.is_woken {
            this.progress.is_woken = true;
            context.waker().wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    /// Sends what is left. The connection is closed when this is dropped.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_refusal(context)
    }
}

impl<S> Drop for GuardedStream<S> {
    fn drop(&mut self) {
        let Some(io) = self.io.take() else {
            return;
        };
        let Progress {
            has_finished,
            is_ended,
            is_refused,
            ..
        } = self.progress;
        self.remains.set(Some(Remains {
            io,
            unsent: std::mem::take(&mut self.refusal),
            has_unread: !has_finished && (is_ended || is_refused || self.state.is_closing()),
        }));
    }
}

#[cfg(test)]
mod tests;
