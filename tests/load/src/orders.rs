//! Order requests.

use std::sync::Arc;

use anyhow::{Result, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderName, HeaderValue};
use serde::Deserialize;
use udam_domain::id::{ListingId, OrderId};
use udam_testkit::SeededRng;
use uuid::Uuid;

use crate::generator::{HttpRequest, HttpResponse, Outcome, Workload, next_stream};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Orders of one unit each, by random buyers, of random listings.
pub(crate) struct Orders {
    buyers: Arc<[HeaderValue]>,
    bodies: Arc<[OrderBody]>,
    /// Rejections that are allowed.
    rejections: &'static [Rejection],
    rng: SeededRng,
    /// Number of this workload, with which its idempotency keys begin.
    series: u64,
    /// Number of orders so far.
    number: u64,
    /// Ids of the acknowledged orders.
    pub(crate) acknowledged: Vec<Uuid>,
}

/// A rejection that is allowed.
pub(crate) struct Rejection {
    status: u16,
    code: &'static str,
    /// Whether it has `Retry-After`.
    temporary: bool,
}

/// No units are left.
pub(crate) const SOLD_OUT: &[Rejection] = &[Rejection {
    status: 409,
    code: "insufficient_units",
    temporary: false,
}];

/// Too many orders are waiting.
pub(crate) const OVERLOADED: &[Rejection] = &[Rejection {
    status: 503,
    code: "overloaded",
    temporary: true,
}];

/// The body of an order of one listing.
struct OrderBody {
    listing: String,
    body: Bytes,
}

/// The fields of an order that are checked.
#[derive(Deserialize)]
struct Placed<'a> {
    id: &'a str,
    listing_id: &'a str,
    units: u32,
    status: &'a str,
    token_id: Option<&'a str>,
}

#[derive(Deserialize)]
struct Problem<'a> {
    code: &'a str,
}

impl Orders {
    pub(crate) fn new(buyers: &Arc<[HeaderValue]>, listings: &[ListingId]) -> Result<Self> {
        ensure!(!buyers.is_empty(), "there are no buyers");
        ensure!(!listings.is_empty(), "there are no listings");
        let bodies = listings.iter().map(|listing| OrderBody {
            listing: listing.to_string(),
            body: format!(r#"{{"listing_id":"{listing}","units_requested":1}}"#).into(),
        });
        let (series, rng) = next_stream();
        Ok(Self {
            buyers: Arc::clone(buyers),
            bodies: bodies.collect(),
            rejections: &[],
            rng,
            series,
            number: 0,
            acknowledged: Vec::new(),
        })
    }

    /// Allows these rejections.
    pub(crate) fn allow(self, rejections: &'static [Rejection]) -> Self {
        Self { rejections, ..self }
    }

    /// The order's id, if the response is a fulfilled order of one unit of this listing.
    fn placed(&self, body: usize, response: &HttpResponse) -> Option<Uuid> {
        let placed: Placed<'_> = serde_json::from_slice(&response.body).ok()?;
        let expected = self.bodies.get(body)?;
        let is_right = response.status == 201
            && placed.listing_id == expected.listing
            && placed.units == 1
            && placed.status == "fulfilled"
            && placed.token_id.is_some();
        is_right.then(|| placed.id.parse::<OrderId>().ok().map(OrderId::uuid))?
    }
}

impl Workload for Orders {
    type Expected = usize;

    fn next(&mut self) -> (HttpRequest, usize) {
        let at = self.rng.below(self.bodies.len());
        let buyer = self.buyers.get(self.rng.below(self.buyers.len()));
        let (Some(order), Some(buyer)) = (self.bodies.get(at), buyer) else {
            unreachable!("there are buyers and listings")
        };
        self.number += 1;
        let key = format!("{:016x}-{}", self.series, self.number);
        let mut request = Request::post("/v1/orders");
        if let Some(headers) = request.headers_mut() {
            headers.insert(header::HOST, HeaderValue::from_static("udam"));
            headers.insert(header::AUTHORIZATION, buyer.clone());
            let json = HeaderValue::from_static("application/json");
            headers.insert(header::CONTENT_TYPE, json);
            if let Ok(key) = HeaderValue::from_maybe_shared(Bytes::from(key)) {
                headers.insert(IDEMPOTENCY_KEY, key);
            }
        }
        match request.body(Full::new(order.body.clone())) {
            Ok(request) => (request, at),
            Err(_) => unreachable!("every part of the request is well-formed"),
        }
    }

    fn check(&mut self, body: usize, response: &HttpResponse) -> Outcome {
        if let Some(id) = self.placed(body, response) {
            self.acknowledged.push(id);
            return Outcome::Accepted;
        }
        if self
            .rejections
            .iter()
            .any(|rejection| rejection.is(response))
        {
            return Outcome::Rejected;
        }
        Outcome::unexpected(response)
    }
}

impl Rejection {
    fn is(&self, response: &HttpResponse) -> bool {
        let has_retry_after = response.headers.contains_key(header::RETRY_AFTER);
        let problem = serde_json::from_slice::<Problem<'_>>(&response.body);
        response.status == self.status
            && has_retry_after == self.temporary
            && problem.is_ok_and(|problem| problem.code == self.code)
    }
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use super::*;

    fn orders() -> (Orders, String) {
        let listing = ListingId::from_uuid(Uuid::from_u128(7));
        let buyers = Arc::from([HeaderValue::from_static("Bearer x")]);
        let orders = Orders::new(&buyers, &[listing]).unwrap().allow(OVERLOADED);
        (orders, listing.to_string())
    }

    fn response(status: u16, headers: HeaderMap, body: String) -> HttpResponse {
        let body = body.into();
        HttpResponse {
            status,
            headers,
            body,
        }
    }

    fn order(listing: &str, units: u32) -> String {
        let id = OrderId::from_uuid(Uuid::from_u128(1));
        format!(
            r#"{{"id":"{id}","listing_id":"{listing}","units":{units},"status":"fulfilled","token_id":"tok_1"}}"#
        )
    }

    #[test]
    fn an_order_as_requested_is_accepted() {
        let (mut orders, listing) = orders();
        let right = response(201, HeaderMap::new(), order(&listing, 1));
        assert_eq!(orders.check(0, &right), Outcome::Accepted);
        assert_eq!(orders.acknowledged, [Uuid::from_u128(1)]);
    }

    #[test]
    fn any_other_order_is_unexpected() {
        let (mut orders, listing) = orders();
        for (status, body) in [
            (200, order(&listing, 1)),
            (201, order(&listing, 2)),
            (201, order("lst_another", 1)),
        ] {
            let wrong = response(status, HeaderMap::new(), body);
            assert!(matches!(orders.check(0, &wrong), Outcome::Unexpected(_)));
        }
        assert!(orders.acknowledged.is_empty());
    }

    #[test]
    fn a_temporary_rejection_needs_retry_after() {
        let (mut orders, _) = orders();
        let body = r#"{"code":"overloaded"}"#.to_owned();
        let mut headers = HeaderMap::new();
        let without = response(503, headers.clone(), body.clone());
        assert!(matches!(orders.check(0, &without), Outcome::Unexpected(_)));
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        let rejection = response(503, headers, body);
        assert_eq!(orders.check(0, &rejection), Outcome::Rejected);
    }

    #[test]
    fn no_idempotency_key_is_used_twice() {
        let (mut orders, _) = orders();
        let key = |orders: &mut Orders| orders.next().0.headers()[IDEMPOTENCY_KEY].clone();
        assert_ne!(key(&mut orders), key(&mut orders));
    }
}
