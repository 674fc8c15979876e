//! A service that is sold call by call, and a buyer who calls it.

use anyhow::{Context, Result};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use udam_testkit::{
    Client, Market, MarketBuilder, Response, Upstream, expect_status, wait_for, weather_listing,
};

use crate::setup::{publish, with_fields};

/// The seller's key of every service here.
pub(crate) const SELLER_KEY: &str = "sk-live-0123456789abcdef";

/// A market whose gateway may call services of this machine.
pub(crate) fn market() -> MarketBuilder {
    MarketBuilder::new().set("UDAM_PRIVATE_ENDPOINTS", "allow")
}

/// The same where orders of any size are fulfilled at once.
pub(crate) fn trusting(market: MarketBuilder) -> MarketBuilder {
    [
        "UDAM_SMALL_ORDER_LIMIT",
        "UDAM_TAB_LIMIT",
        "UDAM_NEW_TAB_LIMIT",
    ]
    .into_iter()
    .fold(market, |market, limit| market.set(limit, "999999.00"))
}

/// A listing of a service at this address, sold through the gateway on these terms.
pub(crate) fn called_listing(base: &str, units: u32, terms: Value) -> Value {
    with_fields(
        weather_listing(units),
        [
            ("access", json!("gateway")),
            ("gateway", terms),
            ("endpoint_url", json!(base)),
            ("api_key", json!(SELLER_KEY)),
            ("price_per_unit", json!("0.01")),
        ],
    )
}

/// A buyer's access to a service.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) seller: Client,
    pub(crate) buyer: Client,
    pub(crate) listing: String,
    pub(crate) order: String,
    pub(crate) token: String,
    /// The access key.
    pub(crate) key: String,
}

impl Service {
    /// Has `units` units bought of a service at `base`.
    pub(crate) async fn bought(
        market: &Market,
        base: &str,
        units: u32,
        terms: Value,
    ) -> Result<Self> {
        let seller = market.sign_up("caller-seller").await?;
        let listing = publish(&seller, called_listing(base, 1_000_000, terms)).await?;
        let buyer = market.sign_up("caller").await?;
        Self::of(seller, buyer, listing, units).await
    }

    /// Has `units` units of a listing bought, and revealed.
    pub(crate) async fn of(
        seller: Client,
        buyer: Client,
        listing: String,
        units: u32,
    ) -> Result<Self> {
        let order = expect_status(buyer.buy(&listing, units).await?, 201)?;
        let token = order.text_at("/token_id").to_owned();
        let access = expect_status(buyer.reveal(&token).await?, 200)?;
        anyhow::ensure!(access["access"] == "gateway", "{}", access.text);
        Ok(Self {
            seller,
            buyer,
            listing,
            order: order.id().to_owned(),
            token,
            key: access.text_at("/api_key").to_owned(),
        })
    }

    /// A call by this method, with the access key where the service expects its own.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_at(&self.buyer, method, path)
    }

    /// The same at the server of this client.
    pub(crate) fn request_at(&self, client: &Client, method: Method, path: &str) -> RequestBuilder {
        let path = format!("/gw/{}{path}", self.listing);
        let request = client.signed_out().request(method, &path);
        request.bearer_auth(&self.key)
    }

    /// Calls by `GET`, and reads the answer.
    pub(crate) async fn call(&self, path: &str) -> Result<Response> {
        self.buyer.send(self.request(Method::GET, path)).await
    }

    /// Units left, open and charged.
    pub(crate) async fn balance(&self) -> Result<[u64; 3]> {
        let path = format!("/v1/tokens/{}", self.token);
        let token = expect_status(self.buyer.get(&path).await?, 200)?;
        let read = |name: &str| token[name].as_u64().context("a count of units");
        Ok([
            read("units_left")?,
            read("units_open")?,
            read("units_charged")?,
        ])
    }

    /// Waits until no call is open, and returns the units left and charged.
    pub(crate) async fn settled(&self) -> Result<[u64; 2]> {
        wait_for("all calls to end", async || {
            let [left, open, charged] = self.balance().await?;
            Ok((open == 0).then_some([left, charged]))
        })
        .await
    }

    /// Waits until the token has this many calls that have ended, and returns them, the newest first.
    pub(crate) async fn calls(&self, count: usize) -> Result<Vec<Value>> {
        let path = format!("/v1/tokens/{}/calls", self.token);
        wait_for("calls to have ended", async || {
            let calls = expect_status(self.buyer.get(&path).await?, 200)?;
            let calls = calls.items().to_vec();
            Ok((calls.len() >= count).then_some(calls))
        })
        .await
    }
}

/// A market, a service of this machine that behaves, and a buyer with this many of its units.
pub(crate) async fn one_service(units: u32, terms: Value) -> Result<(Market, Upstream, Service)> {
    let market = market().start().await?;
    let upstream = Upstream::start().await?;
    let service = Service::bought(&market, &upstream.base(), units, terms).await?;
    Ok((market, upstream, service))
}
