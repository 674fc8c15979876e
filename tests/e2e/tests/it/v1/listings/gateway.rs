//! Listings that are sold through the gateway.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::Market;

use crate::assertions::{assert_invalid_fields, assert_json};
use crate::setup::{gateway_listing, seller_with_listing, with_fields};

#[tokio::test]
async fn its_service_is_shown_to_its_seller_alone() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = seller_with_listing(market, gateway_listing(5)).await?;
    let public = market.client()?.get(&format!("/v1/listings/{id}")).await?;
    assert_json(&public, 200);
    assert_eq!(public["access"], "gateway");
    assert_eq!(public["gateway"]["charge"], "success");
    assert_eq!(public["quality"], Value::Null);
    assert!(
        public
            .text_at("/endpoint_url")
            .ends_with(&format!("/gw/{id}"))
    );
    assert!(
        !public.text.contains("weather.example.com"),
        "{}",
        public.text
    );
    let own = seller.get("/v1/me/listings").await?;
    assert_eq!(
        own.items()[0]["upstream_url"],
        "https://weather.example.com/v1"
    );
    Ok(())
}

#[tokio::test]
async fn its_terms_are_replaced_and_cleared_by_edits() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = seller_with_listing(market, gateway_listing(5)).await?;
    let path = format!("/v1/listings/{id}");
    let terms = json!({
        "auth": {"in": "query", "name": "appid", "prefix": null},
        "methods": ["GET"],
        "paths": ["/forecast", "/history"],
        "units_per_call": 2,
        "max_units_per_call": 20,
        "charge": "answered",
        "timeout": 10,
        "rate": {"calls": 5, "per": "second"},
    });
    let edit = json!({"access": "gateway", "gateway": terms});
    let edited = seller.patch(&path, edit).await?;
    assert_json(&edited, 200);
    assert_eq!(edited["gateway"], terms);
    let without_address = seller.patch(&path, json!({"endpoint_url": null})).await?;
    assert_invalid_fields(&without_address, &["endpoint_url"]);
    let by_key = seller.patch(&path, json!({"access": "key"})).await?;
    assert_eq!(
        (&by_key["access"], &by_key["gateway"]),
        (&json!("key"), &Value::Null)
    );
    Ok(())
}

#[tokio::test]
async fn every_wrong_term_is_named() -> Result<()> {
    let seller = Market::shared().await?.sign_up("seller").await?;
    let terms = json!({
        "auth": {"in": "header", "name": "Host"},
        "methods": [],
        "timeout": 301,
        "rate": {"calls": 0, "per": "second"},
    });
    let listing = with_fields(gateway_listing(1), [("gateway", terms)]);
    let refused = seller.publish(listing).await?;
    let fields = [
        "gateway/auth/name",
        "gateway/methods",
        "gateway/rate/calls",
        "gateway/timeout",
    ];
    assert_invalid_fields(&refused, &fields);
    for endpoint in [Value::Null, json!("http://weather.example.com")] {
        let listing = with_fields(gateway_listing(1), [("endpoint_url", endpoint)]);
        assert_invalid_fields(&seller.publish(listing).await?, &["endpoint_url"]);
    }
    Ok(())
}
