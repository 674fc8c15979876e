//! Faults under load: servers and PostgreSQL are killed, frozen and disconnected while buyers place orders,
//! and afterwards the data must be the same as without faults.
//!
//! A round is determined by a seed and its number. [`cluster`] is what faults are injected into: one
//! durable PostgreSQL cluster, two servers on it, and the connections between, each through a [`proxy`]
//! that can fail. [`catalogue`] has the listings of a round; [`load`] places orders and records every
//! response; [`fault`] picks a fault and injects it; [`verification`] compares the responses with the
//! database. [`round`] runs one round, [`mod@run`] all that are asked for, and [`report`] prints the
//! results.
//!
//! What may not live here: repairs. What is killed is started again, as any supervisor would, and nothing
//! else is done for the servers.

mod catalogue;
mod cluster;
mod counts;
mod fault;
mod load;
mod proxy;
mod report;
mod round;
mod run;
mod verification;

use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;
use tokio::signal;

use run::{Options, run};

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    // Whichever ends first, what was started is dropped and ends with it.
    let passed = tokio::select! {
        passed = run(&options) => passed,
        _ = signal::ctrl_c() => Ok(false),
    };
    match passed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // If standard error is closed, there is nowhere else to report it.
            let _ = writeln!(stderr(), "udam-faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}
