//! Servers end.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::Blow;
use crate::chance::Chance;
use crate::proxy::Mishap;
use crate::town::{SERVERS, Town};

/// Kills a server; a supervisor starts it again.
pub(super) async fn kill(town: &mut Town, chance: &mut Chance) -> Result<Blow> {
    let (victim, pause) = (chance.below(SERVERS), chance.millis(0..300));
    let house = town.house(victim)?;
    house.kill().await?;
    sleep(pause).await;
    house.start_again().await?;
    Ok(Blow::certain(format!("number {victim}")))
}

/// Asks a server to end while it is busy; a supervisor starts it again.
pub(super) async fn terminate(town: &mut Town, chance: &mut Chance) -> Result<Blow> {
    /// Orders are answered so fast that hardly any is under way at a given moment.
    const SLOW: Mishap = Mishap::Slow(Duration::from_millis(40));
    let victim = chance.below(SERVERS);
    town.postgres.proxy.trouble(chance.fork(), |_| Some(SLOW));
    sleep(chance.millis(150..400)).await;
    let house = town.house(victim)?;
    let asked = house.terminate().await?;
    let took = asked.elapsed();
    house.start_again().await?;
    let slowed = town.postgres.proxy.calm();
    let detail = format!("number {victim}, in {:.1} s", took.as_secs_f64());
    Ok(Blow {
        drained: Some((victim, asked)),
        ..Blow::felt(slowed, detail)
    })
}
