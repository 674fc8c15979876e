//! `GET` and `POST /v1/tokens/{id}/keys`, `DELETE /v1/tokens/{id}/keys/{key_id}`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use crate::assertions::{assert_fields, assert_id, assert_json, assert_no_store, assert_problem};
use crate::setup::{buy_token, gateway_listing, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &[
    "GET /v1/tokens/{id}/keys",
    "POST /v1/tokens/{id}/keys",
    "DELETE /v1/tokens/{id}/keys/{key_id}",
];

const FIELDS: [&str; 7] = [
    "id",
    "name",
    "max_units",
    "units_taken",
    "expires_at",
    "first",
    "created_at",
];

#[tokio::test]
async fn keys_are_issued_listed_and_deleted() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, gateway_listing(5)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    let revealed = buyer.reveal(&token).await?;
    assert_json(&revealed, 200);
    assert_eq!(revealed["access"], "gateway");
    assert!(revealed.text_at("/api_key").starts_with("udk_"));
    let again = buyer.reveal(&token).await?;
    assert_eq!(again["api_key"], revealed["api_key"]);

    let path = format!("/v1/tokens/{token}/keys");
    let issued = buyer
        .post(&path, json!({"name": "import", "max_units": 1}))
        .await?;
    assert_json(&issued, 201);
    assert_no_store(&issued);
    assert!(issued.text_at("/api_key").starts_with("udk_"));
    assert_ne!(issued["api_key"], revealed["api_key"]);
    assert_eq!(issued["endpoint_url"], revealed["endpoint_url"]);

    let listed = buyer.get(&path).await?;
    let [first, further] = listed.items() else {
        panic!("{}", listed.text)
    };
    for key in [first, further] {
        assert_fields(key, &FIELDS);
        assert_id(&key["id"], "key");
    }
    assert_eq!(
        (&first["first"], &further["first"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&further["name"], &further["max_units"]),
        (&json!("import"), &json!(1))
    );
    assert!(!listed.text.contains("udk_"), "{}", listed.text);

    let key = format!("{path}/{}", issued.id());
    assert_eq!(buyer.delete(&key).await?.status, 204);
    assert_problem(&buyer.delete(&key).await?, 404, "not_found");
    assert_eq!(buyer.get(&path).await?.items().len(), 1);
    let stranger = market.sign_up("buyer").await?;
    assert_problem(&stranger.get(&path).await?, 404, "not_found");
    assert_problem(&stranger.post(&path, json!({})).await?, 404, "not_found");
    Ok(())
}

#[tokio::test]
async fn a_token_that_reveals_the_sellers_key_has_none() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    let path = format!("/v1/tokens/{}/keys", buy_token(&buyer, &listing).await?);
    let keys = buyer.get(&path).await?;
    assert_json(&keys, 200);
    assert!(keys.items().is_empty());
    let refused = buyer.post(&path, json!({})).await?;
    assert_problem(&refused, 409, "invalid_state");
    Ok(())
}

#[tokio::test]
async fn a_revoked_token_is_issued_no_keys() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, gateway_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    buyer.revoke(&token).await?;
    let refused = buyer
        .post(&format!("/v1/tokens/{token}/keys"), json!({}))
        .await?;
    assert_problem(&refused, 410, "token_revoked");
    Ok(())
}
