//! What goes wrong in a round.

mod clients;
mod database;
mod links;
mod servers;

use std::fmt;
use std::time::Instant;

use anyhow::Result;

use crate::chance::Chance;
use crate::load::Mood;
use crate::town::Town;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A server is killed.
    ServerKilled,
    /// A server is asked to end.
    ServerTerminated,
    /// PostgreSQL is killed, or one of its backends.
    PostgresKilled,
    /// PostgreSQL stands still for a while.
    PostgresFrozen,
    /// Backends are terminated.
    BackendsTerminated,
    /// Connections between the servers and PostgreSQL are cut.
    PostgresCutOff,
    /// Connections between clients and servers are cut.
    ClientsCutOff,
    /// Clients hang up.
    ClientsHangUp,
}

/// What happened.
#[derive(Debug)]
pub(crate) struct Blow {
    /// In more words.
    pub(crate) detail: String,
    /// How often it was felt, where that is known only then.
    pub(crate) felt: Option<usize>,
    /// The server that was asked to end, and when.
    pub(crate) drained: Option<(usize, Instant)>,
}

impl Blow {
    fn felt(times: usize, detail: String) -> Self {
        Self {
            detail,
            felt: Some(times),
            drained: None,
        }
    }

    fn certain(detail: String) -> Self {
        Self {
            detail,
            felt: None,
            drained: None,
        }
    }
}

impl Fault {
    /// All there are.
    pub(crate) const ALL: [Self; 8] = [
        Self::ServerKilled,
        Self::ServerTerminated,
        Self::PostgresKilled,
        Self::PostgresFrozen,
        Self::BackendsTerminated,
        Self::PostgresCutOff,
        Self::ClientsCutOff,
        Self::ClientsHangUp,
    ];

    /// The fault of a round, counted from one: in as many rounds as there are faults, each comes once.
    pub(crate) fn of_round(seed: u64, round: u64) -> Self {
        let all = u64::try_from(Self::ALL.len()).unwrap_or(u64::MAX);
        let before = round.saturating_sub(1);
        let (cycle, place) = (before.div_euclid(all), before.rem_euclid(all));
        let mut order = Self::ALL;
        Chance::of_round(seed.wrapping_add(1), cycle).shuffle(&mut order);
        let mut order = order.into_iter();
        let fault = order.nth(usize::try_from(place).unwrap_or_default());
        fault.unwrap_or(Self::ServerKilled)
    }

    /// Applies it, and returns when it is over: what was killed runs again, and nothing else was
    /// done for anybody.
    pub(crate) async fn strike(
        self,
        town: &mut Town,
        chance: &mut Chance,
        mood: &Mood,
    ) -> Result<Blow> {
        match self {
            Self::ServerKilled => servers::kill(town, chance).await,
            Self::ServerTerminated => servers::terminate(town, chance).await,
            Self::PostgresKilled => database::kill(&mut town.postgres, chance).await,
            Self::PostgresFrozen => database::freeze(&town.postgres, chance).await,
            Self::BackendsTerminated => database::terminate(&town.postgres, chance).await,
            Self::PostgresCutOff => Ok(links::cut_off_postgres(town, chance).await),
            Self::ClientsCutOff => Ok(links::cut_off_clients(town, chance).await),
            Self::ClientsHangUp => Ok(clients::hang_up(chance, mood).await),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ServerKilled => "server killed",
            Self::ServerTerminated => "server terminated",
            Self::PostgresKilled => "PostgreSQL killed",
            Self::PostgresFrozen => "PostgreSQL frozen",
            Self::BackendsTerminated => "backends terminated",
            Self::PostgresCutOff => "PostgreSQL cut off",
            Self::ClientsCutOff => "clients cut off",
            Self::ClientsHangUp => "clients hang up",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cycle_of_rounds_has_every_fault() {
        let mut faults: Vec<_> = (17..25).map(|round| Fault::of_round(7, round)).collect();
        faults.sort_unstable();
        assert_eq!(faults, Fault::ALL);
    }

    #[test]
    fn another_seed_has_another_order() {
        let order = |seed| {
            (1..9)
                .map(|round| Fault::of_round(seed, round))
                .collect::<Vec<_>>()
        };
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
    }
}
