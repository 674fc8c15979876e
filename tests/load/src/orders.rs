//! The demand for orders.

use std::sync::Arc;

use anyhow::{Result, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderName, HeaderValue};
use serde::Deserialize;
use udam_domain::id::{ListingId, OrderId};
use uuid::Uuid;

use crate::generator::{Answer, Demand, Message, Verdict};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Orders of one unit each, by any of the buyers, of any of the listings.
pub(crate) struct Orders {
    buyers: Arc<[HeaderValue]>,
    goods: Arc<[Good]>,
    refusals: &'static [Refusal],
    /// What the idempotency keys of this demand begin with, and how many there have been.
    series: u64,
    number: u64,
    /// The orders that were acknowledged.
    pub(crate) acknowledged: Vec<Uuid>,
}

/// A refusal that is no mistake.
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    /// Whether it says when to come back.
    temporary: bool,
}

/// There is nothing left to sell.
pub(crate) const SOLD_OUT: &[Refusal] = &[Refusal {
    status: 409,
    code: "insufficient_units",
    temporary: false,
}];

/// The server has as much to do as it can.
pub(crate) const OVERLOADED: &[Refusal] = &[Refusal {
    status: 503,
    code: "overloaded",
    temporary: true,
}];

struct Good {
    listing: String,
    body: Bytes,
}

/// What is checked of an order.
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
        ensure!(!buyers.is_empty(), "there is nobody to buy");
        ensure!(!listings.is_empty(), "there is nothing to buy");
        let goods = listings.iter().map(|listing| Good {
            listing: listing.to_string(),
            body: format!(r#"{{"listing_id":"{listing}","units_requested":1}}"#).into(),
        });
        Ok(Self {
            buyers: Arc::clone(buyers),
            goods: goods.collect(),
            refusals: &[],
            series: fastrand::u64(..),
            number: 0,
            acknowledged: Vec::new(),
        })
    }

    /// The same, and these refusals are no mistakes.
    pub(crate) fn or(self, refusals: &'static [Refusal]) -> Self {
        Self { refusals, ..self }
    }

    /// The order's id, if the answer is an order of one unit of this listing that has been served.
    fn placed(&self, good: usize, answer: &Answer) -> Option<Uuid> {
        let placed: Placed<'_> = serde_json::from_slice(&answer.body).ok()?;
        let expected = self.goods.get(good)?;
        let fits = answer.status == 201
            && placed.listing_id == expected.listing
            && placed.units == 1
            && placed.status == "fulfilled"
            && placed.token_id.is_some();
        fits.then(|| placed.id.parse::<OrderId>().ok().map(OrderId::uuid))?
    }
}

impl Demand for Orders {
    type Expected = usize;

    fn next(&mut self) -> (Message, usize) {
        let at = fastrand::usize(..self.goods.len());
        let buyer = self.buyers.get(fastrand::usize(..self.buyers.len()));
        let (Some(good), Some(buyer)) = (self.goods.get(at), buyer) else {
            unreachable!("there are buyers and goods")
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
        match request.body(Full::new(good.body.clone())) {
            Ok(request) => (request, at),
            Err(_) => unreachable!("every part of the request is well-formed"),
        }
    }

    fn judge(&mut self, good: usize, answer: &Answer) -> Verdict {
        if let Some(id) = self.placed(good, answer) {
            self.acknowledged.push(id);
            return Verdict::Granted;
        }
        if self.refusals.iter().any(|refusal| refusal.is(answer)) {
            return Verdict::Refused;
        }
        Verdict::wrong(answer)
    }
}

impl Refusal {
    fn is(&self, answer: &Answer) -> bool {
        let says_when = answer.headers.contains_key(header::RETRY_AFTER);
        let problem = serde_json::from_slice::<Problem<'_>>(&answer.body);
        answer.status == self.status
            && says_when == self.temporary
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
        let orders = Orders::new(&buyers, &[listing]).unwrap().or(OVERLOADED);
        (orders, listing.to_string())
    }

    fn answer(status: u16, headers: HeaderMap, body: String) -> Answer {
        let body = body.into();
        Answer {
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
    fn an_order_of_what_was_asked_for_is_acknowledged() {
        let (mut orders, listing) = orders();
        let right = answer(201, HeaderMap::new(), order(&listing, 1));
        assert_eq!(orders.judge(0, &right), Verdict::Granted);
        assert_eq!(orders.acknowledged, [Uuid::from_u128(1)]);
    }

    #[test]
    fn an_order_of_anything_else_is_wrong() {
        let (mut orders, listing) = orders();
        for (status, body) in [
            (200, order(&listing, 1)),
            (201, order(&listing, 2)),
            (201, order("lst_another", 1)),
        ] {
            let wrong = answer(status, HeaderMap::new(), body);
            assert!(matches!(orders.judge(0, &wrong), Verdict::Wrong(_)));
        }
        assert!(orders.acknowledged.is_empty());
    }

    #[test]
    fn a_refusal_for_now_says_when_to_come_back() {
        let (mut orders, _) = orders();
        let body = r#"{"code":"overloaded"}"#.to_owned();
        let mut headers = HeaderMap::new();
        let silent = answer(503, headers.clone(), body.clone());
        assert!(matches!(orders.judge(0, &silent), Verdict::Wrong(_)));
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        let refusal = answer(503, headers, body);
        assert_eq!(orders.judge(0, &refusal), Verdict::Refused);
    }

    #[test]
    fn no_idempotency_key_is_used_twice() {
        let (mut orders, _) = orders();
        let key = |orders: &mut Orders| orders.next().0.headers()[IDEMPOTENCY_KEY].clone();
        assert_ne!(key(&mut orders), key(&mut orders));
    }
}
