use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Time for a client to take its last response and to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Most bytes of a rejected request that are still read, and dropped: those of a file that was uploaded by mistake.
const LARGEST_REST: usize = 16 * 1024 * 1024;

/// A connection that has served its last request.
#[derive(Debug)]
pub(super) struct Remains<S> {
    pub(super) io: S,
    /// The end of the last response.
    pub(super) unsent: BytesMut,
    /// Whether the client may still be sending.
    pub(super) has_unread: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Remains<S> {
    /// Closes the connection. A client that is still sending a rejected request has to get the response: were the
    /// connection closed on bytes that nobody has read, the system would reset it, and the client might lose what it
    /// has received. So some of the rest is read first, for a moment.
    pub(super) async fn close(mut self) {
        if self.has_unread {
            // The client has gone, or has had its time.
            let _ = timeout(CLOSE_TIMEOUT, self.finish()).await;
        }
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.io.write_all(&self.unsent).await?;
        self.io.shutdown().await?;
        let mut dropped = vec![0; 16 * 1024];
        let mut left = LARGEST_REST;
        loop {
            let read = self.io.read(&mut dropped).await?;
            left = match left.checked_sub(read) {
                Some(left) if read > 0 => left,
                _ => return Ok(()),
            };
        }
    }
}
