//! The command line, and all rounds.

use std::io::stdout;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Parser;

use crate::cluster::Cluster;
use crate::fault::Fault;
use crate::report::Report;
use crate::round;

/// Kills, freezes and disconnects the parts of a marketplace while orders are placed, and verifies that
/// none is lost, doubled or oversold.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Number of rounds.
    #[arg(long, default_value_t = 40)]
    rounds: u64,
    /// Seed of all random choices.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Run only the round with this number.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    round: Option<u64>,
}

/// Number of rounds on one cluster: `udam verify`, which follows each, takes longer the more orders there
/// are.
const ROUNDS_PER_CLUSTER: usize = 50;

/// Runs the rounds, and returns whether all passed. The first that does not is the last.
pub(crate) async fn run(options: &Options) -> Result<bool> {
    let (started, mut out) = (Instant::now(), stdout());
    let mut report = Report::new(&mut out, options.seed);
    let mut cluster = Cluster::start().await?;
    let numbers = options
        .round
        .map_or(1..=options.rounds, |round| round..=round);
    for (completed, number) in numbers.enumerate() {
        if completed > 0 && completed.is_multiple_of(ROUNDS_PER_CLUSTER) {
            cluster = Cluster::start().await?;
        }
        let result = match round::run(&mut cluster, options.seed, number).await {
            Ok(result) => result,
            Err(error) => {
                let violations = [format!("{error:#}")];
                report.violation(number, &violations, &cluster.last_log_lines())?;
                bail!("a round could not be completed");
            }
        };
        report.round(number, Fault::of_round(options.seed, number), &result)?;
        if !result.violations.is_empty() {
            report.violation(number, &result.violations, &cluster.last_log_lines())?;
            return Ok(false);
        }
    }
    report.summary(started.elapsed())?;
    Ok(true)
}
