//! Whatever ends access, no call that begins once it has ended reaches the service.
//!
//! Each test runs `UDAM_CALL_RACES` races. In each, four callers at two servers call with one token while it ends, and each
//! begins another call the moment that it knows. `UDAM_CALL_SEED` repeats when access ends, as far as chance allows.

mod disputes;
mod expiry;
mod race;
mod requests;
mod suspensions;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::try_join_all;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use udam_testkit::{Market, MarketBuilder, SeededRng, Upstream, env_number};

use super::service::{Service, called_listing, market, trusting};
use crate::setup::publish;
use race::{Tally, assert_none_late};

/// Most races that run at once, each with connections of its own.
const LANES: u64 = 24;

/// Units of each token: more than its callers have open at once.
const UNITS: u32 = 100;

/// Longest that calls may take to be answered.
const PATIENCE: Duration = Duration::from_mins(1);

/// Number of races.
fn races() -> u64 {
    env_number("UDAM_CALL_RACES").unwrap_or(10)
}

/// Terms by which the service says what a call costs.
fn terms() -> Value {
    json!({"units_per_call": 1, "max_units_per_call": 1})
}

/// A market of two servers that log little.
fn racing() -> MarketBuilder {
    trusting(market())
        .servers(2)
        .set("RUST_LOG", "warn,udam_server::serve=info")
}

/// A market, its service, and what is bought in it.
struct Course {
    market: Market,
    upstream: Upstream,
    started: Instant,
}

impl Course {
    async fn open(builder: MarketBuilder) -> Result<Self> {
        Ok(Self {
            market: builder.start().await?,
            upstream: Upstream::start().await?,
            started: Instant::now(),
        })
    }

    /// A listing of the service.
    fn listing(&self) -> Value {
        called_listing(&self.upstream.base(), 100_000_000, terms())
    }

    /// A seller with a listing, and a buyer who has bought nothing of it. Its token is empty.
    async fn buyer_of_new_listing(&self) -> Result<Service> {
        let seller = self.market.sign_up("racing-seller").await?;
        let listing = publish(&seller, self.listing()).await?;
        let buyer = self.market.sign_up("racing-buyer").await?;
        Service::of(seller, buyer, listing, UNITS).await
    }

    /// Another token of the same buyer, of the same listing.
    async fn another(&self, service: &Service) -> Result<Service> {
        let (seller, buyer) = (service.seller.clone(), service.buyer.clone());
        Service::of(seller, buyer, service.listing.clone(), UNITS).await
    }

    /// Runs lanes of races side by side: each is told its number, and how many to run.
    async fn run_lanes(
        &self,
        lanes: u64,
        lane: impl AsyncFn(u64, u64) -> Result<Tally>,
    ) -> Result<Tally> {
        let races = races();
        let lanes = lanes.min(races).max(1);
        let share = |number| races / lanes + u64::from(number < races % lanes);
        let run = (0..lanes).map(|number| lane(number, share(number)));
        let mut all = Tally::default();
        for tally in try_join_all(run).await? {
            all += tally;
        }
        Ok(all)
    }

    /// Checks what is left behind.
    async fn finish(self, ending: &str, tally: Tally) -> Result<()> {
        assert_none_late(&self.upstream);
        self.market.verify().await?;
        let Tally {
            races,
            answered,
            late,
        } = tally;
        let elapsed = self.started.elapsed();
        println!(
            "{ending}: {races} races, {answered} calls answered, {late} begun late and refused, {elapsed:.1?}"
        );
        Ok(())
    }
}

/// Chance of one lane.
fn rng_of(lane: u64) -> SeededRng {
    SeededRng::stream(env_number("UDAM_CALL_SEED").unwrap_or(7), lane)
}

/// Waits until some calls were answered, or none.
async fn some_answered(answered: &Semaphore, rng: &mut SeededRng) -> Result<()> {
    let some = answered.acquire_many(rng.within(0..8));
    let permits = timeout(PATIENCE, some)
        .await
        .context("calls are not answered")??;
    permits.forget();
    Ok(())
}
