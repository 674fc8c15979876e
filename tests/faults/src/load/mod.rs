//! Everybody buys, until the fair closes.

mod errand;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures::future::{join, join_all};
use tokio::time::sleep;

use crate::chance::Chance;
use crate::fair::{DEMAND, Fair, KEYLESS};
use crate::town::SERVERS;

pub(crate) use errand::{Attempt, Bought, Errand, Said};

/// What everybody goes by.
#[derive(Debug, Default)]
pub(crate) struct Mood {
    closing: AtomicBool,
    impatient: AtomicBool,
}

impl Mood {
    /// Everybody finishes what they are at, and goes home.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether people hang up before they are answered.
    pub(crate) fn hang_up(&self, they_do: bool) {
        self.impatient.store(they_do, Ordering::Relaxed);
    }
}

/// How often somebody asks before they leave it for later.
const ATTEMPTS: usize = 3;

/// Lets all buyers buy until the mood is to close.
pub(crate) async fn run(fair: &Fair, round: u64, chance: &mut Chance, mood: &Mood) -> Vec<Errand> {
    let keyless = AtomicU32::new(1);
    let shopping = (0..fair.buyers.len()).map(|number| Buyer {
        number,
        round,
        fair,
        mood,
        keyless: &keyless,
        chance: chance.fork(),
    });
    let errands = join_all(shopping.map(Buyer::shop)).await;
    errands.into_iter().flatten().collect()
}

struct Buyer<'a> {
    number: usize,
    round: u64,
    fair: &'a Fair,
    mood: &'a Mood,
    /// How many units the next order without a key is for.
    keyless: &'a AtomicU32,
    chance: Chance,
}

impl Buyer<'_> {
    async fn shop(mut self) -> Vec<Errand> {
        let mut errands = Vec::new();
        while !self.mood.closing.load(Ordering::Relaxed) {
            let mut errand = self.wish(errands.len());
            self.run(&mut errand).await;
            errands.push(errand);
            // Some come back at once, so that there are crowds.
            if self.chance.happens(50) {
                sleep(self.chance.millis(0..40)).await;
            }
        }
        errands
    }

    fn wish(&mut self, number: usize) -> Errand {
        let stall = self.chance.weighed(&DEMAND);
        let (units, key) = if stall == KEYLESS {
            (self.keyless.fetch_add(1, Ordering::Relaxed), None)
        } else {
            let key = format!("round {} buyer {} errand {number}", self.round, self.number);
            (self.chance.within(1..6), Some(key))
        };
        Errand {
            buyer: self.number,
            stall,
            units,
            key,
            attempts: Vec::new(),
        }
    }

    async fn run(&mut self, errand: &mut Errand) {
        if errand.key.is_some() && self.chance.happens(10) {
            // The same at both servers at once.
            let (one, other) = (self.time(), self.time());
            let both = join(
                errand.ask(self.fair, 0, one),
                errand.ask(self.fair, 1, other),
            );
            let (one, other) = both.await;
            errand.attempts.extend([one, other]);
            return;
        }
        loop {
            let (server, time) = (self.chance.below(SERVERS), self.time());
            errand
                .attempts
                .push(errand.ask(self.fair, server, time).await);
            let may_ask_again = errand.key.is_some() && errand.attempts.len() < ATTEMPTS;
            if errand.is_settled() || !may_ask_again || self.chance.happens(50) {
                break;
            }
            sleep(self.chance.millis(0..40)).await;
        }
        if !errand.is_settled() {
            // Nobody who is turned away at once comes back at once.
            sleep(self.chance.millis(10..60)).await;
        }
    }

    /// How long it waits for an answer, if not as long as it takes.
    fn time(&mut self) -> Option<Duration> {
        let (hangs_up, time) = (self.chance.happens(60), self.chance.millis(0..12));
        let impatient = self.mood.impatient.load(Ordering::Relaxed);
        (impatient && hangs_up).then_some(time)
    }
}
