//! Relays the bytes of one connection.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::try_join;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::fault::{Action, Direction, Disconnect};
use super::inspector::Inspector;
use super::shared::Shared;

const CHUNK_BYTES: usize = 16 * 1024;

/// Relays between a client and the server until either closes the connection or a fault cuts it.
pub(super) async fn relay(mut client: TcpStream, shared: Arc<Shared>) {
    let Some(server) = shared.target() else {
        return;
    };
    // If the server is down, the client's connection ends at once.
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    for side in [&client, &server] {
        // It only costs time if this fails.
        let _ = side.set_nodelay(true);
    }
    let connection = Connection {
        shared: &shared,
        inspected: Mutex::default(),
    };
    let ended = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let requests = connection.forward(Direction::ToServer, from_client, to_server);
        let responses = connection.forward(Direction::ToClient, from_server, to_client);
        try_join(requests, responses).await
    };
    match ended {
        Ok(_) | Err(Disconnect::Close) => {}
        Err(Disconnect::Reset) => {
            for side in [&client, &server] {
                // This fails only if the connection has ended, which is what it is for.
                let _ = side.set_zero_linger();
            }
        }
        Err(Disconnect::Silent(duration)) => sleep(duration).await,
    }
}

struct Connection<'a> {
    shared: &'a Shared,
    /// The period of faults in which the connection was inspected last, and its inspector for that
    /// period.
    inspected: Mutex<(Option<usize>, Inspector)>,
}

impl Connection<'_> {
    /// Forwards bytes in one direction. When that side has closed its half, so is the other side's, which
    /// may still respond; when it breaks, so does the other.
    async fn forward(
        &self,
        direction: Direction,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> Result<(), Disconnect> {
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            let read = from
                .read(&mut buffer)
                .await
                .map_err(|_broken| Disconnect::Reset)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                return to.shutdown().await.map_err(|_broken| Disconnect::Reset);
            }
            let forwarded = match self.inspect(direction, bytes) {
                Action::Forward => bytes,
                Action::ForwardAfter(delay) => {
                    sleep(delay).await;
                    bytes
                }
                Action::CutAfter(count, disconnect) => {
                    let last = bytes.get(..count).unwrap_or_default();
                    // Whether they arrive cannot be known.
                    let _ = to.write_all(last).await;
                    return Err(disconnect);
                }
            };
            to.write_all(forwarded)
                .await
                .map_err(|_broken| Disconnect::Reset)?;
        }
    }

    fn inspect(&self, direction: Direction, bytes: &[u8]) -> Action {
        let mut inspected = self
            .inspected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (period, inspector) = &mut *inspected;
        self.shared.update(period, inspector);
        let action = inspector.inspect(direction, bytes);
        if inspector.is_first_effect(action) {
            self.shared.count_affected();
        }
        action
    }
}
