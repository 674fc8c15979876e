use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use bytes::{Bytes, BytesMut};
use futures::future::LocalBoxFuture;
use futures::{FutureExt, StreamExt};
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

use super::Progress;
use super::request::{Part, RequestBody};

/// Parts of a body that wait to be sent. Each is at most as long as what the server reads at once.
const WAITING: usize = 2;

/// Most bytes of a body that is sent in one piece if it has arrived.
const WHOLE: usize = 64 * 1024;

/// Time without a byte in the middle of a request.
const CLIENT_PATIENCE: Duration = Duration::from_secs(30);

/// A client's request body, on its way.
pub(crate) struct FromClient {
    /// As the service gets it.
    pub(crate) body: RequestBody,
    /// How far it has been sent.
    pub(crate) progress: Arc<Progress>,
    /// What reads it from the client. Once it is dropped, the body is broken off unless it has arrived whole.
    pub(crate) reading: Reading,
}

/// Reads from a client, for as long as it is polled. The connection is of one thread, and of the server's task there: no other
/// task can read from it.
#[derive(Default)]
pub(crate) struct Reading(Option<LocalBoxFuture<'static, ()>>);

impl Reading {
    pub(crate) fn of(reading: impl Future<Output = ()> + 'static) -> Self {
        Self(Some(reading.boxed_local()))
    }

    /// Reads on.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) {
        if let Some(reading) = &mut self.0
            && reading.as_mut().poll(context).is_ready()
        {
            self.0 = None;
        }
    }

    /// Reads what has arrived.
    pub(crate) async fn advance(&mut self) {
        poll_fn(|context| {
            self.poll(context);
            Poll::Ready(())
        })
        .await;
    }

    /// Reads on, for as long as it is awaited. Never returns.
    pub(crate) async fn drive(&mut self) {
        poll_fn(|context| {
            self.poll(context);
            Poll::<()>::Pending
        })
        .await;
    }
}

/// The body of a client's request, of so many bytes if that was announced. What has arrived is
/// sent in one piece.
pub(crate) fn from_client(mut payload: Payload, announced: Option<u64>) -> FromClient {
    let progress = Arc::new(Progress::new());
    let whole = |bytes: BytesMut, progress: &Arc<Progress>| {
        RequestBody::whole(bytes.freeze(), announced, Arc::clone(progress))
    };
    if matches!(payload, Payload::None) {
        let body = RequestBody::none(Arc::clone(&progress));
        return FromClient {
            body,
            progress,
            reading: Reading::default(),
        };
    }
    let mut arrived = BytesMut::new();
    let is_broken = loop {
        match payload.next().now_or_never() {
            Some(Some(Ok(chunk))) => arrived.extend_from_slice(&chunk),
            Some(Some(Err(_broken_off))) => break true,
            Some(None) => {
                let body = whole(arrived, &progress);
                return FromClient {
                    body,
                    progress,
                    reading: Reading::default(),
                };
            }
            None => break false,
        }
        if arrived.len() > WHOLE {
            break false;
        }
    };
    let (sender, parts) = channel(WAITING);
    let body = RequestBody::parts(parts, announced, Arc::clone(&progress));
    let reading = if is_broken {
        Reading::default()
    } else {
        Reading::of(read(payload, arrived.freeze(), sender))
    };
    FromClient {
        body,
        progress,
        reading,
    }
}

/// Hands a body on, until it ends or nobody wants more of it. One that is broken off, or paused for too long, has no end.
async fn read(mut payload: Payload, arrived: Bytes, parts: Sender<Part>) {
    if !arrived.is_empty() && parts.send(Part::Chunk(arrived)).await.is_err() {
        return;
    }
    loop {
        let next = tokio::select! {
            // First the end of the body, after which the client's connection can be kept.
            biased;
            next = timeout(CLIENT_PATIENCE, payload.next()) => next,
            () = parts.closed() => return,
        };
        let part = match next {
            Ok(Some(Ok(chunk))) => Part::Chunk(chunk),
            Ok(None) => Part::End,
            Ok(Some(Err(_))) | Err(_) => return,
        };
        let is_end = matches!(part, Part::End);
        if parts.send(part).await.is_err() || is_end {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::error::PayloadError;
    use futures::stream;
    use http_body::Body;
    use http_body_util::BodyExt;

    use super::*;

    fn payload(chunks: Vec<Result<&'static str, PayloadError>>, wait: bool) -> Payload {
        let chunks =
            stream::iter(chunks).map(|chunk| chunk.map(|text| Bytes::from_static(text.as_bytes())));
        let chunks = chunks.then(move |chunk| async move {
            if wait {
                tokio::task::yield_now().await;
            }
            chunk
        });
        Payload::Stream {
            payload: chunks.boxed_local(),
        }
    }

    /// All of a body, and how far it was sent.
    async fn collected(mut from: FromClient) -> (Option<Bytes>, Arc<Progress>) {
        let collected = tokio::select! {
            collected = from.body.collect() => collected.ok(),
            () = from.reading.drive() => None,
        };
        (
            collected.map(http_body_util::Collected::to_bytes),
            from.progress,
        )
    }

    #[actix_web::test]
    async fn a_body_that_has_arrived_is_sent_in_one_piece() {
        let from = from_client(payload(vec![Ok("a"), Ok("bc")], false), Some(3));
        assert!(from.reading.0.is_none());
        assert_eq!(from.body.size_hint().exact(), Some(3));
        let (body, progress) = collected(from).await;
        assert_eq!(body.unwrap(), "abc");
        assert_eq!(progress.sent(), 3);
        let chunked = from_client(payload(vec![Ok("a")], false), None);
        assert_eq!(chunked.body.size_hint().exact(), None);
    }

    #[actix_web::test]
    async fn a_body_that_comes_in_parts_is_sent_as_it_comes() {
        let mut from = from_client(payload(vec![Ok("a"), Ok("bc")], true), Some(3));
        let first = tokio::select! {
            first = from.body.frame() => first.unwrap().unwrap().into_data().unwrap(),
            () = from.reading.drive() => Bytes::new(),
        };
        assert_eq!(first, "a");
        assert_eq!(from.body.size_hint().exact(), Some(2));
        assert_eq!(collected(from).await.0.unwrap(), "bc");
    }

    #[actix_web::test]
    async fn a_request_without_a_body_stays_so() {
        let from = from_client(Payload::None, None);
        assert!(from.body.is_end_stream());
        assert_eq!(from.body.size_hint().exact(), Some(0));
    }

    #[actix_web::test]
    async fn a_body_that_is_broken_off_never_ends_well() {
        let broken = || Err(PayloadError::Incomplete(None));
        for wait in [false, true] {
            let from = from_client(payload(vec![Ok("a"), broken()], wait), None);
            let (body, progress) = collected(from).await;
            assert!(body.is_none() && progress.has_failed());
        }
    }

    #[actix_web::test]
    async fn a_client_that_pauses_for_too_long_has_broken_off() {
        tokio::time::pause();
        let silent = Payload::Stream {
            payload: stream::pending().boxed_local(),
        };
        let from = from_client(silent, Some(9));
        let FromClient {
            mut body,
            progress,
            mut reading,
        } = from;
        assert!(body.frame().now_or_never().is_none());
        assert!(progress.waits_for_client());
        tokio::select! {
            frame = body.frame() => assert!(frame.unwrap().is_err()),
            () = reading.drive() => {}
        }
    }

    #[actix_web::test]
    async fn reading_ends_with_the_call() {
        let (gone, noticed) = tokio::sync::oneshot::channel::<()>();
        let held = stream::once(async move {
            let _gone = gone;
            futures::future::pending::<Result<Bytes, PayloadError>>().await
        });
        let from = from_client(
            Payload::Stream {
                payload: held.boxed_local(),
            },
            None,
        );
        drop(from);
        assert!(noticed.await.is_err());
    }
}
