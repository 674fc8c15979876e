//! A market whose server is killed now and then, and whose people are not put off by that.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::time::sleep;
use udam_testkit::{Client, Market, MarketBuilder, Response, Sandbox, wait_until, weather_listing};

use super::chance::Chance;
use super::plan::WARES;
use crate::scenes::{list, with};

/// How long somebody goes on asking. A server is away for a second or so.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) struct Town {
    pub(super) market: Market,
    pub(super) sandbox: Sandbox,
    pub(super) opening: MarketBuilder,
    pub(super) seller: Client,
    pub(super) buyers: Vec<Client>,
    pub(super) listings: Vec<String>,
    pub(super) database: tokio_postgres::Client,
    pub(super) address: Address,
}

/// Where the server is that lives.
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

impl Town {
    /// With an unreliable post, so many buyers, and half as many scarce units as are wanted.
    pub(super) async fn found(orders: usize, buyers: usize, seed: u64) -> Result<Self> {
        let sandbox = Sandbox::start().await?;
        let opening = MarketBuilder::new()
            .payments_through(&sandbox)
            .set("RUST_LOG", "info");
        let market = opening.clone().start().await?;
        sandbox.send_webhooks_to(market.address(0)).await?;
        let seller = market.sign_up("seller").await?;
        let mut listings = Vec::new();
        for ware in WARES {
            let units = if ware.scarce {
                orders / 10
            } else {
                orders * 10
            };
            let listing = weather_listing(u32::try_from(units)?);
            let listing = with(listing, [("price_per_unit", json!(ware.price))]);
            listings.push(list(&seller, listing).await?);
        }
        let buyers = market.sign_up_many(buyers).await?;
        let post = json!({
            "drop_per_mille": 100,
            "duplicate_per_mille": 200,
            "delay_ms": [0, 400],
            "shuffle": true,
            "seed": seed,
        });
        sandbox.deliver_webhooks(post).await?;
        Ok(Self {
            database: market.database.connect().await?,
            address: Address::new(market.address(0)),
            market,
            sandbox,
            opening,
            seller,
            buyers,
            listings,
        })
    }

    /// Asks the server that lives, until it answers.
    pub(super) async fn insist(
        &self,
        client: &Client,
        ask: impl AsyncFn(&Client) -> Result<Response>,
    ) -> Result<Response> {
        let began = Instant::now();
        loop {
            let answer = ask(&client.at(self.address.get())).await;
            match answer {
                Ok(answer) if answer.status < 500 => return Ok(answer),
                Ok(answer) => ensure!(began.elapsed() < PATIENCE, "still {}", answer.text),
                Err(error) if began.elapsed() > PATIENCE => return Err(error),
                Err(_) => {}
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets time pass for the order that is paid on this session, or for every one.
    ///
    /// A server takes no reservation shorter than half an hour, so it is put into the past by hand.
    pub(super) async fn lapse(&self, session: Option<&str>) -> Result<()> {
        let charges = "UPDATE charges SET expires_at = now()
                       WHERE state = 'open' AND ($1::text IS NULL OR session = $1)";
        let orders = "UPDATE orders SET lapses_at = now()
                      WHERE state = 'awaiting_payment' AND ($1::text IS NULL OR charge_id = (
                          SELECT id FROM charges WHERE session = $1
                      ))";
        // Each by itself: together they would lock in another order than the server does.
        for statement in [charges, orders] {
            self.database.execute(statement, &[&session]).await?;
        }
        Ok(())
    }
}

/// Kills the server so many times, spread over so many wishes.
pub(super) async fn kill(
    town: &Town,
    servers: &mut [udam_testkit::Server],
    wishes: usize,
    done: &AtomicUsize,
    mut chance: Chance,
) -> Result<usize> {
    const KILLS: usize = 5;
    const FAULTS: [&str; 4] = ["slow", "status_500", "timeout", "garbage"];
    for kill in 1..=KILLS {
        while done.load(Ordering::Relaxed) < wishes * kill / (KILLS + 1) {
            sleep(Duration::from_millis(5)).await;
        }
        // Some calls to the provider are in trouble at that moment.
        let fault = json!({
            "kind": FAULTS[kill % FAULTS.len()],
            "next": 5,
            "delay_ms": 300,
            "after_effect": kill % 2 == 0,
        });
        town.sandbox.inject_fault(fault).await?;
        sleep(Duration::from_millis(chance.below(100))).await;
        servers[0].kill().await?;
        sleep(Duration::from_millis(chance.below(500))).await;
        servers[0] = town.opening.start_server(&town.market.database).await?;
        town.address.set(servers[0].address());
        town.sandbox.send_webhooks_to(servers[0].address()).await?;
    }
    Ok(KILLS)
}

/// Waits until nothing is left to do, and a sweep that has begun after that has found nothing either:
/// what the post has lost is told by no webhook.
pub(super) async fn quiet(town: &Town, bound: Duration) -> Result<()> {
    let began = Instant::now();
    loop {
        let mut unfinished = left(town).await?;
        if unfinished == 0 {
            sweep(town, bound).await?;
            unfinished = left(town).await?;
            if unfinished == 0 {
                return Ok(());
            }
        }
        ensure!(
            began.elapsed() < bound,
            "{unfinished} things are left to do"
        );
        sleep(Duration::from_millis(500)).await;
    }
}

/// How many orders, charges and refunds are unfinished, and webhooks under way.
async fn left(town: &Town) -> Result<u64> {
    const LEFT: &str = "
        SELECT (SELECT count(*) FROM orders WHERE state = 'awaiting_payment')
            + (SELECT count(*) FROM charges WHERE payable)
            + (SELECT count(*) FROM refunds WHERE sent_at IS NULL)";
    // What a killed server had claimed would be free again after half a minute.
    let free = "UPDATE charges SET claimed_until = NULL WHERE claimed_until IS NOT NULL;
                UPDATE refunds SET claimed_until = NULL WHERE claimed_until IS NOT NULL";
    town.database.batch_execute(free).await?;
    let left: i64 = town.database.query_one(LEFT, &[]).await?.get(0);
    let waiting = town.sandbox.webhook_counts().await?["waiting"].as_u64();
    Ok(u64::try_from(left)? + waiting.unwrap_or_default())
}

/// Waits until a sweep that has begun after this call is over.
pub(super) async fn sweep(town: &Town, bound: Duration) -> Result<()> {
    let completed = r#"udam_sweeps_total{outcome="completed""#;
    let before = town.market.metric(0, completed).await?;
    let began = Instant::now();
    while town.market.metric(0, completed).await? < before + 2 {
        ensure!(began.elapsed() < bound, "no sweep comes to an end");
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Waits until an order of this buyer's is fulfilled, whatever happens to the server meanwhile.
pub(super) async fn fulfilled(town: &Town, buyer: &Client, order: &str) -> Result<()> {
    let path = format!("/v1/orders/{order}");
    wait_until(&format!("{order} to be fulfilled"), async || {
        let order = town
            .insist(buyer, async |buyer| buyer.get(&path).await)
            .await?;
        Ok(order["status"] == "fulfilled")
    })
    .await
}
