//! Whether service has returned.

use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::time::sleep;

use super::{BOUND, Wrongs};
use crate::fair::{AMPLE, Fair};
use crate::load::{Errand, Said};

/// How long somebody waits before they ask again: not long, so that service is not found later than
/// it is back.
const POLL: Duration = Duration::from_millis(10);

/// How long one answer may take.
const TIME: Duration = Duration::from_secs(2);

/// Orders afresh at each server until it serves. Answers with the orders, how long the last server
/// took, and what is wrong: one does not serve in time.
pub(crate) async fn returned(fair: &Fair, round: u64) -> (Vec<Errand>, Duration, Wrongs) {
    let began = Instant::now();
    let servers = 0..fair.servers.len();
    let mut errands = join_all(servers.map(|server| order_at(fair, round, server))).await;
    let took = began.elapsed();
    let unserved = |errand: &Errand| errand.bought().next().is_none();
    let wrong = |errand: &Errand| format!("no fresh order is served in {BOUND:?}: {errand:?}");
    let wrongs = errands
        .iter()
        .filter(|errand| unserved(errand))
        .map(wrong)
        .collect();
    for errand in &mut errands {
        // Knocking is no request that the figures are about.
        let is_knock = |said: &Said| matches!(said, Said::Nothing | Said::Failed);
        errand.attempts.retain(|attempt| !is_knock(&attempt.said));
    }
    (errands, took, wrongs)
}

async fn order_at(fair: &Fair, round: u64, server: usize) -> Errand {
    let mut errand = Errand {
        buyer: 0,
        stall: AMPLE,
        units: 1,
        key: Some(format!("round {round} afresh at {server}")),
        attempts: Vec::new(),
    };
    let began = Instant::now();
    while errand.bought().next().is_none() && began.elapsed() < BOUND {
        if !errand.attempts.is_empty() {
            sleep(POLL).await;
        }
        errand
            .attempts
            .push(errand.ask(fair, server, Some(TIME)).await);
    }
    errand
}
