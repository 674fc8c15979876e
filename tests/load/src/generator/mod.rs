//! The clients. They share two cores with what they measure, so they are as light as HTTP allows: one thread,
//! one persistent connection each, requests whose parts are made beforehand, and responses of which only what
//! is checked is read.
//!
//! Clients send requests in a closed loop (the next one follows the last response, for the highest
//! throughput) or in an open one (at a fixed rate, whether responses arrive or not; the latency of a request
//! that is sent late counts from when it was due).

mod client;
mod connection;
mod pacer;
mod schedule;
mod stats;
mod workload;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use tokio::runtime;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet, spawn_blocking};
use tokio::time::timeout;

use client::{Pacing, Shared};
use schedule::Schedule;

pub(crate) use connection::{Connection, HttpResponse};
pub(crate) use stats::{LatencyHistogram, LoadStats};
pub(crate) use workload::{HttpRequest, Outcome, Workload, next_stream};

/// Time after the end of a load until the server is considered to hang.
const HANG_TIMEOUT: Duration = Duration::from_mins(1);

/// The rate of requests.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rate {
    /// Each client sends a request when it has the last response: a closed loop.
    Unlimited,
    /// This many requests a second in all: an open loop.
    PerSecond(u32),
}

/// Load on a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    /// Number of clients, with a connection each.
    pub(crate) clients: usize,
    pub(crate) rate: Rate,
    pub(crate) duration: Duration,
}

impl Load {
    /// Runs the clients on a thread of their own, and waits until every request has its response.
    pub(crate) async fn run<W: Workload>(self, workload: W) -> Result<(LoadStats, W)> {
        spawn_blocking(move || {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            LocalSet::new().block_on(&runtime, self.run_clients(workload))
        })
        .await?
    }

    async fn run_clients<W: Workload>(self, workload: W) -> Result<(LoadStats, W)> {
        let mut connections = Vec::new();
        for _ in 0..self.clients {
            connections.push(Connection::open(self.address).await?);
        }
        let started = Instant::now();
        let shared = Rc::new(Shared {
            workload: RefCell::new(workload),
            stats: RefCell::new(LoadStats::new(self.duration)?),
            started,
            ends: started + self.duration,
            pacing: self.pacing(),
        });
        let mut clients = JoinSet::new();
        for connection in connections {
            clients.spawn_local(Rc::clone(&shared).run_client(connection));
        }
        shared.release_requests(self.clients).await?;
        timeout(self.duration + HANG_TIMEOUT, clients.join_all())
            .await
            .context("the server has left clients without a response")?;
        let shared = Rc::into_inner(shared).ok_or_else(|| anyhow!("a client is still running"))?;
        Ok(shared.into_stats())
    }

    fn pacing(&self) -> Pacing {
        match self.rate {
            Rate::Unlimited => Pacing::Immediate,
            Rate::PerSecond(rate) => Pacing::Scheduled {
                schedule: Schedule::new(rate, self.duration),
                due: Semaphore::new(0),
                next: Cell::new(0),
            },
        }
    }
}
