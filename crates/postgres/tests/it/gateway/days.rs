//! The days that records of calls are kept by.

use futures::future::join_all;
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::{CallReader, CallStore};

use super::market::{Market, Opened, answered};
use crate::fixtures::at;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

fn days(count: i32) -> SignedDuration {
    DAY.saturating_mul(count)
}

/// Makes a call that begins at this instant and costs a unit.
async fn call(market: &Market, opened: Opened, at: Timestamp) {
    let drawn = market.calls.draw(market.request(opened.key, at)).await;
    let finish = answered(&drawn.unwrap(), 200, None);
    market.calls.finish(finish).await.unwrap();
}

/// Lets tokens live for as long as a test needs.
async fn immortal(market: &Market) {
    market
        .database
        .run("UPDATE tokens SET expires_at = '2100-01-01'", &[])
        .await;
}

/// Names of the partitions that have rows, with how many.
async fn rows(market: &Market) -> Vec<(String, i64)> {
    let statement = "SELECT tableoid::regclass::text, count(*) FROM calls GROUP BY 1 ORDER BY 1";
    let rows = market.database.sql.query(statement, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn partitions(market: &Market) -> i64 {
    let statement = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'calls'::regclass";
    market.database.value(statement).await
}

#[tokio::test]
async fn calls_are_in_the_days_that_they_began_on() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    immortal(&market).await;
    // The start is at 08:00 UTC on 15 January 2027.
    market.calls.keep(at(0), KEPT).await.unwrap();
    assert_eq!(partitions(&market).await, 9);
    market.calls.keep(at(0), KEPT).await.unwrap();
    assert_eq!(partitions(&market).await, 9);
    let midnight: Timestamp = "2027-01-16T00:00:00Z".parse().unwrap();
    let milli = SignedDuration::from_millis(1);
    for instant in [at(0), midnight - milli, midnight, midnight + milli] {
        call(&market, opened, instant).await;
    }
    // A clock that is far off.
    call(&market, opened, at(0) + days(400)).await;
    let expected = [
        ("calls_2027_01_15", 2),
        ("calls_2027_01_16", 2),
        ("calls_default", 1),
    ];
    let expected = expected.map(|(name, count)| (name.to_owned(), count));
    assert_eq!(rows(&market).await, expected);
    market.verify().await;
}

#[tokio::test]
async fn calls_of_a_day_that_was_not_made_are_moved_to_it() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    call(&market, opened, at(60)).await;
    call(&market, opened, at(61)).await;
    assert_eq!(rows(&market).await, [("calls_default".to_owned(), 2)]);
    market.calls.keep(at(120), KEPT).await.unwrap();
    assert_eq!(rows(&market).await, [("calls_2027_01_15".to_owned(), 2)]);
    call(&market, opened, at(130)).await;
    assert_eq!(rows(&market).await, [("calls_2027_01_15".to_owned(), 3)]);
    let indexes = "SELECT count(*) FROM pg_indexes WHERE tablename = 'calls_2027_01_15'";
    assert_eq!(market.database.value::<i64>(indexes).await, 3);
    market.verify().await;
}

#[tokio::test]
async fn whole_days_are_forgotten_and_balances_are_not() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    immortal(&market).await;
    call(&market, opened, at(0) - days(3)).await;
    market.calls.keep(at(0), KEPT).await.unwrap();
    for day in 0..3 {
        call(&market, opened, at(0) + days(day)).await;
    }
    let balance = market.balance(opened.token).await;
    assert_eq!(balance, [6, 0, 4]);
    let first = at(0) + days(2);
    market.calls.keep(first, days(1)).await.unwrap();
    let names: Vec<String> = rows(&market).await.into_iter().map(|row| row.0).collect();
    assert_eq!(names, ["calls_2027_01_16", "calls_2027_01_17"]);
    assert_eq!(market.balance(opened.token).await, balance);
    let dropped: Timestamp = market
        .database
        .value("SELECT before FROM calls_dropped")
        .await;
    assert_eq!(dropped, "2027-01-16T00:00:00Z".parse().unwrap());
    // What was forgotten is no discrepancy; what was kept must still not be more than was charged.
    market.verify().await;
    market.database.run("UPDATE calls SET units = 9", &[]).await;
    let found = udam_postgres::consistency::verify(&market.database.pool).await;
    assert_eq!(found.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_keep_days_at_once_while_calls_are_made() {
    let market = Market::plain().await;
    let opened = market.open(500).await;
    immortal(&market).await;
    let keeping = async {
        for day in 0..6 {
            let now = at(0) + days(day);
            let kept = join_all((0..4).map(|_| market.calls.keep(now, days(1)))).await;
            for result in kept {
                result.unwrap();
            }
        }
    };
    let calling = async {
        for number in 0..60 {
            call(&market, opened, at(0) + days(number / 10)).await;
        }
    };
    futures::join!(keeping, calling);
    // All is as if one server had kept them, once no lock is in the way.
    market.calls.keep(at(0) + days(5), days(1)).await.unwrap();
    let names: Vec<String> = rows(&market).await.into_iter().map(|row| row.0).collect();
    assert_eq!(names, ["calls_2027_01_19", "calls_2027_01_20"]);
    assert_eq!(market.balance(opened.token).await, [440, 0, 60]);
    market.verify().await;
}

#[tokio::test]
async fn days_that_are_locked_are_left_for_the_next_time() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    call(&market, opened, at(60)).await;
    let reading = market.database.beside().await;
    reading
        .batch_execute("BEGIN; SELECT * FROM calls")
        .await
        .unwrap();
    market.calls.keep(at(60), KEPT).await.unwrap();
    assert_eq!(partitions(&market).await, 1);
    // Calls went on meanwhile.
    call(&market, opened, at(70)).await;
    reading.batch_execute("COMMIT").await.unwrap();
    market.calls.keep(at(80), KEPT).await.unwrap();
    assert_eq!(partitions(&market).await, 9);
    let page = udam_domain::page::PageRequest {
        after: None,
        limit: udam_domain::page::PageLimit::default(),
    };
    let page = market
        .reader
        .of_token(opened.token, market.buyer, page)
        .await;
    assert_eq!(page.unwrap().items.len(), 2);
}
