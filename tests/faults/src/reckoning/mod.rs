//! What a round has come to, held against what it must have come to.

mod afterwards;
mod drain;
mod judgement;
mod ledger;
mod service;

use std::time::Duration;

use anyhow::Result;

use crate::fair::Fair;
use crate::fault::Blow;
use crate::load::Errand;
use crate::town::Town;
use ledger::Ledger;

pub(crate) use service::returned;

/// How soon everything has to be as it should without anybody's help.
pub(crate) const BOUND: Duration = Duration::from_secs(10);

/// What is not as it must be, a line each.
pub(crate) type Wrongs = Vec<String>;

/// Asks again for what was not answered, and checks everything.
pub(crate) async fn of_round(
    town: &Town,
    fair: &Fair,
    errands: &mut [Errand],
    blow: &Blow,
) -> Result<Wrongs> {
    let mut wrongs = Wrongs::new();
    let before = Ledger::read(&town.postgres, fair).await?;
    if let Some((server, asked)) = blow.drained {
        wrongs.extend(drain::judge(errands, &before, server, asked));
    }
    wrongs.extend(afterwards::ask_again(fair, errands, &before).await);
    wrongs.extend(ledger::wait_until_idle(&town.postgres).await?);
    let after = Ledger::read(&town.postgres, fair).await?;
    wrongs.extend(judgement::judge(&fair.stalls, errands, &after));
    wrongs.extend(afterwards::look_up(fair, errands).await);
    if let Some(misfits) = town.verify().await? {
        wrongs.push(format!("the books do not fit: {misfits}"));
    }
    wrongs.extend(town.panics());
    Ok(wrongs)
}
