//! HTTP as no proper client speaks it.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::patience::LONGEST;

/// Sends these bytes and answers with all that comes back until the server closes the connection.
///
/// # Errors
/// When there is no connection, or nothing comes back.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // The server may refuse before it has read everything, and close: what it said is there all the
    // same.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = timeout(LONGEST, stream.read_to_end(&mut answer))
        .await
        .context("no answer in time")?;
    if answer.is_empty() {
        read.context("reading the answer")?;
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Sends a request line and headers as they are; the connection is closed after the answer. Answers
/// with the status.
///
/// # Errors
/// When there is no answer.
pub async fn status_of(address: SocketAddr, request_line: &[u8], headers: &[u8]) -> Result<u16> {
    let mut bytes = request_line.to_vec();
    bytes.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    bytes.extend_from_slice(headers);
    bytes.extend_from_slice(b"\r\n");
    let answer = exchange(address, &bytes).await?;
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.with_context(|| format!("no status in {answer:?}"))
}
