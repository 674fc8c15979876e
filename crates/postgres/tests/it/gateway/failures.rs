//! Calls over connections that break, and through a pooler.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures::future::join_all;
use tokio::task::{JoinSet, spawn_blocking};
use udam_domain::gateway::{Finished, GatewayTerms};
use udam_domain::time::SignedDuration;
use udam_domain::{CallReader, CallStore, DrawCallError};
use udam_embedded_postgres::testing::{PgBouncer, shared};
use udam_postgres::{PgCallStore, PgPool, PoolSettings, Pooling};

use super::market::{Market, answered};
use crate::fixtures::at;
use crate::harness::Database;

/// Charged calls whose ends were confirmed, and those whose were not.
#[derive(Default)]
struct Tally {
    confirmed: AtomicU32,
    unknown: AtomicU32,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_unit_is_lost_or_used_twice_when_connections_break() {
    let market = Arc::new(Market::plain().await);
    let opened = market.open(100_000).await;
    let other = PgPool::connect(&PoolSettings::new(market.database.url())).unwrap();
    let stores = [market.calls.clone(), PgCallStore::new(other)];
    let (tally, is_over) = (Arc::new(Tally::default()), Arc::new(AtomicBool::new(false)));
    let mut tasks = JoinSet::new();
    for caller in 0..32_usize {
        let (market, calls) = (Arc::clone(&market), stores[caller % 2].clone());
        let (tally, is_over) = (Arc::clone(&tally), Arc::clone(&is_over));
        tasks.spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                let drawn = match calls.draw(market.request(opened.key, at(60))).await {
                    Ok(drawn) => drawn,
                    Err(DrawCallError::Refused(refused)) => panic!("{refused}"),
                    Err(DrawCallError::Unavailable(_)) => {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        continue;
                    }
                };
                // Reported again until it is known, as the gateway does.
                let mut is_unknown = false;
                let finished = loop {
                    match calls.finish(answered(&drawn, 200, None)).await {
                        Ok(finished) => break finished,
                        Err(_) => is_unknown = true,
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                };
                assert!(is_unknown || finished == Finished::Now);
                tally.confirmed.fetch_add(1, Ordering::Relaxed);
                tally
                    .unknown
                    .fetch_add(u32::from(is_unknown), Ordering::Relaxed);
            }
        });
    }
    let close = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'udam'";
    for _ in 0..15 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        market.database.value::<i64>(close).await;
    }
    is_over.store(true, Ordering::Relaxed);
    tasks.join_all().await;
    let mut given_up = 0;
    loop {
        let lost = market.calls.give_up_lost(at(1_000), 100).await;
        match lost {
            Ok(lost) if lost.is_empty() => break,
            Ok(lost) => given_up += lost.len(),
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
    let confirmed = tally.confirmed.load(Ordering::Relaxed);
    let unknown = tally.unknown.load(Ordering::Relaxed);
    assert!(
        confirmed > 0 && unknown > 0,
        "{confirmed} {unknown} {given_up}"
    );
    assert_eq!(
        market.balance(opened.token).await,
        [100_000 - confirmed, 0, confirmed]
    );
    market.verify().await;
}

#[tokio::test]
async fn calls_are_made_through_a_pooler_in_transaction_mode() {
    let start = || PgBouncer::start(shared().unwrap().url().expose(), 3);
    let pooler = spawn_blocking(start).await.unwrap().unwrap();
    let database = Database::with(|settings| {
        let name = settings.url.rsplit('/').next().unwrap_or_default();
        settings.url = pooler.url_of(name).expose().to_owned();
        settings.pooling = Pooling::Transaction;
    });
    let market = Market::over(database.await, GatewayTerms::default()).await;
    let opened = market.open(100).await;
    let kept = SignedDuration::from_hours(24 * 90);
    market.calls.keep(at(0), kept).await.unwrap();
    let drawn = join_all((0..60).map(|_| market.draw(opened.key))).await;
    let drawn: Vec<_> = drawn.into_iter().map(Result::unwrap).collect();
    let reports = drawn.iter().skip(10);
    let reports = reports.map(|drawn| market.calls.finish(answered(drawn, 200, None)));
    for finished in join_all(reports).await {
        assert_eq!(finished.unwrap(), Finished::Now);
    }
    let extended = vec![drawn[0].drawn.call_id];
    market.calls.extend(extended, at(2_000)).await.unwrap();
    let lost = market.calls.give_up_lost(at(1_000), 100).await.unwrap();
    assert_eq!(lost.len(), 9);
    assert_eq!(market.balance(opened.token).await, [49, 1, 50]);
    let quality = market.reader.quality(market.listing.id, at(100)).await;
    assert_eq!(quality.unwrap().calls, 50);
    market.verify().await;
}
