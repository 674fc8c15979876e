//! One round: load, a fault in the middle of it, and the reckoning.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::join;
use tokio::time::sleep;

use crate::chance::Chance;
use crate::fault::{Blow, Fault};
use crate::load::{self, Errand, Mood};
use crate::reckoning::{self, Wrongs};
use crate::tally::Tally;
use crate::town::Town;

/// What a round has come to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) detail: String,
    /// When, in the load, the fault came.
    pub(crate) at: Duration,
    /// How long after the fault a fresh order was served by every server.
    pub(crate) back_in: Duration,
    pub(crate) took: Duration,
    pub(crate) tally: Tally,
    pub(crate) wrongs: Wrongs,
}

/// Plays the round that a seed and a number make.
pub(crate) async fn play(town: &mut Town, seed: u64, number: u64) -> Result<Outcome> {
    let began = Instant::now();
    let mut chance = Chance::of_round(seed, number);
    let fault = Fault::of_round(seed, number);
    let fair = town.open_fair(&mut chance.fork()).await?;
    let (mut buying, mut striking) = (chance.fork(), chance.fork());
    let at = chance.millis(100..900);
    let mood = Mood::default();

    let misfortune = async {
        sleep(at).await;
        let blow = fault.strike(town, &mut striking, &mood).await;
        let back = match blow {
            Ok(_) => Some(reckoning::returned(&fair, number).await),
            Err(_) => None,
        };
        // Some more of a day like any other.
        sleep(chance.millis(100..400)).await;
        mood.close();
        blow.map(|blow| (blow, back))
    };
    let buyers = load::run(&fair, number, &mut buying, &mood);
    let (mut errands, struck) = join(buyers, misfortune).await;
    let (blow, back) = struck?;
    let (fresh, back_in, mut wrongs) = back.unwrap_or_default();
    errands.extend(fresh);
    wrongs.extend(unfelt(fault, &blow, &errands));
    wrongs.extend(reckoning::of_round(town, &fair, &mut errands, &blow).await?);
    Ok(Outcome {
        detail: blow.detail,
        at,
        back_in,
        took: began.elapsed(),
        tally: Tally::of(&errands),
        wrongs,
    })
}

/// A fault that nobody felt has proved nothing.
fn unfelt(fault: Fault, blow: &Blow, errands: &[Errand]) -> Option<String> {
    let hung_up = fault != Fault::ClientsHangUp || Tally::of(errands).unanswered > 0;
    let felt = blow.felt != Some(0) && hung_up;
    (!felt).then(|| "nobody felt the fault".to_owned())
}
