//! Requests after the load has stopped.

use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use tokio::time::sleep;
use udam_testkit::Client;

use super::snapshot::Snapshot;
use super::violations::{RECOVERY_TIMEOUT, Violations};
use crate::catalogue::Catalogue;
use crate::load::{OrderAttempt, PlacedOrder};

const CONCURRENT_REQUESTS: usize = 16;

const PAUSE: Duration = Duration::from_millis(50);

/// Number of acknowledged orders that are looked up through the API.
const SAMPLES: usize = 4;

/// Repeats, with the same key, every request whose result is not known. The response must be the order that
/// the key has placed, if it has placed one.
pub(super) async fn repeat_open(
    catalogue: &Catalogue,
    attempts: &mut [OrderAttempt],
    before: &Snapshot,
) -> Violations {
    let open = attempts
        .iter_mut()
        .filter(|attempt| attempt.key.is_some() && !attempt.is_settled());
    let repeating = open.map(|attempt| repeat_until_settled(catalogue, attempt, before));
    let repeated = stream::iter(repeating).buffer_unordered(CONCURRENT_REQUESTS);
    let violations: Vec<_> = repeated.collect().await;
    violations.into_iter().flatten().collect()
}

async fn repeat_until_settled(
    catalogue: &Catalogue,
    attempt: &mut OrderAttempt,
    before: &Snapshot,
) -> Option<String> {
    let existing = before.order_of(attempt);
    let started = Instant::now();
    loop {
        let server = attempt
            .requests
            .len()
            .checked_rem(catalogue.servers.len())?;
        let request = attempt.request(catalogue, server, None).await;
        attempt.requests.push(request);
        if attempt.is_settled() || started.elapsed() > RECOVERY_TIMEOUT {
            break;
        }
        sleep(PAUSE).await;
    }
    let placed = attempt.placed().next();
    match (existing, placed) {
        (Some(existing), Some(placed)) if existing.id == placed.order && placed.replayed => None,
        (Some(existing), _) => Some(format!(
            "its key had placed {} before: {attempt:?}",
            existing.id
        )),
        (None, _) if attempt.is_settled() => None,
        (None, _) => Some(format!(
            "no result within {RECOVERY_TIMEOUT:?}: {attempt:?}"
        )),
    }
}

/// Looks some acknowledged orders up, each at another server than the one that acknowledged it, and reveals
/// their keys.
pub(super) async fn look_up_elsewhere(
    catalogue: &Catalogue,
    attempts: &[OrderAttempt],
) -> Violations {
    let mut violations = Violations::new();
    let step = attempts.len().div_euclid(SAMPLES).max(1);
    for attempt in attempts.iter().step_by(step) {
        let server = attempt.requests.last().map(|request| request.server);
        let elsewhere = catalogue.servers.iter().enumerate();
        let mut elsewhere = elsewhere.filter(|(number, _)| Some(*number) != server);
        let buyer = catalogue.buyers.get(attempt.buyer);
        if let (Some(placed), Some(buyer), Some((_, address))) =
            (attempt.placed().next(), buyer, elsewhere.next())
        {
            let found = is_found(&buyer.at(*address), placed, attempt.units).await;
            violations.extend((!found).then(|| format!("not found elsewhere: {attempt:?}")));
        }
    }
    violations
}

async fn is_found(buyer: &Client, placed: &PlacedOrder, units: u32) -> bool {
    let order = buyer.get(&format!("/v1/orders/{}", placed.order)).await;
    let found = order.is_ok_and(|order| {
        order.status == 200 && order["units"] == units && order["token_id"] == *placed.token
    });
    let revealed = buyer.reveal(&placed.token).await;
    found && revealed.is_ok_and(|token| token["api_key"] == "sk-weather-1")
}
