//! One round: load, a fault in the middle of it, and the verification.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::join;
use tokio::time::sleep;
use udam_testkit::SeededRng;

use crate::cluster::Cluster;
use crate::counts::Counts;
use crate::fault::{Fault, InjectedFault};
use crate::load::{self, LoadControl, OrderAttempt};
use crate::verification::{self, Violations};

/// Result of a round.
#[derive(Debug)]
pub(crate) struct RoundResult {
    /// Details of the fault.
    pub(crate) detail: String,
    /// Time from the start of the load to the fault.
    pub(crate) at: Duration,
    /// Time from the end of the fault until every server has fulfilled a new order.
    pub(crate) recovered_in: Duration,
    pub(crate) took: Duration,
    pub(crate) counts: Counts,
    pub(crate) violations: Violations,
}

/// Runs the round that a seed and a number determine.
pub(crate) async fn run(cluster: &mut Cluster, seed: u64, number: u64) -> Result<RoundResult> {
    let started = Instant::now();
    let mut rng = SeededRng::stream(seed, number);
    let fault = Fault::of_round(seed, number);
    let catalogue = cluster.publish(&mut rng.fork()).await?;
    let (mut load_rng, mut fault_rng) = (rng.fork(), rng.fork());
    let at = rng.millis(100..900);
    let control = LoadControl::default();

    let failing = async {
        sleep(at).await;
        let injected = fault.inject(cluster, &mut fault_rng, &control).await;
        let recovery = match injected {
            Ok(_) => Some(verification::recovery(&catalogue, number).await),
            Err(_) => None,
        };
        // Normal load goes on for a while.
        sleep(rng.millis(100..400)).await;
        control.stop();
        injected.map(|injected| (injected, recovery))
    };
    let buying = load::run(&catalogue, number, &mut load_rng, &control);
    let (mut attempts, failed) = join(buying, failing).await;
    let (injected, recovery) = failed?;
    let (new_orders, recovered_in, mut violations) = recovery.unwrap_or_default();
    attempts.extend(new_orders);
    violations.extend(without_effect(fault, &injected, &attempts));
    violations.extend(verification::verify(cluster, &catalogue, &mut attempts, &injected).await?);
    Ok(RoundResult {
        detail: injected.detail,
        at,
        recovered_in,
        took: started.elapsed(),
        counts: Counts::of(&attempts),
        violations,
    })
}

/// A fault that affected nothing has proved nothing.
fn without_effect(
    fault: Fault,
    injected: &InjectedFault,
    attempts: &[OrderAttempt],
) -> Option<String> {
    let hung_up = fault != Fault::ClientsHangUp || Counts::of(attempts).unanswered > 0;
    let had_effect = injected.affected != Some(0) && hung_up;
    (!had_effect).then(|| "the fault had no effect".to_owned())
}
