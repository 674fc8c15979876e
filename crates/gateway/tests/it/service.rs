//! Services that write whatever bytes a test wants.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A service, and all that it has received.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

/// A connection to a service.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    received: Arc<Mutex<Vec<u8>>>,
    unread: Vec<u8>,
}

impl Service {
    /// Serves every connection so.
    pub(crate) async fn start<F, S>(serve: S) -> Self
    where
        S: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Vec<u8>>>::default();
        let connections = Arc::<AtomicUsize>::default();
        let (all, count) = (Arc::clone(&received), Arc::clone(&connections));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(Connection {
                    stream,
                    received: Arc::clone(&all),
                    unread: Vec::new(),
                }));
            }
        });
        Self {
            address,
            received,
            connections,
            serving,
        }
    }

    /// Answers each request on each connection with these bytes.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut connection| {
            let answer = answer.clone();
            async move {
                while connection.head().await.is_some() {
                    connection.send(&answer).await;
                }
            }
        })
        .await
    }

    /// Answers the first request on each connection with these bytes, and closes.
    pub(crate) async fn closing(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut connection| {
            let answer = answer.clone();
            async move {
                connection.head().await;
                connection.send(&answer).await;
            }
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All that was received, over all connections.
    pub(crate) fn received(&self) -> String {
        String::from_utf8_lossy(&self.received.lock().unwrap()).into_owned()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Connection {
    /// The head of the next request; `None` if the connection ends.
    pub(crate) async fn head(&mut self) -> Option<String> {
        loop {
            let end = self
                .unread
                .windows(4)
                .position(|window| window == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.unread.drain(..end + 4).collect();
                return String::from_utf8(head).ok();
            }
            self.read().await?;
        }
    }

    /// So many bytes of a body.
    pub(crate) async fn exactly(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.unread.len() < length {
            self.read().await?;
        }
        Some(self.unread.drain(..length).collect())
    }

    /// What has come, or comes next; `None` if the connection ends.
    pub(crate) async fn some(&mut self) -> Option<Vec<u8>> {
        if self.unread.is_empty() {
            self.read().await?;
        }
        Some(std::mem::take(&mut self.unread))
    }

    async fn read(&mut self) -> Option<()> {
        let before = self.unread.len();
        let read = self.stream.read_buf(&mut self.unread).await.ok()?;
        let received = &self.unread[before..];
        self.received.lock().unwrap().extend_from_slice(received);
        (read > 0).then_some(())
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The other side may have gone.
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    /// Returns once the other side has gone.
    pub(crate) async fn closed(mut self) {
        while self.read().await.is_some() {}
    }
}

/// Reads until the end.
pub(crate) async fn drain(mut stream: impl AsyncRead + Unpin) {
    let mut dropped = vec![0; 4_096];
    while !matches!(stream.read(&mut dropped).await, Ok(0) | Err(_)) {}
}
