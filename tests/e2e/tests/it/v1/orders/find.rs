//! `GET /v1/orders/{id}`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use crate::assertions::assert_json;
use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["GET /v1/orders/{id}"];

#[tokio::test]
async fn buyer_and_seller_see_the_order() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 1).await?;
    for viewer in [&buyer, &seller] {
        let seen = viewer.get(&format!("/v1/orders/{}", order.id())).await?;
        assert_json(&seen, 200);
        assert_eq!(seen.json(), order.json());
    }
    let mut sale = order.json().clone();
    sale["buyer_name"] = buyer.get("/v1/me").await?["name"].clone();
    for (list, item) in [
        (buyer.get("/v1/orders").await?, order.json().clone()),
        (seller.get("/v1/me/sales").await?, sale),
    ] {
        assert_json(&list, 200);
        assert_eq!(list.json(), &json!({"data": [item], "next_cursor": null}));
    }
    let nothing = json!({"data": [], "next_cursor": null});
    assert_eq!(seller.get("/v1/orders").await?.json(), &nothing);
    assert_eq!(buyer.get("/v1/me/sales").await?.json(), &nothing);
    Ok(())
}
