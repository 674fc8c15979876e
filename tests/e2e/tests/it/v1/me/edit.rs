//! `PATCH /v1/me`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use crate::assertions::{assert_json, assert_no_store, assert_problem};
use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["PATCH /v1/me"];

#[tokio::test]
async fn a_new_name_is_shown_of_the_account_and_of_its_listings() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(1)).await?;
    let before = seller.get("/v1/me").await?;
    let edited = seller
        .patch("/v1/me", json!({"name": " Ada & Söhne "}))
        .await?;
    assert_json(&edited, 200);
    assert_no_store(&edited);
    assert_eq!(edited["name"], "Ada & Söhne");
    assert_eq!(edited["id"], before["id"]);
    assert_eq!(seller.get("/v1/me").await?.json(), edited.json());
    let seen = market
        .client()?
        .get(&format!("/v1/listings/{listing}"))
        .await?;
    assert_eq!(seen["seller"]["name"], "Ada & Söhne");
    Ok(())
}

#[tokio::test]
async fn an_invalid_name_changes_nothing() -> Result<()> {
    let ada = Market::shared().await?.sign_up("ada").await?;
    let before = ada.get("/v1/me").await?;
    for name in [
        json!(null),
        json!(" "),
        json!("a\nb"),
        json!("x".repeat(101)),
    ] {
        let refused = ada.patch("/v1/me", json!({"name": name})).await?;
        assert_problem(&refused, 422, "invalid_request");
    }
    assert_eq!(ada.patch("/v1/me", json!({})).await?.json(), before.json());
    assert_eq!(ada.get("/v1/me").await?.json(), before.json());
    Ok(())
}
