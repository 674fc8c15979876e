//! Thousands of orders, a post that loses, repeats, delays and shuffles, a server that is killed again and
//! again; and in the end every order has come to exactly one end, and all the money is accounted for.
//!
//! `UDAM_CHAOS_ORDERS` says how many orders, and `UDAM_CHAOS_SEED` which ones.

mod chance;
mod plan;
mod reckoning;
mod story;
mod town;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::try_join;
use futures::{StreamExt, TryStreamExt, stream};
use udam_testkit::env_number;

use super::stage::alert_in;
use chance::Chance;
use town::Town;

/// How many people are at it at once.
const AT_ONCE: usize = 16;

#[tokio::test]
async fn orders_survive_chaos() -> Result<()> {
    let orders = usize::try_from(env_number("UDAM_CHAOS_ORDERS").unwrap_or(400))?;
    let seed = env_number("UDAM_CHAOS_SEED").unwrap_or(7);
    println!("UDAM_CHAOS_ORDERS={orders} UDAM_CHAOS_SEED={seed}");
    let mut chance = Chance::seeded(seed);
    let buyers = (orders / 25).clamp(8, 60);
    let mut town = Town::found(orders, buyers, seed).await?;
    let mut servers = std::mem::take(&mut town.market.servers);
    let wishes = plan::wishes(orders, buyers, &mut chance);

    let (began, done) = (Instant::now(), AtomicUsize::new(0));
    let everybody = wishes.iter().map(|wish| {
        let (town, done) = (&town, &done);
        async move {
            let outcome = story::lives(town, *wish).await;
            done.fetch_add(1, Ordering::Relaxed);
            outcome
        }
    });
    let everybody = stream::iter(everybody)
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<_>>();
    let killer = town::kill(&town, &mut servers, wishes.len(), &done, chance.clone());
    let (outcomes, kills) = try_join(everybody, killer).await?;
    let ordered = began.elapsed();
    town.market.servers = servers;
    let bound = Duration::from_mins(1) + Duration::from_millis(60) * u32::try_from(orders)?;
    town.sandbox.clear_faults().await?;
    town::sweep(&town, bound).await?;
    town.lapse(None).await?;
    town::quiet(&town, bound).await?;
    let all = began.elapsed();

    reckoning::of_news(&town).await?;
    let tally = reckoning::of_orders(&town, &outcomes).await?;
    assert!(
        tally
            .iter()
            .filter(|(end, _)| *end != "turned away")
            .map(|(_, count)| count)
            .sum::<usize>()
            >= orders
    );
    let books = reckoning::of_money(&town).await?;
    reckoning::of_tokens(&town).await?;
    town.market.verify().await?;
    let told = alert_in(&town.market.logs());
    assert!(told.is_empty(), "{told}");
    println!("{tally:?}, {kills} kills");
    println!(
        "{} sessions, {} payments, {} refunds; {} webhooks delivered or tried; the post: {}",
        books.sessions().len(),
        books.payments(),
        books.refunds().len(),
        books.attempts(),
        town.sandbox.webhook_counts().await?
    );
    println!("ordered in {ordered:?}, quiet after {all:?}");
    Ok(())
}
