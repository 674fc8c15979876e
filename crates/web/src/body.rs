//! Request bodies, read whole, within a size, a time, and the memory that all of them share.

mod memory;

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use futures::StreamExt;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use zeroize::Zeroizing;

use memory::{CLIENTS, Exhausted, Reservation, WEBHOOKS};

/// The largest body that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyLimit {
    /// Of the JSON and the forms that clients send: 64 KiB.
    Client,
    /// Of webhooks: 1 MiB. Stripe names no limit; its largest events are far below.
    Webhook,
}

impl BodyLimit {
    /// The limit in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.kib().saturating_mul(KIB)
    }

    /// The limit in KiB.
    #[must_use]
    pub const fn kib(self) -> usize {
        match self {
            Self::Client => 64,
            Self::Webhook => 1024,
        }
    }

    const fn memory(self) -> &'static Semaphore {
        match self {
            Self::Client => &CLIENTS,
            Self::Webhook => &WEBHOOKS,
        }
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
    /// The bodies of others take all the memory that there is for large ones.
    #[error("too many large bodies are being read")]
    Overloaded,
}

impl From<Exhausted> for ReadBodyError {
    fn from(_: Exhausted) -> Self {
        Self::Overloaded
    }
}

/// A whole body. Its buffer is wiped, and its memory returned to the others, when dropped.
#[derive(Default)]
pub struct Body {
    bytes: Zeroizing<Vec<u8>>,
    _memory: Reservation,
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.bytes.len())
    }
}

/// Reads a whole body.
///
/// # Errors
/// [`ReadBodyError`]
pub async fn read(
    headers: &HeaderMap,
    payload: &mut Payload,
    limit: BodyLimit,
) -> Result<Body, ReadBodyError> {
    timeout(BODY_READ_TIMEOUT, collect(headers, payload, limit))
        .await
        .unwrap_or(Err(ReadBodyError::TimedOut))
}

/// Whether a body is announced that is too large. Reading it fails at once.
#[must_use]
pub fn is_too_large(headers: &HeaderMap, limit: BodyLimit) -> bool {
    announced(headers) > limit.bytes()
}

fn announced(headers: &HeaderMap) -> usize {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok())
        .unwrap_or_default()
}

async fn collect(
    headers: &HeaderMap,
    payload: &mut Payload,
    limit: BodyLimit,
) -> Result<Body, ReadBodyError> {
    let announced = announced(headers);
    if announced > limit.bytes() {
        return Err(ReadBodyError::TooLarge(limit));
    }
    let mut memory = Reservation::default();
    memory.grow(limit.memory(), announced)?;
    // Allocated once: a buffer that grows leaves copies behind that are not wiped.
    let mut bytes = Zeroizing::new(Vec::with_capacity(announced));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_broken_off| ReadBodyError::BrokenOff)?;
        let length = bytes.len().saturating_add(chunk.len());
        if length > limit.bytes() {
            return Err(ReadBodyError::TooLarge(limit));
        }
        memory.grow(limit.memory(), length)?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body {
        bytes,
        _memory: memory,
    })
}

#[cfg(test)]
mod tests;
