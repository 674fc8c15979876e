//! What somebody wants, and what they were told each time they asked for it.

use std::fmt;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::time::timeout;
use udam_e2e::Answer;

use crate::fair::Fair;

/// How long somebody waits for an answer: longer than PostgreSQL is ever stopped for.
const PATIENCE: Duration = Duration::from_secs(5);

/// An order that somebody wants.
#[derive(Debug, Clone)]
pub(crate) struct Errand {
    pub(crate) buyer: usize,
    pub(crate) stall: usize,
    pub(crate) units: u32,
    /// None if it is asked for only once.
    pub(crate) key: Option<String>,
    pub(crate) attempts: Vec<Attempt>,
}

/// One request.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) server: usize,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) said: Said,
}

/// What the answer was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// There is an order and a token, and everything about them is as it was asked for.
    Served(Bought),
    /// There are too few units left.
    SoldOut,
    /// It could not be done now: 503, for what keeps a server from its database is no fault of its own.
    Failed,
    /// There was no answer, or not a whole one.
    Nothing,
    /// What no answer may be.
    Nonsense(String),
}

/// An order that was acknowledged, and its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bought {
    pub(crate) order: String,
    pub(crate) token: String,
    /// Whether the answer says that an earlier request has made the order.
    pub(crate) replayed: bool,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let took = self.ended.saturating_duration_since(self.began);
        write!(
            f,
            "server {} after {took:.1?}: {:?}",
            self.server, self.said
        )
    }
}

impl Errand {
    /// Asks a server for it; whoever is given less time closes the connection when it has passed.
    pub(crate) async fn ask(&self, fair: &Fair, server: usize, time: Option<Duration>) -> Attempt {
        let began = Instant::now();
        let waiting = timeout(time.unwrap_or(PATIENCE), self.call(fair, server));
        let said = match waiting.await {
            Ok(Some(answer)) => self.understood(fair, &answer),
            Ok(None) | Err(_) => Said::Nothing,
        };
        Attempt {
            server,
            began,
            ended: Instant::now(),
            said,
        }
    }

    async fn call(&self, fair: &Fair, server: usize) -> Option<Answer> {
        let (buyer, stall) = (fair.buyers.get(self.buyer)?, fair.stalls.get(self.stall)?);
        let buyer = buyer.at(*fair.servers.get(server)?);
        let mut request = buyer.request(Method::POST, "/v1/orders").json(&json!({
            "listing_id": stall.listing,
            "units_requested": self.units,
        }));
        if let Some(key) = &self.key {
            request = request.header("Idempotency-Key", key);
        }
        buyer.send(request).await.ok()
    }

    fn understood(&self, fair: &Fair, answer: &Answer) -> Said {
        match (answer.status, answer.code()) {
            (201, _) if self.is_what_was_asked_for(fair, answer) => Said::Served(Bought {
                order: answer.id().to_owned(),
                token: answer.text_at("/token_id").to_owned(),
                replayed: answer.header("Idempotent-Replayed") == "true",
            }),
            (409, "insufficient_units") if Fair::is_scarce(self.stall) => Said::SoldOut,
            (503, "overloaded") => Said::Failed,
            _ => Said::Nonsense(format!("{} {}", answer.status, answer.text)),
        }
    }

    fn is_what_was_asked_for(&self, fair: &Fair, answer: &Answer) -> bool {
        let stall = fair.stalls.get(self.stall);
        let (whole, cents) = (self.units.div_euclid(100), self.units.rem_euclid(100));
        stall.is_some_and(|stall| answer["listing_id"] == *stall.listing)
            && answer["units"] == self.units
            && answer["total_price"] == format!("{whole}.{cents:02}")
            && answer["status"] == "fulfilled"
            && answer.id().starts_with("ord_")
            && answer.text_at("/token_id").starts_with("tok_")
    }

    /// The orders that were acknowledged: one, unless something is wrong.
    pub(crate) fn bought(&self) -> impl Iterator<Item = &Bought> {
        self.attempts
            .iter()
            .filter_map(|attempt| match &attempt.said {
                Said::Served(bought) => Some(bought),
                _ => None,
            })
    }

    /// Whether somebody was told that there are too few units left.
    pub(crate) fn was_sold_out(&self) -> bool {
        self.said(|said| *said == Said::SoldOut) > 0
    }

    /// Whether whoever asked knows what came of it.
    pub(crate) fn is_settled(&self) -> bool {
        self.bought().next().is_some() || self.was_sold_out()
    }

    /// How many answers were such.
    pub(crate) fn said(&self, such: impl Fn(&Said) -> bool) -> usize {
        let answers = self.attempts.iter().map(|attempt| &attempt.said);
        answers.filter(|said| such(said)).count()
    }
}
