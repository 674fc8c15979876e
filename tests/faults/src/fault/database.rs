//! PostgreSQL's processes are killed or frozen.

use anyhow::{Context, Result};
use tokio::time::sleep;
use udam_testkit::SeededRng;

use super::InjectedFault;
use crate::cluster::{Postgres, backends};

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

/// Kills PostgreSQL, and starts it again unless it recovers by itself.
pub(super) async fn kill(postgres: &mut Postgres, rng: &mut SeededRng) -> Result<InjectedFault> {
    let (victim, pause) = (rng.weighted(&VICTIMS), rng.millis(0..300));
    match victim {
        Victim::All => postgres.kill()?,
        Victim::Postmaster => postgres.kill_postmaster()?,
        Victim::Backend => {
            let witness = postgres.connect().await?;
            let connected = backends(&witness).await?;
            let backend = connected.get(rng.below(connected.len().max(1)));
            postgres.kill_backend(*backend.context("no server is connected")?)?;
            postgres.recovered(&witness).await?;
        }
    }
    if victim != Victim::Backend {
        sleep(pause).await;
        postgres.restart().await?;
    }
    Ok(InjectedFault::new(format!("{victim:?}").to_lowercase()))
}

/// Stops all of PostgreSQL's processes for a while.
pub(super) async fn freeze(postgres: &Postgres, rng: &mut SeededRng) -> Result<InjectedFault> {
    let duration = rng.millis(200..3_000);
    let stopped = postgres.freeze()?;
    sleep(duration).await;
    drop(stopped);
    Ok(InjectedFault::new(format!(
        "{:.1} s",
        duration.as_secs_f64()
    )))
}

/// Terminates some backends, several times.
pub(super) async fn terminate(postgres: &Postgres, rng: &mut SeededRng) -> Result<InjectedFault> {
    let client = postgres.connect().await?;
    let mut terminated = 0;
    for _ in 0..rng.within(3..12) {
        let mut connected = backends(&client).await?;
        rng.shuffle(&mut connected);
        connected.truncate(1 + rng.below(connected.len().max(1)));
        let statement = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))
                         FROM unnest($1::int[]) AS pid";
        let count: i64 = client.query_one(statement, &[&connected]).await?.get(0);
        terminated += usize::try_from(count)?;
        sleep(rng.millis(5..120)).await;
    }
    let detail = format!("{terminated} backends");
    Ok(InjectedFault::with_effect_on(terminated, detail))
}
