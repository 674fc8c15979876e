//! Calls that are drawn and end.

use std::num::NonZeroUsize;
use std::sync::Arc;

use futures::future::join_all;
use tokio::task::JoinSet;
use udam_domain::gateway::{CallOutcome, CallState, Finished, GatewayTerms, Head};
use udam_domain::{CallReader, CallStore, DrawCallError, StoreError};
use udam_postgres::{PgCallStore, PgPool, PoolSettings};

use super::market::{Market, answered, end, gateway_terms};
use crate::fixtures::at;

#[tokio::test]
async fn a_call_takes_units_and_gives_back_what_it_does_not_cost() {
    let market = Market::with(gateway_terms()).await;
    let opened = market.open(20).await;
    assert_eq!(market.balance(opened.token).await, [20, 0, 0]);
    let drawn = market.draw(opened.key).await.unwrap();

    assert_eq!(drawn.drawn.taken.get(), 5);
    assert_eq!(drawn.drawn.left.get(), 15);
    assert_eq!(
        (drawn.drawn.token_id, drawn.drawn.key_id),
        (opened.token, opened.key.id)
    );
    assert_eq!(
        (drawn.drawn.buyer_id, drawn.drawn.seller_id),
        (market.buyer, market.seller)
    );
    let endpoint = market.listing.details.endpoint_url.as_ref();
    assert_eq!(Some(&drawn.endpoint_url), endpoint);
    assert_eq!(drawn.drawn.limit.unwrap().left, 99);
    assert_eq!(market.balance(opened.token).await, [15, 5, 0]);
    market.verify().await;
    let ended = answered(&drawn, 200, Some(3));
    let finished = market.calls.finish(ended.clone()).await.unwrap();
    assert_eq!(finished, Finished::Now);
    assert_eq!(market.balance(opened.token).await, [17, 0, 3]);
    let found = market.reader.find(ended.call.id, market.buyer).await;
    assert_eq!(found.unwrap(), Some(ended.call));
    market.verify().await;
}

#[tokio::test]
async fn a_call_ends_once_however_often_it_is_reported() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let drawn = market.draw(opened.key).await.unwrap();
    let reports = (0..20).map(|_| market.calls.finish(answered(&drawn, 200, None)));
    let finished = join_all(reports).await;
    let now = finished
        .iter()
        .filter(|result| matches!(result, Ok(Finished::Now)));
    assert_eq!(now.count(), 1);
    assert!(finished.iter().all(Result::is_ok));
    assert_eq!(market.answer(&drawn, 500).await, Finished::Before);
    assert_eq!(market.balance(opened.token).await, [9, 0, 1]);
    assert_eq!(market.database.count("calls").await, 1);
    market.verify().await;
}

#[tokio::test]
async fn every_outcome_is_kept_as_it_was() {
    let market = Market::plain().await;
    let opened = market.open(50).await;
    let head = Head {
        status: 206,
        declared_units: Some(4),
    };
    let with_head = [
        CallOutcome::Answered(head),
        CallOutcome::CutShort(head),
        CallOutcome::ClientLeft(head),
    ];
    for outcome in with_head.into_iter().chain(CallOutcome::WITHOUT_HEAD) {
        let drawn = market.draw(opened.key).await.unwrap();
        let ended = end(&drawn, outcome);
        market.calls.finish(ended.clone()).await.unwrap();
        let found = market.reader.find(ended.call.id, market.seller).await;
        let found = found.unwrap().unwrap();
        assert_eq!(found, ended.call);
        let is_charged = outcome.charged_head().is_some();
        assert_eq!(found.state == CallState::Charged, is_charged, "{outcome:?}");
    }
    assert_eq!(market.balance(opened.token).await, [48, 0, 2]);
    market.verify().await;
}

/// Draws with one key from this many tasks over several stores until its units are used up, and ends each call, charged or
/// not by turns. Returns how many were charged.
async fn exhaust(market: &Arc<Market>, stores: &[PgCallStore], callers: usize) -> usize {
    let opened = market.open(300).await;
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let (market, calls) = (Arc::clone(market), stores[caller % stores.len()].clone());
        tasks.spawn(async move {
            let mut charged = 0;
            for turn in 0_usize.. {
                let drawn = match calls.draw(market.request(opened.key, at(60))).await {
                    Ok(drawn) => drawn,
                    Err(DrawCallError::Refused(_)) => return charged,
                    Err(DrawCallError::Unavailable(error)) => panic!("{error:?}"),
                };
                let is_charged = (turn + caller).is_multiple_of(2);
                let ended = answered(&drawn, if is_charged { 200 } else { 500 }, None);
                assert_eq!(calls.finish(ended).await.unwrap(), Finished::Now);
                charged += usize::from(is_charged);
            }
            charged
        });
    }
    let charged = tasks.join_all().await.into_iter().sum();
    let balance = market.balance(opened.token).await;
    assert_eq!(balance[1], 0);
    assert_eq!(usize::try_from(balance[2]).unwrap(), charged);
    charged
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_on_two_servers_never_use_a_unit_beyond_those_bought() {
    let market = Arc::new(Market::plain().await);
    let other = PgPool::connect(&PoolSettings::new(market.database.url())).unwrap();
    let stores = [market.calls.clone(), PgCallStore::new(other)];
    let charged = exhaust(&market, &stores, 64).await;
    // A caller that found nothing left while others had units open has stopped.
    assert!((1..=300).contains(&charged), "{charged}");
    market.verify().await;
    for store in stores {
        store.drain().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_of_many_tokens_do_not_wait_for_each_other_for_ever() {
    let market = Arc::new(Market::plain().await);
    let other = PgPool::connect(&PoolSettings::new(market.database.url())).unwrap();
    let stores = [
        market.calls.clone(),
        PgCallStore::new(other.clone()),
        PgCallStore::with_batches_of(NonZeroUsize::MIN, other),
    ];
    let mut opened = Vec::new();
    for _ in 0..8 {
        opened.push(market.open(1_000).await);
    }
    let opened = Arc::new(opened);
    let mut tasks = JoinSet::new();
    for caller in 0..24_usize {
        let (market, opened) = (Arc::clone(&market), Arc::clone(&opened));
        let calls = stores[caller % stores.len()].clone();
        tasks.spawn(async move {
            for turn in 0..20_usize {
                let key = opened[(caller * 5 + turn * 3) % opened.len()].key;
                let drawn = calls.draw(market.request(key, at(60))).await.unwrap();
                calls
                    .extend(vec![drawn.drawn.call_id], at(300))
                    .await
                    .unwrap();
                let finished = calls.finish(answered(&drawn, 200, None)).await;
                assert_eq!(finished.unwrap(), Finished::Now);
            }
        });
    }
    tasks.join_all().await;
    let mut charged = 0;
    for each in opened.iter() {
        let [left, open, cost] = market.balance(each.token).await;
        assert_eq!((left + cost, open), (1_000, 0));
        charged += cost;
    }
    assert_eq!(charged, 24 * 20);
    market.verify().await;
}

#[tokio::test]
async fn a_call_that_makes_its_batch_fail_fails_alone() {
    let market = Market::plain().await;
    let (one, other) = (market.open(50).await, market.open(50).await);
    let broken = market.draw(one.key).await.unwrap();
    // As if a bug had lost the units of the open call.
    let lose = "UPDATE token_balances SET left_units = 50 WHERE token_id = $1";
    market.database.run(lose, &[&one.token.uuid()]).await;
    let (broken, others) = futures::join!(
        market.calls.finish(answered(&broken, 503, None)),
        join_all((0..30).map(|_| market.draw(other.key)))
    );
    assert!(matches!(broken, Err(StoreError::Failed(_))), "{broken:?}");
    assert!(others.iter().all(Result::is_ok));
    assert_eq!(market.balance(other.token).await, [20, 30, 0]);
}

#[tokio::test]
async fn a_caller_that_goes_away_loses_no_call() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let blocking = market.database.beside().await;
    blocking
        .batch_execute("BEGIN; SELECT * FROM token_balances FOR UPDATE")
        .await
        .unwrap();
    {
        let draw = market.draw(opened.key);
        let timeout = tokio::time::timeout(std::time::Duration::from_millis(50), draw);
        assert!(timeout.await.is_err());
    }
    blocking.batch_execute("COMMIT").await.unwrap();
    market.calls.drain().await;
    assert_eq!(market.balance(opened.token).await, [9, 1, 0]);
    let late = market.draw(opened.key).await;
    let overloaded = matches!(
        late,
        Err(DrawCallError::Unavailable(StoreError::Overloaded))
    );
    assert!(overloaded, "{late:?}");
    market.verify().await;
}

#[tokio::test]
async fn the_rate_of_a_token_is_one_over_all_servers() {
    let market = Market::with(GatewayTerms {
        rate: udam_domain::gateway::CallRate::new(5, udam_domain::gateway::RatePeriod::Second).ok(),
        ..GatewayTerms::default()
    })
    .await;
    let opened = market.open(100).await;
    let other = PgCallStore::new(market.database.pool.clone());
    let callers = (0..12).map(|number| {
        let store = if number % 2 == 0 {
            &market.calls
        } else {
            &other
        };
        store.draw(market.request(opened.key, at(60)))
    });
    let drawn = join_all(callers).await;
    assert_eq!(drawn.iter().filter(|result| result.is_ok()).count(), 5);
    let [left, open, _] = market.balance(opened.token).await;
    assert_eq!((left, open), (95, 5));
    assert!(other.draw(market.request(opened.key, at(61))).await.is_ok());
    market.verify().await;
}
