use std::net::SocketAddr;
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
use crate::generator::{Connection, Message};
use crate::orders::IDEMPOTENCY_KEY;
use crate::reads::Read;
use crate::seed;

/// How often a buyer looks whether the token is there.
const GLANCE: Duration = Duration::from_millis(5);

/// How long a webhook may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// One buyer, with a connection to the marketplace and one to the provider.
pub(super) struct Buyer {
    market: Connection,
    provider: Connection,
    server: SocketAddr,
    provider_base: String,
    session: HeaderValue,
    listing: ListingId,
}

/// What is read of an order.
#[derive(Deserialize)]
struct Order {
    id: String,
    status: String,
    payment_url: Option<String>,
    token_id: Option<String>,
}

/// An order that has gone all the way, and how long each part of it took.
pub(super) struct Paid {
    pub(super) id: Uuid,
    /// Until there was a page to pay on.
    pub(super) ordering: Duration,
    /// From there to the token.
    pub(super) paying: Duration,
}

impl Buyer {
    pub(super) async fn arrive(
        bench: &Bench,
        session: &HeaderValue,
        listing: ListingId,
    ) -> Result<Self> {
        let server = bench.market.server.address();
        Ok(Self {
            market: Connection::open(server).await?,
            provider: Connection::open(bench.sandbox.address()).await?,
            server,
            provider_base: bench.sandbox.base().to_owned(),
            session: session.clone(),
            listing,
        })
    }

    /// Buys until the time is over.
    pub(super) async fn keep_buying(mut self, ends: Instant) -> Result<Vec<Paid>> {
        let mut paid = Vec::new();
        while Instant::now() < ends {
            paid.push(self.buy().await?);
        }
        Ok(paid)
    }

    async fn buy(&mut self) -> Result<Paid> {
        let began = Instant::now();
        let order = self.place().await?;
        let page = order
            .payment_url
            .context("an order without a page to pay on")?;
        let ordered = Instant::now();

        self.pay(&page).await?;
        let read = Read::new(format!("/v1/orders/{}", order.id), "").by(&self.session);
        loop {
            let order = self.order(read.request()?, 200).await?;
            if order.status == "fulfilled" && order.token_id.is_some() {
                break;
            }
            ensure!(
                ordered.elapsed() < PATIENCE,
                "an order that was paid is {}",
                order.status
            );
            sleep(GLANCE).await;
        }
        Ok(Paid {
            id: order.id.parse::<OrderId>()?.uuid(),
            ordering: ordered - began,
            paying: ordered.elapsed(),
        })
    }

    async fn place(&mut self) -> Result<Order> {
        let body = json!({"listing_id": self.listing.to_string(), "units_requested": 1});
        let mut request = seed::post(self.server, "/v1/orders", Some(&self.session), &body)?;
        let key = format!("checkout-{:032x}", fastrand::u128(..));
        let headers = request.headers_mut();
        headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(&key)?);
        let order = self.order(request, 201).await?;
        let status = &order.status;
        ensure!(status == "awaiting_payment", "an order was {status}");
        Ok(order)
    }

    async fn order(&mut self, request: Message, status: u16) -> Result<Order> {
        let answer = self.market.ask(request).await?;
        ensure!(
            answer.status == status,
            "an order was answered {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Presses the button on the hosted page.
    async fn pay(&mut self, page: &str) -> Result<()> {
        let path = page
            .strip_prefix(&self.provider_base)
            .context("another provider's page")?;
        let form = "application/x-www-form-urlencoded";
        let request = Request::post(path)
            .header(header::HOST, HeaderValue::from_static("stripe"))
            .header(header::CONTENT_TYPE, HeaderValue::from_static(form))
            .body(Full::new(Bytes::from_static(b"action=pay")))?;
        let answer = self.provider.ask(request).await?;
        ensure!(
            answer.status == 303,
            "paying was answered {}",
            answer.status
        );
        Ok(())
    }
}
