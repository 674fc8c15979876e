use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderValue};
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;
use udam_domain::id::{ListingId, OrderId};
use uuid::Uuid;

use crate::bench::Bench;
use crate::generator::{Connection, HttpRequest, next_stream};
use crate::orders::IDEMPOTENCY_KEY;
use crate::reads::Read;

/// Pause between two reads of an order that has been paid.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Time within which a payment must be reported by webhook.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// A buyer, with a connection to the marketplace and one to the sandbox.
pub(super) struct Buyer {
    market: Connection,
    sandbox: Connection,
    /// Base URL of the sandbox.
    sandbox_base: String,
    authorization: HeaderValue,
    listing: ListingId,
    /// Beginning of its idempotency keys, which no other buyer has.
    series: u64,
    /// Number of orders so far.
    orders: u64,
}

/// The fields of an order that are read.
#[derive(Deserialize)]
struct Order {
    id: String,
    status: String,
    payment_url: Option<String>,
    token_id: Option<String>,
}

/// An order that has been paid and fulfilled, and how long each part took.
pub(super) struct Paid {
    pub(super) id: Uuid,
    /// Time from the request to the page on which it is paid.
    pub(super) ordering: Duration,
    /// Time from there to the token.
    pub(super) paying: Duration,
}

impl Buyer {
    pub(super) async fn connect(
        bench: &Bench,
        authorization: &HeaderValue,
        listing: ListingId,
    ) -> Result<Self> {
        Ok(Self {
            market: Connection::open(bench.market.server.address()).await?,
            sandbox: Connection::open(bench.sandbox.address()?).await?,
            sandbox_base: bench.sandbox.base().to_owned(),
            authorization: authorization.clone(),
            listing,
            series: next_stream().0,
            orders: 0,
        })
    }

    /// Buys until the round ends.
    pub(super) async fn keep_buying(mut self, ends: Instant) -> Result<Vec<Paid>> {
        let mut paid = Vec::new();
        while Instant::now() < ends {
            paid.push(self.buy().await?);
        }
        Ok(paid)
    }

    async fn buy(&mut self) -> Result<Paid> {
        let started = Instant::now();
        let order = self.place().await?;
        let page = order
            .payment_url
            .context("an order without a payment URL")?;
        let ordered = Instant::now();

        self.pay(&page).await?;
        let read = Read::new(format!("/v1/orders/{}", order.id), "");
        let read = read.with_authorization(&self.authorization);
        loop {
            let order = self.order(read.request()?, 200).await?;
            if order.status == "fulfilled" && order.token_id.is_some() {
                break;
            }
            ensure!(
                ordered.elapsed() < WEBHOOK_TIMEOUT,
                "a paid order is still {}",
                order.status
            );
            sleep(POLL_INTERVAL).await;
        }
        Ok(Paid {
            id: order.id.parse::<OrderId>()?.uuid(),
            ordering: ordered - started,
            paying: ordered.elapsed(),
        })
    }

    async fn place(&mut self) -> Result<Order> {
        let body = json!({"listing_id": self.listing.to_string(), "units_requested": 1});
        self.orders += 1;
        let key = format!("checkout-{}-{}", self.series, self.orders);
        let request = Request::post("/v1/orders")
            .header(header::HOST, HeaderValue::from_static("udam"))
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            )
            .header(IDEMPOTENCY_KEY, HeaderValue::from_str(&key)?)
            .body(Full::new(Bytes::from(body.to_string())))?;
        let order = self.order(request, 201).await?;
        let status = &order.status;
        ensure!(status == "awaiting_payment", "a new order is {status}");
        Ok(order)
    }

    async fn order(&mut self, request: HttpRequest, status: u16) -> Result<Order> {
        let response = self.market.send(request).await?;
        ensure!(
            response.status == status,
            "expected an order, got {}: {}",
            response.status,
            String::from_utf8_lossy(&response.body)
        );
        Ok(serde_json::from_slice(&response.body)?)
    }

    /// Presses the button Pay on the hosted page.
    async fn pay(&mut self, page: &str) -> Result<()> {
        let path = page
            .strip_prefix(&self.sandbox_base)
            .context("a page that is not the sandbox's")?;
        let form = "application/x-www-form-urlencoded";
        let request = Request::post(path)
            .header(header::HOST, HeaderValue::from_static("stripe"))
            .header(header::CONTENT_TYPE, HeaderValue::from_static(form))
            .body(Full::new(Bytes::from_static(b"action=pay")))?;
        let response = self.sandbox.send(request).await?;
        ensure!(
            response.status == 303,
            "paying failed with {}",
            response.status
        );
        Ok(())
    }
}
