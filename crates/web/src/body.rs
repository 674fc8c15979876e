//! Request bodies, read whole, within a size and a time.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use futures::StreamExt;
use thiserror::Error;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// The largest body that is read, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(usize);

impl BodyLimit {
    /// For the JSON and the forms that clients send.
    pub const CLIENT: Self = Self(64 * KIB);

    /// For webhooks. Stripe names no limit; its largest events are far below.
    pub const WEBHOOK: Self = Self(1024 * KIB);

    /// The limit in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.0
    }

    /// The limit in KiB.
    #[must_use]
    pub const fn kib(self) -> usize {
        self.0 / KIB
    }
}

const KIB: usize = 1024;

/// Time limit for reading a whole body. A slower client holds a connection and a buffer that
/// others need.
const BODY_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Error of reading a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReadBodyError {
    /// It is larger than its limit.
    #[error("the body is larger than {} KiB", .0.kib())]
    TooLarge(BodyLimit),
    /// It did not arrive in time.
    #[error("the body did not arrive in time")]
    TimedOut,
    /// The client broke off.
    #[error("the body was broken off")]
    BrokenOff,
}

/// Reads a whole body. Its buffer is wiped when dropped.
///
/// # Errors
/// [`ReadBodyError`]
pub async fn read(
    headers: &HeaderMap,
    payload: &mut Payload,
    limit: BodyLimit,
) -> Result<Zeroizing<Vec<u8>>, ReadBodyError> {
    timeout(BODY_READ_TIMEOUT, collect(headers, payload, limit))
        .await
        .unwrap_or(Err(ReadBodyError::TimedOut))
}

async fn collect(
    headers: &HeaderMap,
    payload: &mut Payload,
    limit: BodyLimit,
) -> Result<Zeroizing<Vec<u8>>, ReadBodyError> {
    let announced: usize = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok())
        .unwrap_or_default();
    if announced > limit.bytes() {
        return Err(ReadBodyError::TooLarge(limit));
    }
    // Allocated once: a buffer that grows leaves copies behind that are not wiped.
    let mut bytes = Zeroizing::new(Vec::with_capacity(announced));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_broken_off| ReadBodyError::BrokenOff)?;
        if bytes.len().saturating_add(chunk.len()) > limit.bytes() {
            return Err(ReadBodyError::TooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use actix_web::web::Bytes;
    use futures::{FutureExt, stream};

    use super::*;

    #[actix_web::test]
    async fn a_body_has_to_arrive_in_time() {
        tokio::time::pause();
        for (chunks, arrives) in [(9, true), (usize::MAX, false)] {
            let drip = stream::repeat(Bytes::from_static(b" "))
                .take(chunks)
                .then(|chunk| tokio::time::sleep(Duration::from_secs(1)).map(|()| Ok(chunk)));
            let mut payload = Payload::Stream {
                payload: drip.boxed_local(),
            };
            let read = read(&HeaderMap::new(), &mut payload, BodyLimit::CLIENT).await;
            let expected = arrives.then_some(chunks).ok_or(ReadBodyError::TimedOut);
            assert_eq!(read.map(|bytes| bytes.len()), expected);
        }
    }

    #[actix_web::test]
    async fn a_body_without_a_length_is_cut_off_at_its_limit() {
        for (chunks, fits) in [(64, true), (65, false)] {
            let chunk = Bytes::from(vec![b' '; KIB]);
            let chunks_sent = stream::repeat(chunk).take(chunks).map(Ok);
            let mut payload = Payload::Stream {
                payload: chunks_sent.boxed_local(),
            };
            let read = read(&HeaderMap::new(), &mut payload, BodyLimit::CLIENT).await;
            let too_large = ReadBodyError::TooLarge(BodyLimit::CLIENT);
            let expected = fits.then_some(chunks * KIB).ok_or(too_large);
            assert_eq!(read.map(|bytes| bytes.len()), expected);
        }
    }
}
