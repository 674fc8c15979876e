use serde_json::json;
use udam_domain::gateway::{Granularity, UsageBucket, UsageQuery};

use super::*;
use crate::testing::MockGateway;

fn bucket() -> UsageBucket {
    UsageBucket {
        from: NOW,
        calls: 5,
        charged_calls: 4,
        units: 8,
        bytes: 1_000,
    }
}

/// An API that sums up calls for this query alone.
fn summing(expected: UsageQuery, by: Granularity) -> TestApi {
    let mut gateway = MockGateway::default();
    gateway
        .reader
        .expect_usage()
        .once()
        .returning(move |query, given, now| {
            assert_eq!((query, given, now), (expected, by, NOW));
            Ok(vec![bucket()])
        });
    let mut api = TestApi::with_gateway(gateway);
    api.mocks
        .token_reader
        .expect_find()
        .returning(|_, _| Ok(Some(gateway_token())));
    api
}

#[actix_web::test]
async fn usage_is_summed_by_day_or_by_hour() {
    let query = UsageQuery::Token {
        id: token().id,
        buyer: ada().id,
    };
    for (asked, by) in [
        ("", Granularity::Day),
        ("?by=day", Granularity::Day),
        ("?by=hour", Granularity::Hour),
    ] {
        let request = as_ada(get(&token_path(&format!("/usage{asked}"))));
        let answer = send(summing(query, by), request).await;
        let expected = json!({
            "by": <&str>::from(by),
            "data": [{
                "from": "1970-01-01T00:00:00Z",
                "calls": 5,
                "charged_calls": 4,
                "units": 8,
                "bytes": 1_000,
            }],
        });
        assert_eq!((answer.status, &answer.body), (200, &expected));
    }
}

#[actix_web::test]
async fn a_seller_sums_up_one_listing_or_all() {
    let listing_id = token().listing_id;
    for (asked, listing) in [
        (String::new(), None),
        (format!("?listing={listing_id}"), Some(listing_id)),
    ] {
        let query = UsageQuery::Seller {
            id: ada().id,
            listing,
        };
        let request = as_ada(get(&format!("/v1/me/usage{asked}")));
        let answer = send(summing(query, Granularity::Day), request).await;
        assert_eq!(answer.body["data"][0]["units"], 8);
    }
}

#[actix_web::test]
async fn an_unknown_period_is_refused() {
    let api = TestApi::with_gateway(MockGateway::default()).into_data();
    let token = send_to(&api, as_ada(get(&token_path("/usage?by=week")))).await;
    assert_eq!(token.fields(), ["by"]);
    let seller = send_to(&api, as_ada(get("/v1/me/usage?by=week&listing=x&to=y"))).await;
    assert_eq!(seller.fields(), ["listing", "by", "to"]);
}
