//! Terms: what is sold, how fast, and which version holds.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::expect_status;

use super::service::{Service, one_service};
use crate::assertions::{assert_invalid_fields, assert_problem};

#[tokio::test]
async fn only_what_is_sold_is_called() -> Result<()> {
    let terms = json!({"methods": ["GET"], "paths": ["/v1"]});
    let (_market, upstream, service) = one_service(50, terms).await?;
    assert_eq!(service.call("/v1/rain").await?.status, 200);
    for path in [
        "/v10",
        "/",
        "/admin",
        "/v1/../admin",
        "/v1/%2e%2e/admin",
        "/v1/..%2fadmin",
        "//v1",
    ] {
        let answer = service.call(path).await?;
        assert!(
            matches!(answer.status, 400 | 403),
            "{path}: {}",
            answer.status
        );
    }
    let posted = service
        .buyer
        .send(service.request(Method::POST, "/v1/rain"))
        .await?;
    assert_problem(&posted, 403, "call_not_allowed");
    let heads: Vec<_> = upstream.requests();
    assert!(
        heads
            .iter()
            .all(|request| request.head.starts_with("GET /v1")),
        "{heads:?}"
    );
    Ok(())
}

#[tokio::test]
async fn calls_have_a_rate() -> Result<()> {
    let terms = json!({"rate": {"calls": 2, "per": "minute"}});
    let (_market, upstream, service) = one_service(50, terms).await?;
    let first = service.call("/").await?;
    assert!(
        first.header("ratelimit").contains("r=1"),
        "{}",
        first.header("ratelimit")
    );
    assert!(first.header("ratelimit-policy").contains("q=2;w=60"));
    assert_eq!(service.call("/").await?.status, 200);
    let refused = service.call("/").await?;
    assert_problem(&refused, 429, "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>()? <= 30);
    assert_eq!(upstream.count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_token_keeps_the_terms_that_it_was_bought_under() -> Result<()> {
    let (_market, _upstream, old) = one_service(10, json!({"units_per_call": 1})).await?;
    let listing = format!("/v1/listings/{}", old.listing);
    let dearer = json!({"access": "gateway", "gateway": {"units_per_call": 5}});
    expect_status(old.seller.patch(&listing, dearer).await?, 200)?;
    let (seller, buyer) = (old.seller.clone(), old.buyer.clone());
    let new = Service::of(seller, buyer, old.listing.clone(), 10).await?;
    assert_eq!(old.call("/").await?.header("udam-units-charged"), "1");
    assert_eq!(new.call("/").await?.header("udam-units-charged"), "5");
    let key = json!({"access": "key"});
    expect_status(old.seller.patch(&listing, key).await?, 200)?;
    assert_eq!(old.call("/").await?.status, 200);
    let order = expect_status(old.buyer.buy(&old.listing, 1).await?, 201)?;
    let access = expect_status(old.buyer.reveal(order.text_at("/token_id")).await?, 200)?;
    assert_eq!(access["access"], "key");
    assert_eq!(access["api_key"], super::service::SELLER_KEY);
    // Those who bought calls go on calling: the listing keeps an address.
    let no_address = json!({"endpoint_url": null});
    let refused = old.seller.patch(&listing, no_address).await?;
    assert_invalid_fields(&refused, &["endpoint_url"]);
    Ok(())
}
