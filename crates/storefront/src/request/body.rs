use std::time::Duration;

use actix_web::http::header::{self, HeaderMap};
use actix_web::web;
use futures::StreamExt;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::error::PageError;

/// How large a form may be, in bytes.
const LIMIT: usize = 64 * 1024;

/// How long all of it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// All of a form, if it is one, is not too large and arrives in time. It is wiped when it has been read.
pub(super) async fn read(
    headers: &HeaderMap,
    body: web::Payload,
) -> Result<Zeroizing<Vec<u8>>, PageError> {
    let media_type = headers.get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next());
    let is_form = essence.is_some_and(|essence| {
        essence
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if !is_form {
        return Err(PageError::BadRequest);
    }
    let arrived = timeout(PATIENCE, gather(body)).await;
    arrived.unwrap_or(Err(PageError::BadRequest))
}

async fn gather(mut body: web::Payload) -> Result<Zeroizing<Vec<u8>>, PageError> {
    // Room for all of it at once: a buffer that grows leaves copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LIMIT));
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_broken_off| PageError::BadRequest)?;
        if bytes.len().saturating_add(chunk.len()) > LIMIT {
            return Err(PageError::PayloadTooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
