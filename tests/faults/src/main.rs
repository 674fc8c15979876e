//! Faults under load: servers and PostgreSQL are killed, stopped and cut off while buyers buy, and
//! afterwards everything must be as it would be without.
//!
//! A round is made by its seed and its number. [`town`] is what faults are applied to: one durable
//! cluster, two servers on it, and the ways between them, each through a [`proxy`] that may fail.
//! [`fair`] is what is on sale in a round; [`load`] lets everybody buy and keeps what they were told;
//! [`fault`] picks what goes wrong, and does it; [`reckoning`] holds what everybody was told against
//! the database. [`round`] plays one from start to end, [`mod@play`] as many as are asked for, and
//! [`report`] tells of them.
//!
//! What may not live here: help. What is killed is started again, as any supervisor would, and that
//! is all that is done for the servers.

mod chance;
mod fair;
mod fault;
mod load;
mod play;
mod proxy;
mod reckoning;
mod report;
mod round;
mod tally;
mod town;

use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;
use tokio::signal;

use play::{Asked, play};

#[tokio::main]
async fn main() -> ExitCode {
    let asked = Asked::parse();
    // Whatever ends first, what was started ends with it.
    let played = tokio::select! {
        played = play(&asked) => played,
        _ = signal::ctrl_c() => Ok(false),
    };
    match played {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // There is nowhere left to complain.
            let _ = writeln!(stderr(), "udam-faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}
