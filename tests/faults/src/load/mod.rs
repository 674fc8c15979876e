//! All buyers place orders until the load is stopped.

mod attempt;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures::future::{join, join_all};
use tokio::time::sleep;
use udam_testkit::SeededRng;

use crate::catalogue::{Catalogue, DEMAND, KEYLESS, SERVERS};

pub(crate) use attempt::{OrderAttempt, OrderRequest, Outcome, PlacedOrder};

/// Controls all buyers.
#[derive(Debug, Default)]
pub(crate) struct LoadControl {
    stopped: AtomicBool,
    hanging_up: AtomicBool,
}

impl LoadControl {
    /// Stops every buyer after the current order.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Sets whether buyers close connections before they get a response.
    pub(crate) fn hang_up(&self, hanging_up: bool) {
        self.hanging_up.store(hanging_up, Ordering::Relaxed);
    }
}

/// Most requests for an order during the load; what is left open is requested again afterwards.
const MAX_REQUESTS: usize = 3;

/// Has all buyers place orders until the load is stopped.
pub(crate) async fn run(
    catalogue: &Catalogue,
    round: u64,
    rng: &mut SeededRng,
    control: &LoadControl,
) -> Vec<OrderAttempt> {
    let next_keyless_units = AtomicU32::new(1);
    let buyers = (0..catalogue.buyers.len()).map(|number| Buyer {
        number,
        round,
        catalogue,
        control,
        next_keyless_units: &next_keyless_units,
        rng: rng.fork(),
    });
    let attempts = join_all(buyers.map(Buyer::run)).await;
    attempts.into_iter().flatten().collect()
}

struct Buyer<'a> {
    /// Index in [`Catalogue::buyers`].
    number: usize,
    round: u64,
    catalogue: &'a Catalogue,
    control: &'a LoadControl,
    /// Units of the next order without a key, which no other order has.
    next_keyless_units: &'a AtomicU32,
    rng: SeededRng,
}

impl Buyer<'_> {
    async fn run(mut self) -> Vec<OrderAttempt> {
        let mut attempts = Vec::new();
        while !self.control.stopped.load(Ordering::Relaxed) {
            let mut attempt = self.next_attempt(attempts.len());
            self.place(&mut attempt).await;
            attempts.push(attempt);
            // Some order again at once, so that requests queue up.
            if self.rng.percent(50) {
                sleep(self.rng.millis(0..40)).await;
            }
        }
        attempts
    }

    fn next_attempt(&mut self, number: usize) -> OrderAttempt {
        let listing = self.rng.weighted(&DEMAND);
        let (units, key) = if listing == KEYLESS {
            let units = self.next_keyless_units.fetch_add(1, Ordering::Relaxed);
            (units, None)
        } else {
            let key = format!("round {} buyer {} order {number}", self.round, self.number);
            (self.rng.within(1..6), Some(key))
        };
        OrderAttempt {
            buyer: self.number,
            listing,
            units,
            key,
            requests: Vec::new(),
        }
    }

    async fn place(&mut self, attempt: &mut OrderAttempt) {
        if attempt.key.is_some() && self.rng.percent(10) {
            // The same order at both servers at once.
            let (one, other) = (self.limit(), self.limit());
            let both = join(
                attempt.request(self.catalogue, 0, one),
                attempt.request(self.catalogue, 1, other),
            );
            let (one, other) = both.await;
            attempt.requests.extend([one, other]);
            return;
        }
        loop {
            let (server, limit) = (self.rng.below(SERVERS), self.limit());
            let request = attempt.request(self.catalogue, server, limit).await;
            attempt.requests.push(request);
            let may_repeat = attempt.key.is_some() && attempt.requests.len() < MAX_REQUESTS;
            if attempt.is_settled() || !may_repeat || self.rng.percent(50) {
                break;
            }
            sleep(self.rng.millis(0..40)).await;
        }
        if !attempt.is_settled() {
            // A client that cannot connect does not try again at once.
            sleep(self.rng.millis(10..60)).await;
        }
    }

    /// Time after which the buyer hangs up; `None` to wait for the response.
    fn limit(&mut self) -> Option<Duration> {
        let (hangs_up, limit) = (self.rng.percent(60), self.rng.millis(0..12));
        let hanging_up = self.control.hanging_up.load(Ordering::Relaxed);
        (hanging_up && hangs_up).then_some(limit)
    }
}
