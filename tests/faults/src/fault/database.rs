//! PostgreSQL's processes end, or stand still.

use anyhow::{Context, Result};
use tokio::time::sleep;

use super::Blow;
use crate::chance::Chance;
use crate::town::{Postgres, backends};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    All,
    Postmaster,
    Backend,
}

const VICTIMS: [(usize, Victim); 3] = [
    (5, Victim::All),
    (2, Victim::Postmaster),
    (3, Victim::Backend),
];

/// Kills PostgreSQL; a supervisor starts it again unless it does so itself.
pub(super) async fn kill(postgres: &mut Postgres, chance: &mut Chance) -> Result<Blow> {
    let (victim, pause) = (chance.weighed(&VICTIMS), chance.millis(0..300));
    match victim {
        Victim::All => postgres.kill()?,
        Victim::Postmaster => postgres.kill_postmaster()?,
        Victim::Backend => {
            let witness = postgres.connect().await?;
            let serving = backends(&witness).await?;
            let unlucky = serving.get(chance.below(serving.len().max(1)));
            postgres.kill_backend(*unlucky.context("no backend serves the servers")?)?;
            postgres.recovered(&witness).await?;
        }
    }
    if victim != Victim::Backend {
        sleep(pause).await;
        postgres.start_again().await?;
    }
    Ok(Blow::certain(format!("{victim:?}").to_lowercase()))
}

/// Stops all of PostgreSQL's processes, and lets them go on.
pub(super) async fn freeze(postgres: &Postgres, chance: &mut Chance) -> Result<Blow> {
    let how_long = chance.millis(200..3_000);
    let frozen = postgres.freeze()?;
    sleep(how_long).await;
    drop(frozen);
    Ok(Blow::certain(format!("{:.1} s", how_long.as_secs_f64())))
}

/// Terminates some backends, time and again.
pub(super) async fn terminate(postgres: &Postgres, chance: &mut Chance) -> Result<Blow> {
    let client = postgres.connect().await?;
    let mut terminated = 0;
    for _ in 0..chance.within(3..12) {
        let mut serving = backends(&client).await?;
        chance.shuffle(&mut serving);
        serving.truncate(1 + chance.below(serving.len().max(1)));
        let statement = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))
                         FROM unnest($1::int[]) AS pid";
        let count: i64 = client.query_one(statement, &[&serving]).await?.get(0);
        terminated += usize::try_from(count)?;
        sleep(chance.millis(5..120)).await;
    }
    Ok(Blow::felt(terminated, format!("{terminated} of them")))
}
