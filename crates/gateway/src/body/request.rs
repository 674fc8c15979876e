use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use thiserror::Error;
use tokio::sync::mpsc::Receiver;

use super::Progress;

/// The body of a request to a service.
pub(crate) struct RequestBody {
    kind: Kind,
    /// Bytes that are still to be sent, if the client has announced how many.
    left: Option<u64>,
    progress: Arc<Progress>,
}

enum Kind {
    /// There is none, or it has ended.
    None,
    /// It has arrived whole.
    Whole(Bytes),
    /// It comes in parts.
    Parts(Receiver<Part>),
}

/// A part of a body.
#[derive(Debug)]
pub(super) enum Part {
    /// Some bytes.
    Chunk(Bytes),
    /// The end. A body that ends without it was broken off.
    End,
}

/// The client has broken its request off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the client has broken off its request")]
pub(crate) struct BrokenOff;

impl RequestBody {
    /// None.
    pub(crate) fn none(progress: Arc<Progress>) -> Self {
        Self {
            kind: Kind::None,
            left: None,
            progress,
        }
    }

    /// These bytes; `announced` if their number was.
    pub(super) fn whole(bytes: Bytes, announced: Option<u64>, progress: Arc<Progress>) -> Self {
        Self {
            kind: Kind::Whole(bytes),
            left: announced,
            progress,
        }
    }

    /// What arrives here, so many bytes if that was announced.
    pub(super) fn parts(
        parts: Receiver<Part>,
        announced: Option<u64>,
        progress: Arc<Progress>,
    ) -> Self {
        Self {
            kind: Kind::Parts(parts),
            left: announced,
            progress,
        }
    }

    fn sent(&mut self, bytes: &Bytes) {
        self.progress.send(bytes.len());
        let length = u64::try_from(bytes.len()).unwrap_or_default();
        self.left = self.left.map(|left| left.saturating_sub(length));
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let bytes = match &mut self.kind {
            Kind::None => return Poll::Ready(None),
            Kind::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                self.kind = Kind::None;
                bytes
            }
            Kind::Parts(parts) => {
                let Poll::Ready(part) = parts.poll_recv(context) else {
                    self.progress.wait_for_client();
                    return Poll::Pending;
                };
                match part {
                    Some(Part::Chunk(bytes)) => bytes,
                    Some(Part::End) => {
                        self.kind = Kind::None;
                        self.progress.send(0);
                        return Poll::Ready(None);
                    }
                    None => {
                        self.progress.fail();
                        return Poll::Ready(Some(Err(BrokenOff)));
                    }
                }
            }
        };
        if bytes.is_empty() {
            return Poll::Ready(None);
        }
        self.sent(&bytes);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.kind, Kind::None) || self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.kind, self.left) {
            (Kind::None, _) => SizeHint::with_exact(0),
            (_, Some(left)) => SizeHint::with_exact(left),
            (_, None) => SizeHint::default(),
        }
    }
}
