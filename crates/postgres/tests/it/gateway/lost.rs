//! Calls whose servers have gone.

use futures::future::join_all;
use udam_domain::gateway::{CallOutcome, CallState, Finished};
use udam_domain::{CallReader, CallStore};
use udam_postgres::PgCallStore;

use super::market::{Market, answered};
use crate::fixtures::at;

#[tokio::test]
async fn a_lost_call_gives_its_units_back_after_its_deadline() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let key = market.limited(opened.token, 3).await;
    let drawn = market.draw(key).await.unwrap();
    let id = drawn.drawn.call_id;
    assert_eq!(market.calls.give_up_lost(at(180), 10).await.unwrap(), []);
    let lost = market.calls.give_up_lost(at(181), 10).await.unwrap();
    assert_eq!(lost, [id]);
    assert_eq!(market.balance(opened.token).await, [10, 0, 0]);
    let call = market.reader.find(id, market.buyer).await.unwrap().unwrap();
    assert_eq!(
        (call.outcome, call.state),
        (CallOutcome::Lost, CallState::Returned)
    );
    assert_eq!((call.request, call.ended_at), (None, at(181)));
    // Its server comes back, and is too late.
    assert_eq!(market.answer(&drawn, 200).await, Finished::Before);
    assert_eq!(market.balance(opened.token).await, [10, 0, 0]);
    let keys: i32 = market
        .database
        .value("SELECT sum(taken_units)::int FROM access_keys")
        .await;
    assert_eq!(keys, 0);
    market.verify().await;
}

#[tokio::test]
async fn a_call_that_is_extended_is_not_lost() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let (kept, left) = (
        market.draw(opened.key).await.unwrap(),
        market.draw(opened.key).await.unwrap(),
    );
    market
        .calls
        .extend(vec![kept.drawn.call_id], at(400))
        .await
        .unwrap();
    let lost = market.calls.give_up_lost(at(200), 10).await.unwrap();
    assert_eq!(lost, [left.drawn.call_id]);
    assert_eq!(market.answer(&kept, 200).await, Finished::Now);
    // One that has ended is not extended.
    let ended = vec![kept.drawn.call_id, left.drawn.call_id];
    market.calls.extend(ended, at(500)).await.unwrap();
    assert_eq!(market.database.count("open_calls").await, 0);
    assert_eq!(market.balance(opened.token).await, [9, 0, 1]);
    market.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_lost_or_ended_and_never_both() {
    let market = Market::plain().await;
    let opened = market.open(200).await;
    let other = PgCallStore::new(market.database.pool.clone());
    let drawn = join_all((0..100).map(|_| market.draw(opened.key))).await;
    let drawn: Vec<_> = drawn.into_iter().map(Result::unwrap).collect();
    let reports = drawn
        .iter()
        .map(|drawn| market.calls.finish(answered(drawn, 200, None)));
    let sweeps = (0..8).map(|_| other.give_up_lost(at(1_000), 20));
    let (finished, lost) = futures::join!(join_all(reports), join_all(sweeps));
    let ended = finished.into_iter().map(Result::unwrap);
    let ended = ended.filter(|finished| *finished == Finished::Now).count();
    let lost: usize = lost.into_iter().map(|lost| lost.unwrap().len()).sum();
    assert_eq!(ended + lost, 100);
    let [left, open, charged] = market.balance(opened.token).await;
    assert_eq!(usize::try_from(charged).unwrap(), ended);
    assert_eq!((left + charged, open), (200, 0));
    market.verify().await;
}

#[tokio::test]
async fn a_lost_call_that_cannot_be_given_up_does_not_keep_the_others() {
    let market = Market::plain().await;
    let (broken, whole) = (market.open(10).await, market.open(10).await);
    for opened in [broken, whole, broken] {
        market.draw(opened.key).await.unwrap();
    }
    let damage = "UPDATE token_balances SET left_units = 10 WHERE token_id = $1";
    market.database.run(damage, &[&broken.token.uuid()]).await;
    let lost = market.calls.give_up_lost(at(1_000), 10).await.unwrap();
    assert_eq!(lost.len(), 1);
    assert_eq!(market.balance(whole.token).await, [10, 0, 0]);
    assert!(market.calls.give_up_lost(at(1_000), 10).await.is_err());
}
