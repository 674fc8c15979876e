//! HTTP that no client library sends.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::wait::DEFAULT_TIMEOUT;

/// Sends bytes and returns everything that the server sends until it closes the connection.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // The server may respond before it has read everything, and close.
    let _ = stream.write_all(bytes).await;
    let mut received = Vec::new();
    let read = timeout(DEFAULT_TIMEOUT, stream.read_to_end(&mut received))
        .await
        .context("no response in time")?;
    if received.is_empty() {
        read.context("reading the response")?;
    }
    Ok(String::from_utf8_lossy(&received).into_owned())
}

/// Sends a request line and headers as they are, with `Connection: close`, and returns the status.
pub async fn status_of(address: SocketAddr, request_line: &[u8], headers: &[u8]) -> Result<u16> {
    let mut bytes = request_line.to_vec();
    bytes.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    bytes.extend_from_slice(headers);
    bytes.extend_from_slice(b"\r\n");
    let response = exchange(address, &bytes).await?;
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.with_context(|| format!("no status in {response:?}"))
}
