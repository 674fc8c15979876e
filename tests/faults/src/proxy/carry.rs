//! Carrying the bytes of one connection.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::try_join;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Road;
use super::mishap::{Manner, Verdict, Watch, Way};

const CHUNK: usize = 16 * 1024;

/// Carries what a client and the server say until either has gone or a mishap parts them.
pub(super) async fn between(mut client: TcpStream, road: Arc<Road>) {
    let leads_to = road.state().leads_to;
    let Some(server) = leads_to else { return };
    // A server that is down is a connection that ends at once.
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    for side in [&client, &server] {
        // Only slower without.
        let _ = side.set_nodelay(true);
    }
    let line = Line {
        road: &road,
        looked: Mutex::default(),
    };
    let parted = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let up = line.pass(Way::Up, from_client, to_server);
        let down = line.pass(Way::Down, from_server, to_client);
        try_join(up, down).await
    };
    match parted {
        Ok(_) | Err(Manner::Close) => {}
        Err(Manner::Reset) => {
            for side in [&client, &server] {
                // It has no connection any more, then, and that was the point.
                let _ = side.set_zero_linger();
            }
        }
        Err(Manner::Silence(how_long)) => sleep(how_long).await,
    }
}

struct Line<'a> {
    road: &'a Road,
    /// When, in troubles, the connection was looked at last, and by whom it is watched since.
    looked: Mutex<(Option<usize>, Watch)>,
}

impl Line<'_> {
    /// Passes on what comes one way. When that side has said all, the other hears so, and may still
    /// answer; when it breaks, so does the other.
    async fn pass(
        &self,
        way: Way,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> Result<(), Manner> {
        let mut buffer = vec![0; CHUNK];
        loop {
            let read = from
                .read(&mut buffer)
                .await
                .map_err(|_broken| Manner::Reset)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                return to.shutdown().await.map_err(|_broken| Manner::Reset);
            }
            let passing = match self.judge(way, bytes) {
                Verdict::Pass => bytes,
                Verdict::PassLater(by) => {
                    sleep(by).await;
                    bytes
                }
                Verdict::StopAfter(count, manner) => {
                    let last = bytes.get(..count).unwrap_or_default();
                    // Whether they arrive is what nobody can know here.
                    let _ = to.write_all(last).await;
                    return Err(manner);
                }
            };
            to.write_all(passing)
                .await
                .map_err(|_broken| Manner::Reset)?;
        }
    }

    fn judge(&self, way: Way, bytes: &[u8]) -> Verdict {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let (era, watch) = &mut *looked;
        self.road.keep_up(era, watch);
        let verdict = watch.judge(way, bytes);
        if watch.is_first_felt(verdict) {
            self.road.feel();
        }
        verdict
    }
}
