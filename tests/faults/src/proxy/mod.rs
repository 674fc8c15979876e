//! A way from clients to a server that is not always a good one.
//!
//! It knows no protocol: it passes bytes on until a connection's [`Mishap`] happens. While there is
//! no trouble it is a plain relay, which leads to wherever the server is at the time, so that one
//! that was started again is found where it was.

mod carry;
mod mishap;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::chance::Chance;
use mishap::Watch;

pub(crate) use mishap::{Manner, Mishap, Point, Way};

/// A relay; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    road: Arc<Road>,
    accepting: JoinHandle<()>,
}

/// What a proxy shares with its connections.
#[derive(Debug, Default)]
struct Road {
    state: Mutex<State>,
    /// To how many connections something happened in the present trouble.
    felt: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    /// Nowhere while the server is down.
    leads_to: Option<SocketAddr>,
    /// Counts troubles and their ends, so that connections notice either.
    era: usize,
    trouble: Option<Trouble>,
}

/// Draws what happens to a connection, if anything does.
pub(crate) type Draw = fn(&mut Chance) -> Option<Mishap>;

#[derive(Debug)]
struct Trouble {
    draw: Draw,
    chance: Chance,
}

impl Proxy {
    /// One that leads nowhere yet.
    pub(crate) async fn open() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let road = Arc::new(Road::default());
        Ok(Self {
            address: listener.local_addr()?,
            accepting: tokio::spawn(accept(listener, Arc::clone(&road))),
            road,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Leads new connections there.
    pub(crate) fn lead_to(&self, server: SocketAddr) {
        self.road.state().leads_to = Some(server);
    }

    /// From here on, things happen to connections, old and new: to each what is drawn for it.
    pub(crate) fn trouble(&self, chance: Chance, draw: Draw) {
        let mut state = self.road.state();
        self.road.felt.store(0, Ordering::Relaxed);
        state.trouble = Some(Trouble { draw, chance });
        state.era = state.era.wrapping_add(1);
    }

    /// From here on nothing happens any more. Answers with to how many connections something did.
    pub(crate) fn calm(&self) -> usize {
        let mut state = self.road.state();
        state.trouble = None;
        state.era = state.era.wrapping_add(1);
        self.road.felt.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, road: Arc<Road>) {
    loop {
        // What cannot be accepted now, for want of a descriptor, is there a moment later.
        let Ok((client, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        tokio::spawn(carry::between(client, Arc::clone(&road)));
    }
}

impl Road {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn feel(&self) {
        self.felt.fetch_add(1, Ordering::Relaxed);
    }

    /// Watches over a connection anew if trouble has begun or ended since it was looked at last.
    fn keep_up(&self, era: &mut Option<usize>, watch: &mut Watch) {
        let mut state = self.state();
        if *era == Some(state.era) {
            return;
        }
        *era = Some(state.era);
        let draw = |trouble: &mut Trouble| (trouble.draw)(&mut trouble.chance.fork());
        *watch = Watch::over(state.trouble.as_mut().and_then(draw));
    }
}

#[cfg(test)]
mod tests;
