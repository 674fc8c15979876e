//! A market whose server is killed several times, and whose clients retry.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tokio::time::sleep;
use udam_testkit::{
    Client, Market, MarketBuilder, Response, Sandbox, SeededRng, Server, Wait, wait_until,
    weather_listing,
};

use super::plan::PRODUCTS;
use crate::setup::{publish, with_fields};

/// Time for which a client retries. A server is away for about a second.
const RETRY_TIMEOUT: Duration = Duration::from_mins(1);

pub(super) struct ChaosMarket {
    pub(super) market: Market,
    pub(super) sandbox: Sandbox,
    pub(super) builder: MarketBuilder,
    pub(super) seller: Client,
    pub(super) buyers: Vec<Client>,
    pub(super) listings: Vec<String>,
    pub(super) database: tokio_postgres::Client,
    pub(super) address: Address,
}

/// Address of the running server.
pub(super) struct Address(Mutex<SocketAddr>);

impl Address {
    pub(super) const fn new(address: SocketAddr) -> Self {
        Self(Mutex::new(address))
    }

    fn get(&self) -> SocketAddr {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, address: SocketAddr) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = address;
    }
}

impl ChaosMarket {
    /// Starts a market with unreliable webhooks, and with half as many scarce units as are ordered.
    pub(super) async fn start(orders: usize, buyers: usize, seed: u64) -> Result<Self> {
        let sandbox = Sandbox::start().await?;
        let builder = MarketBuilder::new()
            .payments_through(&sandbox)
            .set("RUST_LOG", "info");
        let market = builder.clone().start().await?;
        sandbox.send_webhooks_to(market.address(0)).await?;
        let seller = market.sign_up("seller").await?;
        let mut listings = Vec::new();
        for product in PRODUCTS {
            let units = if product.scarce {
                orders / 10
            } else {
                orders * 10
            };
            let listing = weather_listing(u32::try_from(units)?);
            let listing = with_fields(listing, [("price_per_unit", json!(product.price))]);
            listings.push(publish(&seller, listing).await?);
        }
        let buyers = market.sign_up_many(buyers).await?;
        let unreliable = json!({
            "drop_per_mille": 100,
            "duplicate_per_mille": 200,
            "delay_ms": [0, 400],
            "shuffle": true,
            "seed": seed,
        });
        sandbox.deliver_webhooks(unreliable).await?;
        let refunds = u32::try_from(orders)?;
        sandbox.plan_refunds("pending", refunds / 40).await?;
        sandbox.plan_refunds("failed", refunds / 80).await?;
        Ok(Self {
            database: market.database.connect().await?,
            address: Address::new(market.address(0)),
            market,
            sandbox,
            builder,
            seller,
            buyers,
            listings,
        })
    }

    /// Calls the running server, and retries until it responds without a server error.
    pub(super) async fn retry(
        &self,
        client: &Client,
        call: impl AsyncFn(&Client) -> Result<Response>,
    ) -> Result<Response> {
        let started = Instant::now();
        loop {
            let response = call(&client.at(self.address.get())).await;
            match response {
                Ok(response) if response.status < 500 => return Ok(response),
                Ok(response) => {
                    ensure!(started.elapsed() < RETRY_TIMEOUT, "still {}", response.text);
                }
                Err(error) if started.elapsed() > RETRY_TIMEOUT => return Err(error),
                Err(_) => {}
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Has the order of a session lapse, or every order that awaits payment, by moving it into the past:
    /// servers accept no reservation shorter than half an hour.
    pub(super) async fn lapse(&self, session: Option<&str>) -> Result<()> {
        let charges = "UPDATE charges SET expires_at = now()
                       WHERE state = 'open' AND ($1::text IS NULL OR session = $1)";
        let orders = "UPDATE orders SET lapses_at = now()
                      WHERE state = 'awaiting_payment' AND ($1::text IS NULL OR charge_id = (
                          SELECT id FROM charges WHERE session = $1
                      ))";
        // Two transactions, because one would lock rows in another order than the server does.
        for statement in [charges, orders] {
            self.database.execute(statement, &[&session]).await?;
        }
        Ok(())
    }
}

/// Kills the server several times, spread over all purchases.
pub(super) async fn kill(
    market: &ChaosMarket,
    servers: &mut [Server],
    purchases: usize,
    done: &AtomicUsize,
    mut rng: SeededRng,
) -> Result<usize> {
    const KILLS: usize = 5;
    const FAULTS: [&str; 4] = ["slow", "status_500", "timeout", "garbage"];
    for kill in 1..=KILLS {
        while done.load(Ordering::Relaxed) < purchases * kill / (KILLS + 1) {
            sleep(Duration::from_millis(5)).await;
        }
        // Some calls to the provider fail at that moment.
        let fault = json!({
            "kind": FAULTS[kill % FAULTS.len()],
            "next": 5,
            "delay_ms": 300,
            "after_effect": kill % 2 == 0,
        });
        market.sandbox.inject_fault(fault).await?;
        sleep(rng.millis(0..100)).await;
        servers[0].kill().await?;
        sleep(rng.millis(0..500)).await;
        servers[0] = market.builder.start_server(&market.market.database).await?;
        market.address.set(servers[0].address());
        market
            .sandbox
            .send_webhooks_to(servers[0].address())
            .await?;
    }
    Ok(KILLS)
}

/// Waits until nothing is unfinished, and a sweep that has started after that has found nothing either: no
/// webhook reports what has been dropped.
pub(super) async fn wait_until_finished(market: &ChaosMarket, timeout: Duration) -> Result<()> {
    let started = Instant::now();
    loop {
        let mut unfinished = unfinished_count(market).await?;
        if unfinished == 0 {
            wait_for_sweep(market, timeout).await?;
            unfinished = unfinished_count(market).await?;
            if unfinished == 0 {
                return Ok(());
            }
        }
        ensure!(
            started.elapsed() < timeout,
            "{unfinished} orders, charges, refunds or webhooks are unfinished"
        );
        sleep(Duration::from_millis(500)).await;
    }
}

/// Number of unfinished orders, charges and refunds, and of webhooks that are still to be delivered.
async fn unfinished_count(market: &ChaosMarket) -> Result<u64> {
    const LEFT: &str = "
        SELECT (SELECT count(*) FROM orders WHERE state = 'awaiting_payment')
            + (SELECT count(*) FROM charges WHERE payable)
            + (SELECT count(*) FROM refunds WHERE state IN ('owed', 'held'))";
    // The claims of a killed server would expire after half a minute.
    let clear_claims = "UPDATE charges SET claimed_until = NULL WHERE claimed_until IS NOT NULL;
                UPDATE refunds SET claimed_until = NULL WHERE claimed_until IS NOT NULL";
    market.database.batch_execute(clear_claims).await?;
    retry_refunds(&market.database).await?;
    let left: i64 = market.database.query_one(LEFT, &[]).await?.get(0);
    let waiting = market.sandbox.webhook_counts().await?["waiting"].as_u64();
    Ok(u64::try_from(left)? + waiting.unwrap_or_default())
}

/// Has refunds that have failed several times be requested again now, and not in an hour.
pub(super) async fn retry_refunds(database: &tokio_postgres::Client) -> Result<()> {
    let now = "UPDATE refunds SET not_before = NULL WHERE not_before IS NOT NULL";
    database.execute(now, &[]).await?;
    Ok(())
}

/// Ends every refund that is in progress at the provider: half of them fail. Returns their number.
pub(super) async fn settle_refunds(market: &ChaosMarket) -> Result<usize> {
    market.sandbox.clear_refund_plan().await?;
    let state = market.sandbox.state().await?;
    let pending = state.refunds().iter();
    let pending: Vec<&str> = pending
        .filter(|refund| refund["status"] == "pending")
        .filter_map(|refund| refund["id"].as_str())
        .collect();
    for (index, refund) in pending.iter().enumerate() {
        let status = if index % 2 == 0 {
            "failed"
        } else {
            "succeeded"
        };
        market.sandbox.settle_refund(refund, status).await?;
    }
    Ok(pending.len())
}

/// Waits for the end of a sweep that has started after this call.
pub(super) async fn wait_for_sweep(market: &ChaosMarket, timeout: Duration) -> Result<()> {
    let completed = r#"udam_sweeps_total{outcome="completed""#;
    let before = market.market.metric(0, completed).await?;
    Wait::new("a sweep to complete")
        .timeout(timeout)
        .interval(Duration::from_millis(100))
        .until(async || Ok(market.market.metric(0, completed).await? >= before + 2))
        .await
}

/// Waits until an order is fulfilled, also while the server is being restarted. Fails with the order as it was last.
pub(super) async fn wait_until_fulfilled(
    market: &ChaosMarket,
    buyer: &Client,
    order: &str,
) -> Result<()> {
    let path = format!("/v1/orders/{order}");
    let last = Mutex::new(String::new());
    let fulfilled = wait_until("the order to be fulfilled", async || {
        let order = market
            .retry(buyer, async |buyer| buyer.get(&path).await)
            .await?;
        last.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&order.text);
        Ok(order["status"] == "fulfilled")
    });
    let fulfilled = fulfilled.await;
    fulfilled.with_context(|| last.into_inner().unwrap_or_else(PoisonError::into_inner))
}
