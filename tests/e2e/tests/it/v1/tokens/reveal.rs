//! `POST /v1/tokens/{id}/reveal`

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, MarketBuilder, weather_listing};

use crate::assertions::{assert_json, assert_no_store, assert_problem};
use crate::setup::{buy_token, seller_with_listing, with_fields};

pub(crate) const ROUTES: &[&str] = &["POST /v1/tokens/{id}/reveal"];

#[tokio::test]
async fn revealing_returns_key_and_endpoint_and_is_not_cached() -> Result<()> {
    let market = Market::shared().await?;
    let keys = ["k", "sk-ключ-🔑", &"long".repeat(1024), r#"q"u\o't e{s}"#];
    let buyer = market.sign_up("buyer").await?;
    for key in keys {
        let listing = with_fields(
            weather_listing(1),
            [("api_key", json!(key)), ("endpoint_url", Value::Null)],
        );
        let (_seller, listing) = seller_with_listing(market, listing).await?;
        let access = buyer.reveal(&buy_token(&buyer, &listing).await?).await?;
        assert_json(&access, 200);
        assert_no_store(&access);
        assert_eq!(
            access.json(),
            &json!({"api_key": key, "endpoint_url": null, "access": "key"})
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_expired_token_reveals_no_key() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_TOKEN_TTL", "1s")
        .start()
        .await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_problem(&buyer.reveal(&token).await?, 410, "token_expired");
    assert_eq!(
        buyer.get(&format!("/v1/tokens/{token}")).await?["status"],
        "expired"
    );
    Ok(())
}

#[tokio::test]
async fn a_suspended_token_reveals_no_key() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    market
        .database
        .execute("UPDATE tokens SET state = 'suspended'")
        .await?;
    assert_problem(&buyer.reveal(&token).await?, 409, "invalid_state");
    assert_eq!(
        buyer.get(&format!("/v1/tokens/{token}")).await?["status"],
        "suspended"
    );
    Ok(())
}

#[tokio::test]
async fn a_tampered_or_moved_key_is_not_revealed() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(3)).await?;
    let (_seller, other) = seller_with_listing(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let tokens = [
        buy_token(&buyer, &listing).await?,
        buy_token(&buyer, &other).await?,
    ];
    let swap =
        "UPDATE listings l SET sealed_key = (SELECT sealed_key FROM listings o WHERE o.id <> l.id)";
    let flip =
        "UPDATE listings SET sealed_key = set_byte(sealed_key, 20, get_byte(sealed_key, 20) # 1)";
    let cut = "UPDATE listings SET sealed_key = ''";
    for tampering in [swap, flip, cut] {
        market.database.execute(tampering).await?;
        for token in &tokens {
            let response = buyer.reveal(token).await?;
            assert_problem(&response, 500, "internal_error");
            assert!(
                !response.text.contains("seal") && !response.text.contains("cipher"),
                "{}",
                response.text
            );
        }
    }
    Ok(())
}
