//! As many rounds as are asked for.

use std::io::stdout;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Parser;

use crate::fault::Fault;
use crate::report::Report;
use crate::round;
use crate::town::Town;

/// Kills, stops and cuts off what a marketplace is made of while orders come in, and checks that none
/// is lost, doubled or sold too often.
#[derive(Debug, Parser)]
pub(crate) struct Asked {
    /// How many rounds to play.
    #[arg(long, default_value_t = 40)]
    rounds: u64,
    /// What all chance comes from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Play this round alone.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    round: Option<u64>,
}

/// How many rounds are played in one town. Proving the books after each takes the longer the more
/// orders there are.
const ROUNDS_OF_A_TOWN: usize = 50;

/// Whether all rounds went well; the first that did not is the last.
pub(crate) async fn play(asked: &Asked) -> Result<bool> {
    let (began, mut out) = (Instant::now(), stdout());
    let mut report = Report::new(&mut out, asked.seed);
    let mut town = Town::found().await?;
    let numbers = asked.round.map_or(1..=asked.rounds, |round| round..=round);
    for (played, number) in numbers.enumerate() {
        if played > 0 && played.is_multiple_of(ROUNDS_OF_A_TOWN) {
            town = Town::found().await?;
        }
        let outcome = match round::play(&mut town, asked.seed, number).await {
            Ok(outcome) => outcome,
            Err(error) => {
                let what = [format!("{error:#}")];
                report.violation(number, &what, &town.complaints())?;
                bail!("a round could not be played to its end");
            }
        };
        report.round(number, Fault::of_round(asked.seed, number), &outcome)?;
        if !outcome.wrongs.is_empty() {
            report.violation(number, &outcome.wrongs, &town.complaints())?;
            return Ok(false);
        }
    }
    report.summary(began.elapsed())?;
    Ok(true)
}
