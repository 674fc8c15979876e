//! Throughput and latency of the marketplace, beside a baseline on the same machine in the same run: figures of
//! one machine say little, ratios carry over.
//!
//! ```sh
//! cargo build --release -p udam-server -p udam-stripe-sandbox
//! cargo run --release -p udam-load                                  # all but `growth`, in ten minutes
//! cargo run --release -p udam-load -- --only hot,many --seconds 10  # some scenarios
//! cargo run --release -p udam-load -- --grown                       # with a million rows as well
//! ```
//!
//! # What runs
//!
//! A PostgreSQL cluster of its own on a disk, with `fsync`, `synchronous_commit` and `full_page_writes` on; the
//! release build of `udam serve` with default settings but no rate limit; the Stripe sandbox; and the clients,
//! over real HTTP. All of it shares the machine's cores, so CPU time of the clients is missing elsewhere: they
//! are as light as HTTP allows, and their cost is among the figures.
//!
//! 1,000 buyers are signed in, and 1,000 listings have a billion units at 0.01 each. Every order is for one
//! unit, by a random buyer, has a session, a JSON body and an `Idempotency-Key` of its own, and goes on the
//! buyer's tab.
//!
//! # The baseline
//!
//! pgbench with 32 connections and prepared statements, on the same cluster in a database of its own: the
//! transaction that an order usually is (look up the session, lock the listing, update it, insert the order,
//! insert the token, commit), and the same as one statement. It pays for no HTTP, no JSON and no idempotency.
//!
//! Calls through the gateway are measured beside nginx as a plain proxy to the same service, which is another nginx.
//!
//! What is compared is measured in turns, in several short rounds with a checkpoint before each, and the ratio
//! is taken of each round: other load on the machine affects both sides. The figure is the median of the rounds.
//!
//! # Time
//!
//! In a closed loop, clients send the next request when they have the response to the last one, and latency is
//! measured from when a request is sent. In an open loop, requests are due at a fixed rate, and latency is
//! measured from when they are due, sent or not: a server that stalls is charged for all requests that wait,
//! not only for those it has accepted (otherwise known as coordinated omission). Requests are sent at most a
//! quarter of a millisecond late for reasons of the generator, and that counts too. Only the latency of
//! rejections is measured from when a request was sent, by a few probes on a thread of their own.
//!
//! # Correctness
//!
//! Every response is read: an acknowledged order is of the listing and the units requested, and a rejection is
//! one that is allowed. After every load the database is counted: each acknowledged order exists once, with its
//! token, and there are no others. At the end `udam verify` runs. An unexpected response or an inconsistency
//! fails the run; a figure short of its target does not.
//!
//! The table goes to standard output, and `report.json` and `load.svg` to `target/bench`.
//!
//! # Modules
//!
//! `scenario` has the scenarios, one subject a file; `generator` the clients; `orders`, `calls`, `reads` and
//! `logins` their requests; `market`, `seed` and `programs` what they are sent to; `baseline` pgbench; `nginx` nginx; `consistency` the
//! counting; `measure` CPU time, memory and medians; `report` the targets and the output.

mod baseline;
mod bench;
mod calls;
mod cluster;
mod consistency;
mod database;
mod generator;
mod logins;
mod market;
mod measure;
mod nginx;
mod options;
mod orders;
mod peak;
mod programs;
mod reads;
mod report;
mod scenario;
mod seed;

use std::io::stdout;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

use bench::Bench;
use options::Options;
use report::{Report, progress};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    let output = options.output.clone();
    // On an interruption `measure` is dropped, which stops all processes and removes their files.
    let measured = tokio::select! {
        measured = measure(options) => measured,
        interrupted = interrupted() => interrupted.and_then(|()| bail!("interrupted")),
    };
    let published = measured.and_then(|report| {
        report.publish(&output, &mut stdout())?;
        Ok(report.passed())
    });
    match published {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            progress(format_args!("udam-load: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: Options) -> Result<Report> {
    let bench = Bench::prepare(options).await?;
    scenario::run(&bench).await;
    Ok(bench.finish().await)
}

async fn interrupted() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
