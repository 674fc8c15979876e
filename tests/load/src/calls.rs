//! Calls of a service through the gateway, and through a plain proxy.

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderValue};
use serde_json::json;
use udam_testkit::{Client, SeededRng, expect_status};

use crate::generator::{HttpRequest, HttpResponse, Outcome, Workload, next_stream};
use crate::nginx::ANSWER;

/// Units of each token, which no load uses up.
const UNITS: u32 = 1_000_000;

/// Name of the header that carries an access key.
const KEY: header::HeaderName = header::HeaderName::from_static("x-udam-key");

/// Calls with access keys, each as likely as the others, or without.
#[derive(Clone)]
pub(crate) struct Calls {
    path: String,
    keys: Vec<HeaderValue>,
    rng: SeededRng,
}

impl Calls {
    /// Calls of a listing with these access keys; with none, of a service at `/`.
    pub(crate) fn new(listing: Option<&str>, keys: &[HeaderValue]) -> Self {
        let (_, rng) = next_stream();
        Self {
            path: listing.map_or("/".to_owned(), |id| format!("/gw/{id}/v1/weather")),
            keys: keys.to_vec(),
            rng,
        }
    }
}

impl Workload for Calls {
    type Expected = ();

    fn next(&mut self) -> (HttpRequest, ()) {
        let request =
            Request::get(&self.path).header(header::HOST, HeaderValue::from_static("udam"));
        let key = (!self.keys.is_empty()).then(|| self.rng.below(self.keys.len()));
        let key = key.and_then(|at| self.keys.get(at));
        let request = match key {
            Some(key) => request.header(KEY, key.clone()),
            None => request,
        };
        match request.body(Full::new(Bytes::new())) {
            Ok(request) => (request, ()),
            Err(_) => unreachable!("the path is well-formed"),
        }
    }

    fn check(&mut self, (): (), response: &HttpResponse) -> Outcome {
        if response.status == 200 && response.body == ANSWER.as_bytes() {
            Outcome::Accepted
        } else {
            Outcome::unexpected(response)
        }
    }
}

/// Publishes a service, and returns its listing.
pub(crate) async fn publish(seller: &Client, endpoint: &str) -> Result<String> {
    let listing = json!({
        "service_name": "Called weather",
        "endpoint_url": endpoint,
        "api_key": "sk-load-called",
        "price_per_unit": "0.01",
        "unit_description": "1 call",
        "available_units": 1_000_000_000,
        "access": "gateway",
        "gateway": {},
    });
    let published = expect_status(seller.publish(listing).await?, 201)?;
    Ok(published.id().to_owned())
}

/// Has each of these buyers buy units of a listing, and returns their access keys.
pub(crate) async fn buy(
    client: &Client,
    buyers: &[HeaderValue],
    listing: &str,
) -> Result<Vec<HeaderValue>> {
    let buying = buyers.iter().map(|buyer| {
        let client = client.clone();
        async move {
            let session = buyer.to_str()?.strip_prefix("Bearer ");
            let buyer = client.with_session(session.context("a session")?);
            let order = expect_status(buyer.buy(listing, UNITS).await?, 201)?;
            let access = buyer.reveal(order.text_at("/token_id")).await?;
            let access = expect_status(access, 200)?;
            let key = HeaderValue::from_str(access.text_at("/api_key"))?;
            anyhow::Ok(key)
        }
    });
    stream::iter(buying)
        .buffer_unordered(16)
        .try_collect()
        .await
}
