//! Measures when service has recovered.

use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::time::sleep;

use super::violations::{RECOVERY_TIMEOUT, Violations};
use crate::catalogue::{AMPLE, Catalogue};
use crate::load::{OrderAttempt, Outcome};

/// Pause between two requests; short, because it is the resolution of the measurement.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);

/// Places a new order at each server, repeatedly until it succeeds. Returns the orders, the time that the
/// last server took, and a violation for each that does not recover in time.
pub(crate) async fn recovery(
    catalogue: &Catalogue,
    round: u64,
) -> (Vec<OrderAttempt>, Duration, Violations) {
    let started = Instant::now();
    let servers = 0..catalogue.servers.len();
    let mut attempts = join_all(servers.map(|server| order_at(catalogue, round, server))).await;
    let took = started.elapsed();
    let failed = |attempt: &&OrderAttempt| attempt.placed().next().is_none();
    let violation = |attempt: &OrderAttempt| {
        format!("no new order succeeds within {RECOVERY_TIMEOUT:?}: {attempt:?}")
    };
    let violations = attempts.iter().filter(failed).map(violation).collect();
    for attempt in &mut attempts {
        // The counts of a round are not about these polls.
        let is_poll = |outcome: &Outcome| matches!(outcome, Outcome::NoResponse | Outcome::Failed);
        attempt
            .requests
            .retain(|request| !is_poll(&request.outcome));
    }
    (attempts, took, violations)
}

async fn order_at(catalogue: &Catalogue, round: u64, server: usize) -> OrderAttempt {
    let mut attempt = OrderAttempt {
        buyer: 0,
        listing: AMPLE,
        units: 1,
        key: Some(format!("round {round} recovery of server {server}")),
        requests: Vec::new(),
    };
    let started = Instant::now();
    while attempt.placed().next().is_none() && started.elapsed() < RECOVERY_TIMEOUT {
        if !attempt.requests.is_empty() {
            sleep(POLL_INTERVAL).await;
        }
        let limit = Some(REQUEST_TIMEOUT);
        let request = attempt.request(catalogue, server, limit).await;
        attempt.requests.push(request);
    }
    attempt
}
