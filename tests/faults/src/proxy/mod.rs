//! A TCP proxy whose connections can fail.
//!
//! It knows no protocol: it relays bytes until the [`ProxyFault`] of a connection occurs. Between periods
//! of faults it relays everything. Its address stays the same when the server is started again elsewhere.

mod fault;
mod inspector;
mod relay;
mod shared;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use udam_testkit::SeededRng;

use relay::relay;
use shared::Shared;

pub(crate) use fault::{Direction, Disconnect, Point, ProxyFault};
pub(crate) use shared::Draw;

/// A running proxy; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy without a server.
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let shared = Arc::new(Shared::default());
        Ok(Self {
            address: listener.local_addr()?,
            accepting: tokio::spawn(accept(listener, Arc::clone(&shared))),
            shared,
        })
    }

    /// The address it listens at.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Forwards new connections to this server.
    pub(crate) fn forward_to(&self, server: SocketAddr) {
        self.shared.forward_to(server);
    }

    /// Starts a period in which every connection, old or new, has the fault that is drawn for it.
    pub(crate) fn start_faults(&self, rng: SeededRng, draw: Draw) {
        self.shared.start_faults(rng, draw);
    }

    /// Ends the period of faults, and returns the number of connections that were affected.
    pub(crate) fn stop_faults(&self) -> usize {
        self.shared.stop_faults()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        // Accepting fails for want of file descriptors, and succeeds again when some are free.
        let Ok((client, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        tokio::spawn(relay(client, Arc::clone(&shared)));
    }
}

#[cfg(test)]
mod tests;
