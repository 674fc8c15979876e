//! The faults, one of which is injected in each round.

mod clients;
mod database;
mod links;
mod servers;

use std::fmt;
use std::time::Instant;

use anyhow::Result;
use udam_testkit::SeededRng;

use crate::cluster::Cluster;
use crate::load::LoadControl;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A server is killed.
    ServerKilled,
    /// A server is shut down in good order.
    ServerShutDown,
    /// PostgreSQL is killed, or one of its backends.
    PostgresKilled,
    /// PostgreSQL's processes are stopped for a while.
    PostgresFrozen,
    /// Backends are terminated.
    BackendsTerminated,
    /// Connections between the servers and PostgreSQL are cut.
    PostgresDisconnected,
    /// Connections between clients and servers are cut.
    ClientsDisconnected,
    /// Clients close their connections early.
    ClientsHangUp,
}

/// A fault that has been injected and is over.
#[derive(Debug)]
pub(crate) struct InjectedFault {
    /// Details for the report; may be empty.
    pub(crate) detail: String,
    /// Number of connections or backends affected; `None` if the effect is certain.
    pub(crate) affected: Option<usize>,
    /// Number of the server that was shut down, and the time when it was asked to.
    pub(crate) shut_down: Option<(usize, Instant)>,
}

impl InjectedFault {
    fn with_effect_on(affected: usize, detail: String) -> Self {
        Self {
            affected: Some(affected),
            ..Self::new(detail)
        }
    }

    fn new(detail: String) -> Self {
        Self {
            detail,
            affected: None,
            shut_down: None,
        }
    }
}

impl Fault {
    /// All faults.
    pub(crate) const ALL: [Self; 8] = [
        Self::ServerKilled,
        Self::ServerShutDown,
        Self::PostgresKilled,
        Self::PostgresFrozen,
        Self::BackendsTerminated,
        Self::PostgresDisconnected,
        Self::ClientsDisconnected,
        Self::ClientsHangUp,
    ];

    /// The fault of a round, whose number is one-based. Each comes once in as many rounds as there are
    /// faults.
    pub(crate) fn of_round(seed: u64, round: u64) -> Self {
        let all = u64::try_from(Self::ALL.len()).unwrap_or(u64::MAX);
        let before = round.saturating_sub(1);
        let (cycle, place) = (before.div_euclid(all), before.rem_euclid(all));
        let mut order = Self::ALL;
        SeededRng::stream(seed.wrapping_add(1), cycle).shuffle(&mut order);
        let mut order = order.into_iter();
        let fault = order.nth(usize::try_from(place).unwrap_or_default());
        fault.unwrap_or(Self::ServerKilled)
    }

    /// Injects the fault, and returns when it is over and what was killed has been started again.
    pub(crate) async fn inject(
        self,
        cluster: &mut Cluster,
        rng: &mut SeededRng,
        control: &LoadControl,
    ) -> Result<InjectedFault> {
        match self {
            Self::ServerKilled => servers::kill(cluster, rng).await,
            Self::ServerShutDown => servers::shut_down(cluster, rng).await,
            Self::PostgresKilled => database::kill(&mut cluster.postgres, rng).await,
            Self::PostgresFrozen => database::freeze(&cluster.postgres, rng).await,
            Self::BackendsTerminated => database::terminate(&cluster.postgres, rng).await,
            Self::PostgresDisconnected => Ok(links::disconnect_postgres(cluster, rng).await),
            Self::ClientsDisconnected => Ok(links::disconnect_clients(cluster, rng).await),
            Self::ClientsHangUp => Ok(clients::hang_up(rng, control).await),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ServerKilled => "server killed",
            Self::ServerShutDown => "server shut down",
            Self::PostgresKilled => "PostgreSQL killed",
            Self::PostgresFrozen => "PostgreSQL frozen",
            Self::BackendsTerminated => "backends terminated",
            Self::PostgresDisconnected => "PostgreSQL disconnected",
            Self::ClientsDisconnected => "clients disconnected",
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
