//! Reading calls that have ended.

use std::time::Duration;

use udam_domain::gateway::{
    Call, CallOutcome, CallQuality, EndedCall, GatewayTerms, Granularity, Head, UsageQuery,
};
use udam_domain::id::CallId;
use udam_domain::page::{Page, PageLimit, PageRequest};
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::{CallReader, CallStore};

use super::market::{Market, Opened, answered};
use crate::fixtures::at;

const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Makes a call that begins at this instant and ends in this way, after this latency.
async fn call(
    market: &Market,
    opened: Opened,
    at: Timestamp,
    outcome: CallOutcome,
    latency: u64,
) -> Call {
    let drawn = market.calls.draw(market.request(opened.key, at)).await;
    let drawn = drawn.unwrap().drawn;
    let latency = outcome.head().map(|_| Duration::from_millis(latency));
    let ended_at = at + SignedDuration::from_secs(1);
    let ended = EndedCall::of(drawn, outcome, (100, 1_000), latency, ended_at);
    market.calls.finish(ended.clone()).await.unwrap();
    ended.call
}

fn status(status: u16) -> CallOutcome {
    CallOutcome::Answered(Head {
        status,
        declared_units: None,
    })
}

/// All calls that `read` returns, in pages of two.
async fn pages(read: impl AsyncFn(PageRequest<CallId>) -> Page<Call, CallId>) -> Vec<Call> {
    let mut page = PageRequest {
        after: None,
        limit: PageLimit::new(2).unwrap(),
    };
    let mut seen = Vec::new();
    loop {
        let result = read(page).await;
        seen.extend(result.items);
        page.after = result.next;
        if page.after.is_none() {
            return seen;
        }
    }
}

#[tokio::test]
async fn calls_are_paged_over_days_newest_first_for_who_may_see_them() {
    let market = Market::plain().await;
    let (opened, other) = (market.open(20).await, market.open(20).await);
    let live = "UPDATE tokens SET expires_at = '2100-01-01'";
    market.database.run(live, &[]).await;
    market.calls.keep(at(0), KEPT).await.unwrap();
    let (mut of_token, mut of_listing) = (Vec::new(), Vec::new());
    for number in 0..7 {
        let instant = at(number * 50_000);
        let made = call(&market, opened, instant, status(200), 5).await;
        of_token.insert(0, made.clone());
        of_listing.insert(0, made);
        of_listing.insert(0, call(&market, other, instant, status(404), 5).await);
    }
    let reader = &market.reader;
    let seen = pages(async |page| {
        let page = reader.of_token(opened.token, market.buyer, page).await;
        page.unwrap()
    });
    assert_eq!(seen.await, of_token);
    let seen = pages(async |page| {
        let page = reader
            .of_listing(market.listing.id, market.seller, page)
            .await;
        page.unwrap()
    });
    assert_eq!(seen.await, of_listing);

    let first = PageRequest {
        after: None,
        limit: PageLimit::default(),
    };
    let by_seller = reader.of_token(opened.token, market.seller, first).await;
    assert_eq!(by_seller.unwrap().items, []);
    let by_buyer = reader
        .of_listing(market.listing.id, market.buyer, first)
        .await;
    assert_eq!(by_buyer.unwrap().items, []);
    let (stranger, _) = market.database.account().await;
    let found = reader.find(of_token[0].id, stranger).await;
    assert_eq!(found.unwrap(), None);
}

#[tokio::test]
async fn usage_is_summed_by_hour_and_by_day_of_utc() {
    let market = Market::plain().await;
    let (opened, other) = (market.open(20).await, market.open(20).await);
    let live = "UPDATE tokens SET expires_at = '2100-01-01'";
    market.database.run(live, &[]).await;
    // The start is at 08:00 UTC on 15 January 2027.
    let hour = SignedDuration::from_hours(1);
    let before = at(0) - SignedDuration::from_millis(1);
    for instant in [before, at(0), at(10)] {
        call(&market, opened, instant, status(200), 5).await;
    }
    call(&market, opened, at(20), status(500), 5).await;
    call(&market, other, at(30), status(200), 5).await;
    call(&market, opened, at(0) - hour * 60, status(200), 5).await;
    call(&market, opened, at(0) - hour * 24 * 31, status(200), 5).await;

    let token = UsageQuery::Token {
        id: opened.token,
        buyer: market.buyer,
    };
    let usage = async |query, by| market.reader.usage(query, by, at(60)).await.unwrap();
    let hours = usage(token, Granularity::Hour).await;
    let starts: Vec<Timestamp> = hours.iter().map(|bucket| bucket.from).collect();
    assert_eq!(starts, [at(0) - hour, at(0)]);
    let last = hours[1];
    assert_eq!((last.calls, last.charged_calls, last.units), (3, 2, 2));
    assert_eq!(last.bytes, 3 * 1_100);
    let days = usage(token, Granularity::Day).await;
    let calls: Vec<u64> = days.iter().map(|bucket| bucket.calls).collect();
    assert_eq!(calls, [1, 4]);
    let sold = |listing| UsageQuery::Seller {
        id: market.seller,
        listing,
    };
    for query in [sold(None), sold(Some(market.listing.id))] {
        let days = usage(query, Granularity::Day).await;
        assert_eq!(days.last().unwrap().calls, 5);
    }
    let elsewhere = market.database.listing(market.seller, |_| {}).await;
    assert_eq!(usage(sold(Some(elsewhere.id)), Granularity::Day).await, []);
    let strangers = [
        UsageQuery::Token {
            id: opened.token,
            buyer: market.seller,
        },
        UsageQuery::Seller {
            id: market.buyer,
            listing: Some(market.listing.id),
        },
    ];
    for query in strangers {
        assert_eq!(usage(query, Granularity::Day).await, []);
    }
}

#[tokio::test]
async fn quality_is_what_the_last_seven_days_tell_of_the_service() {
    let market = Market::plain().await;
    let none = CallQuality {
        calls: 0,
        successes: 0,
        p50: Duration::ZERO,
        p95: Duration::ZERO,
    };
    let reader = || udam_postgres::PgCallReader::new(market.database.pool.clone());
    let id = market.listing.id;
    assert_eq!(reader().quality(id, at(60)).await.unwrap(), none);
    let opened = market.open(200).await;
    for latency in 1..=100 {
        let outcome = if latency <= 10 {
            status(503)
        } else {
            status(200)
        };
        call(&market, opened, at(60), outcome, latency).await;
    }
    let others = [
        CallOutcome::ClientGone,
        CallOutcome::ConnectTimeout,
        CallOutcome::TlsFailed,
    ];
    for outcome in others {
        call(&market, opened, at(60), outcome, 0).await;
    }
    let week = CallQuality::WINDOW;
    let old = at(120) - week - SignedDuration::from_secs(1);
    call(&market, opened, old, status(200), 900).await;

    let quality = reader().quality(id, at(120)).await.unwrap();
    assert_eq!((quality.calls, quality.successes), (102, 90));
    assert_eq!(quality.p50, Duration::from_millis(50));
    assert_eq!(quality.p95, Duration::from_millis(95));
    // A measurement serves for a few minutes.
    let same = &market.reader;
    assert_eq!(same.quality(id, at(120)).await.unwrap(), quality);
    call(&market, opened, at(120), status(200), 5).await;
    assert_eq!(same.quality(id, at(121)).await.unwrap(), quality);
    assert_eq!(same.quality(id, at(600)).await.unwrap().calls, 103);
}

#[tokio::test]
async fn the_service_is_read_by_its_seller_alone() {
    let market = Market::plain().await;
    let id = market.listing.id;
    let service = market.reader.service(id, market.seller).await.unwrap();
    let service = service.unwrap();
    assert_eq!(service.terms, Some(GatewayTerms::default()));
    let endpoint = market.listing.details.endpoint_url.clone();
    assert_eq!(Some(service.endpoint_url), endpoint);
    let drawn = market.draw(market.open(1).await.key).await.unwrap();
    assert_eq!(drawn.key, service.key);
    let by_buyer = market.reader.service(id, market.buyer).await;
    assert_eq!(by_buyer.unwrap(), None);
    market.sell_by(None).await.unwrap();
    let service = market.reader.service(id, market.seller).await.unwrap();
    assert_eq!(service.unwrap().terms, None);
    let without = market
        .database
        .listing(market.seller, |listing| listing.details.endpoint_url = None);
    let without = without.await.id;
    let service = market.reader.service(without, market.seller).await;
    assert_eq!(service.unwrap(), None);
    assert_eq!(answered(&drawn, 200, None).call.units, 1);
}
