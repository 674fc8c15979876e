//! An order that a buyer wants, and the outcome of each request for it.

use std::fmt;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::time::timeout;
use udam_testkit::Response;

use crate::catalogue::Catalogue;

/// Time after which a buyer stops waiting for a response: longer than PostgreSQL is ever frozen.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// An order that a buyer wants.
#[derive(Debug, Clone)]
pub(crate) struct OrderAttempt {
    /// Index in [`Catalogue::buyers`].
    pub(crate) buyer: usize,
    /// Index in [`Catalogue::listings`].
    pub(crate) listing: usize,
    pub(crate) units: u32,
    /// Idempotency key; `None` if the order is requested only once.
    pub(crate) key: Option<String>,
    pub(crate) requests: Vec<OrderRequest>,
}

/// One request for an order.
#[derive(Clone)]
pub(crate) struct OrderRequest {
    /// Index in [`Catalogue::servers`].
    pub(crate) server: usize,
    pub(crate) started: Instant,
    pub(crate) ended: Instant,
    pub(crate) outcome: Outcome,
}

/// Outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The order was placed as requested, and its token issued.
    Placed(PlacedOrder),
    /// Too few units were left.
    SoldOut,
    /// 503, the only status with which a server may fail while it cannot reach its database.
    Failed,
    /// There was no response, or not a whole one.
    NoResponse,
    /// A response that is never right, with its status and body.
    Unexpected(String),
}

/// Ids of an acknowledged order and of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlacedOrder {
    pub(crate) order: String,
    pub(crate) token: String,
    /// Whether the response says that an earlier request placed the order.
    pub(crate) replayed: bool,
}

impl fmt::Debug for OrderRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let took = self.ended.saturating_duration_since(self.started);
        write!(
            f,
            "server {} after {took:.1?}: {:?}",
            self.server, self.outcome
        )
    }
}

impl OrderAttempt {
    /// Requests the order from a server. The connection is closed after `limit`, if there is one.
    pub(crate) async fn request(
        &self,
        catalogue: &Catalogue,
        server: usize,
        limit: Option<Duration>,
    ) -> OrderRequest {
        let started = Instant::now();
        let sending = timeout(
            limit.unwrap_or(REQUEST_TIMEOUT),
            self.send(catalogue, server),
        );
        let outcome = match sending.await {
            Ok(Some(response)) => self.outcome(catalogue, &response),
            Ok(None) | Err(_) => Outcome::NoResponse,
        };
        OrderRequest {
            server,
            started,
            ended: Instant::now(),
            outcome,
        }
    }

    async fn send(&self, catalogue: &Catalogue, server: usize) -> Option<Response> {
        let buyer = catalogue.buyers.get(self.buyer)?;
        let listing = catalogue.listings.get(self.listing)?;
        let buyer = buyer.at(*catalogue.servers.get(server)?);
        let mut request = buyer.request(Method::POST, "/v1/orders").json(&json!({
            "listing_id": listing.id,
            "units_requested": self.units,
        }));
        if let Some(key) = &self.key {
            request = request.header("Idempotency-Key", key);
        }
        buyer.send(request).await.ok()
    }

    fn outcome(&self, catalogue: &Catalogue, response: &Response) -> Outcome {
        match (response.status, response.code()) {
            (201, _) if self.is_as_requested(catalogue, response) => Outcome::Placed(PlacedOrder {
                order: response.id().to_owned(),
                token: response.text_at("/token_id").to_owned(),
                replayed: response.header("Idempotent-Replayed") == "true",
            }),
            (409, "insufficient_units") if Catalogue::is_scarce(self.listing) => Outcome::SoldOut,
            (503, "overloaded") => Outcome::Failed,
            _ => Outcome::Unexpected(format!("{} {}", response.status, response.text)),
        }
    }

    fn is_as_requested(&self, catalogue: &Catalogue, response: &Response) -> bool {
        let listing = catalogue.listings.get(self.listing);
        let (whole, cents) = (self.units.div_euclid(100), self.units.rem_euclid(100));
        listing.is_some_and(|listing| response["listing_id"] == *listing.id)
            && response["units"] == self.units
            && response["total_price"] == format!("{whole}.{cents:02}")
            && response["status"] == "fulfilled"
            && response.id().starts_with("ord_")
            && response.text_at("/token_id").starts_with("tok_")
    }

    /// The acknowledged orders: at most one, unless something is wrong.
    pub(crate) fn placed(&self) -> impl Iterator<Item = &PlacedOrder> {
        self.requests
            .iter()
            .filter_map(|request| match &request.outcome {
                Outcome::Placed(placed) => Some(placed),
                _ => None,
            })
    }

    /// Whether a request was rejected because too few units were left.
    pub(crate) fn was_sold_out(&self) -> bool {
        self.count(|outcome| *outcome == Outcome::SoldOut) > 0
    }

    /// Whether the buyer knows the result.
    pub(crate) fn is_settled(&self) -> bool {
        self.placed().next().is_some() || self.was_sold_out()
    }

    /// Number of requests with such an outcome.
    pub(crate) fn count(&self, is_such: impl Fn(&Outcome) -> bool) -> usize {
        let outcomes = self.requests.iter().map(|request| &request.outcome);
        outcomes.filter(|outcome| is_such(outcome)).count()
    }
}
