//! The clients. They share two processors with what they measure, so they are as light as HTTP
//! allows: one thread, one persistent connection each, requests whose parts are made beforehand, and
//! answers of which only what is checked is read.
//!
//! Clients ask in a closed loop (the next question follows the last answer, for the most there is)
//! or in an open one (at a fixed rate, whether answers come or not; a request that is late in being
//! sent has been waiting since it was due).

mod client;
mod connection;
mod demand;
mod metronome;
mod schedule;
mod tally;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use tokio::runtime;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet, spawn_blocking};
use tokio::time::timeout;

use client::{Shared, Turns};
use schedule::Schedule;

pub(crate) use connection::{Answer, Connection};
pub(crate) use demand::{Demand, Message, Verdict};
pub(crate) use tally::{Latencies, Tally};

/// How long what was begun may take to end, before the server is taken to hang.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a number of clients ask.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// As fast as they are answered.
    Closed,
    /// So many requests a second, whatever comes back.
    Open(u32),
}

/// So many clients of a server, for so long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) clients: usize,
    pub(crate) pace: Pace,
    pub(crate) duration: Duration,
}

impl Load {
    /// Sends them off, on a thread of their own, and waits until every request is answered.
    pub(crate) async fn drive<D: Demand>(self, demand: D) -> Result<(Tally, D)> {
        spawn_blocking(move || {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            LocalSet::new().block_on(&runtime, self.run(demand))
        })
        .await?
    }

    async fn run<D: Demand>(self, demand: D) -> Result<(Tally, D)> {
        let mut connections = Vec::new();
        for _ in 0..self.clients {
            connections.push(Connection::open(self.address).await?);
        }
        let began = Instant::now();
        let shared = Rc::new(Shared {
            demand: RefCell::new(demand),
            tally: RefCell::new(Tally::new(self.duration)?),
            began,
            ends: began + self.duration,
            turns: self.turns(),
        });
        let mut clients = JoinSet::new();
        for connection in connections {
            clients.spawn_local(Rc::clone(&shared).attend(connection));
        }
        shared.release_turns(self.clients).await?;
        timeout(self.duration + PATIENCE, clients.join_all())
            .await
            .context("the server has left clients without an answer")?;
        let shared = Rc::into_inner(shared).ok_or_else(|| anyhow!("a client goes on"))?;
        Ok(shared.into_tally())
    }

    fn turns(&self) -> Turns {
        match self.pace {
            Pace::Closed => Turns::UntilItEnds,
            Pace::Open(rate) => Turns::AsScheduled {
                schedule: Schedule::new(rate, self.duration),
                due: Semaphore::new(0),
                next: Cell::new(0),
            },
        }
    }
}
