//! How fast the marketplace is, beside what PostgreSQL can do at all on the same machine in the same
//! run: figures of one machine say little, ratios carry over.
//!
//! ```sh
//! cargo build --release -p udam-server -p udam-stripe-sandbox
//! cargo run --release -p udam-load                                  # all but `growth`, in ten minutes
//! cargo run --release -p udam-load -- --only hot,many --seconds 10  # some of it
//! cargo run --release -p udam-load -- --grown                       # with a million rows as well
//! ```
//!
//! # What runs
//!
//! A PostgreSQL cluster of its own on a disk, with `fsync`, `synchronous_commit` and
//! `full_page_writes` on; the release `udam serve` with everything on and no rate limit; the stand-in
//! for Stripe; and the clients, over real HTTP. All of it shares the machine's processors, so whatever
//! the clients use is missing elsewhere: they are as light as HTTP allows, and what they cost is among
//! the figures.
//!
//! 1,000 buyers are signed in, and 1,000 listings have a billion units at 0.01 each. Every order is for
//! one unit, by any buyer, carries a session, a JSON body and an `Idempotency-Key` of its own, and is
//! served at once on the buyer's tab.
//!
//! # What it is compared with
//!
//! The yardstick is pgbench with 32 connections and prepared statements, on the same cluster in a
//! database of its own: the transaction that an order usually is (look up the session, lock the
//! listing, update it, insert the order, insert the token, commit), and the same as one statement. It
//! pays for no HTTP, no JSON and no idempotency.
//!
//! What is compared is measured in turns, in several short rounds with a checkpoint before each, and
//! the ratio is taken of each round: what disturbs the machine disturbs both sides. The figure is the
//! median over the rounds.
//!
//! # What time means
//!
//! Clients in a closed loop ask again once they are answered, and time starts when they ask. In an
//! open loop requests are due at a fixed rate, and time starts when they are due, sent or not: a
//! server that stalls is charged for all who waited, not only for those it had accepted (which is
//! known as coordinated omission). They are sent at most a quarter of a millisecond late for reasons
//! of our own, and that counts too. Only the time to refuse is counted from when a request was sent, by
//! a few bystanders on a thread of their own.
//!
//! # What must be right
//!
//! Every answer is read: an order that was acknowledged is of the listing and the units asked for, and
//! a refusal is one that may be. After every load the database is counted: each acknowledged order is
//! there once, with its token, and there are no others. At the end `udam verify` proves the books. A
//! wrong answer or a book that does not fit fails the run; a figure short of its target does not.
//!
//! The table goes to standard output, and `report.json` and `load.svg` to `target/bench`.
//!
//! # Where things are
//!
//! `scenario` has what is measured, one subject a file; `generator` the clients; `orders`, `reads` and
//! `logins` what they ask for; `market` and `seed` what they ask it of; `yardstick` pgbench; `books`
//! the counting; `measure` processors, memory and medians; `report` the targets and how all is shown.

mod bench;
mod books;
mod cluster;
mod database;
mod generator;
mod logins;
mod market;
mod measure;
mod options;
mod orders;
mod programs;
mod reads;
mod report;
mod sandbox;
mod scenario;
mod seed;
mod server;
mod yardstick;

use std::io::stdout;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

use bench::Bench;
use options::Options;
use report::{Report, remark};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    let output = options.output.clone();
    // What is dropped here stops everything and removes it, so that an interruption leaves nothing.
    let measured = tokio::select! {
        measured = measure(options) => measured,
        interrupted = interrupted() => interrupted.and_then(|()| bail!("interrupted")),
    };
    let published = measured.and_then(|report| {
        report.publish(&output, &mut stdout())?;
        Ok(report.is_sound())
    });
    match published {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            remark(format_args!("udam-load: {error:#}"));
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
