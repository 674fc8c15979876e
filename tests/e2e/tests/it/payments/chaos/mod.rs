//! Many orders while webhooks are dropped, repeated, delayed and shuffled and the server is killed several times:
//! in the end every order has exactly one end, and all money is accounted for.
//!
//! `UDAM_CHAOS_ORDERS` is the number of orders, `UDAM_CHAOS_SEED` the seed of all random choices.

mod books;
mod follow_up;
mod market;
mod plan;
mod purchase;
mod verification;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::try_join;
use futures::{StreamExt, TryStreamExt, stream};
use udam_testkit::{SeededRng, env_number};

use market::ChaosMarket;

/// Number of purchases at once.
const CONCURRENT_PURCHASES: usize = 16;

#[tokio::test]
async fn orders_survive_chaos() -> Result<()> {
    let orders = usize::try_from(env_number("UDAM_CHAOS_ORDERS").unwrap_or(400))?;
    let seed = env_number("UDAM_CHAOS_SEED").unwrap_or(7);
    println!("UDAM_CHAOS_ORDERS={orders} UDAM_CHAOS_SEED={seed}");
    let mut rng = SeededRng::new(seed);
    // An unpaid order that carries a tab keeps its buyer from other checkouts until it lapses, at the end: few
    // buyers would all be kept from them by then.
    let buyers = (orders / 25).max(8);
    let mut market = ChaosMarket::start(orders, buyers, seed).await?;
    let mut servers = std::mem::take(&mut market.market.servers);
    let purchases = plan::purchases(orders, buyers, &mut rng);

    let (started, done) = (Instant::now(), AtomicUsize::new(0));
    let running = purchases.iter().map(|purchase| {
        let (market, done) = (&market, &done);
        async move {
            let outcome = purchase::run(market, *purchase).await;
            done.fetch_add(1, Ordering::Relaxed);
            outcome
        }
    });
    let running = stream::iter(running)
        .buffer_unordered(CONCURRENT_PURCHASES)
        .try_collect::<Vec<_>>();
    let killing = market::kill(&market, &mut servers, purchases.len(), &done, rng.fork());
    let (outcomes, kills) = try_join(running, killing).await?;
    let ordered = started.elapsed();
    market.market.servers = servers;
    let timeout = Duration::from_mins(1) + Duration::from_millis(60) * u32::try_from(orders)?;
    market.sandbox.clear_faults().await?;
    market::wait_for_sweep(&market, timeout).await?;
    market.lapse(None).await?;
    market::wait_until_finished(&market, timeout).await?;
    let settled = market::settle_refunds(&market).await?;
    market::wait_for_sweep(&market, timeout).await?;
    market::wait_until_finished(&market, timeout).await?;
    let all = started.elapsed();

    verification::check_waiting_events(&market).await?;
    let counts = verification::check_orders(&market, &outcomes).await?;
    assert!(
        counts
            .iter()
            .filter(|(end, _)| *end != "refused")
            .map(|(_, count)| count)
            .sum::<usize>()
            >= orders
    );
    let state = verification::check_money(&market).await?;
    verification::check_tokens(&market).await?;
    market.market.verify().await?;
    let alerts = verification::check_alerts(&market).await?;
    println!("orders by state: {counts:?}; the server was killed {kills} times");
    println!(
        "{} sessions, {} payments, {} refunds; {} webhook attempts; webhooks by state: {}",
        state.sessions().len(),
        state.payments(),
        state.refunds().len(),
        state.attempts(),
        market.sandbox.webhook_counts().await?
    );
    println!(
        "{} disputes; {settled} refunds ended late; alerts: {alerts:?}",
        state.disputes().len()
    );
    println!("orders placed in {ordered:?}, everything finished after {all:?}");
    Ok(())
}
