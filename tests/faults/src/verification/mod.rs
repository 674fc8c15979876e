//! Compares the outcome of a round with what it must be.

mod consistency;
mod drain;
mod recovery;
mod retry;
mod snapshot;
mod violations;

use anyhow::Result;

use crate::catalogue::Catalogue;
use crate::cluster::Cluster;
use crate::fault::InjectedFault;
use crate::load::OrderAttempt;
use snapshot::Snapshot;

pub(crate) use recovery::recovery;
pub(crate) use violations::Violations;

/// Repeats the requests that got no response, and checks everything.
pub(crate) async fn verify(
    cluster: &Cluster,
    catalogue: &Catalogue,
    attempts: &mut [OrderAttempt],
    injected: &InjectedFault,
) -> Result<Violations> {
    let mut violations = Violations::new();
    let before = Snapshot::read(&cluster.postgres, catalogue).await?;
    if let Some((server, asked)) = injected.shut_down {
        violations.extend(drain::check(attempts, &before, server, asked));
    }
    violations.extend(retry::repeat_open(catalogue, attempts, &before).await);
    violations.extend(snapshot::wait_until_idle(&cluster.postgres).await?);
    let after = Snapshot::read(&cluster.postgres, catalogue).await?;
    violations.extend(consistency::check(&catalogue.listings, attempts, &after));
    violations.extend(retry::look_up_elsewhere(catalogue, attempts).await);
    if let Some(inconsistencies) = cluster.verify().await? {
        violations.push(format!(
            "udam verify finds inconsistencies: {inconsistencies}"
        ));
    }
    violations.extend(cluster.panics());
    Ok(violations)
}
