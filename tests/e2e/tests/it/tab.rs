//! What small orders cost is put on the tab, and what is refunded comes off it.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Client, MarketBuilder, weather_listing};

use crate::expect::assert_problem;
use crate::scenes::{list, with};

async fn tab(buyer: &Client) -> Result<String> {
    Ok(buyer.get("/v1/tab").await?.text_at("/open").to_owned())
}

/// How a seller's only listing stands.
async fn standing(seller: &Client) -> Result<Value> {
    let own = seller.get("/v1/me/listings").await?;
    let listing = &own.items()[0];
    Ok(json!([
        listing["available_units"],
        listing["units_sold"],
        listing["revenue"]
    ]))
}

#[tokio::test]
async fn small_orders_add_up_and_refunds_take_them_off() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = list(
        &seller,
        with(weather_listing(10), [("price_per_unit", json!("1.50"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let first = buyer.buy(&listing, 1).await?;
    let second = buyer.at(market.address(1)).buy(&listing, 3).await?;
    assert_eq!(tab(&buyer).await?, "6.00");
    assert_eq!(standing(&seller).await?, json!([6, 4, "6.00"]));

    let kept = seller
        .post_empty(&format!("/v1/orders/{}/refund", first.id()))
        .await?;
    assert_eq!((kept.status, &kept["status"]), (200, &json!("refunded")));
    assert_eq!(tab(&buyer).await?, "4.50");
    // The units of the first stay sold, though nothing was earned with them.
    assert_eq!(standing(&seller).await?, json!([6, 4, "4.50"]));

    let path = format!("/v1/orders/{}/refund", second.id());
    for _ in 0..2 {
        let returned = seller.post(&path, json!({"return_units": true})).await?;
        assert_eq!(
            (returned.status, &returned["status"]),
            (200, &json!("refunded"))
        );
    }
    assert_eq!(tab(&buyer).await?, "0.00");
    assert_eq!(standing(&seller).await?, json!([9, 1, "0.00"]));
    for order in [first, second] {
        let token = order.text_at("/token_id");
        assert_problem(&buyer.reveal(token).await?, 410, "token_revoked");
        let sold = seller.get("/v1/me/sales").await?;
        assert!(
            sold.items()
                .iter()
                .any(|sale| sale["id"] == order["id"] && sale["status"] == "refunded")
        );
    }
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn only_the_seller_refunds() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = list(&seller, weather_listing(10)).await?;
    let (buyer, other) = (
        market.sign_up("buyer").await?,
        market.sign_up("other").await?,
    );
    let order = buyer.buy(&listing, 1).await?;
    for stranger in [&buyer, &other] {
        let answer = stranger
            .post_empty(&format!("/v1/orders/{}/refund", order.id()))
            .await?;
        assert_problem(&answer, 404, "not_found");
    }
    assert_eq!(tab(&buyer).await?, "1.00");
    assert_eq!(standing(&seller).await?, json!([9, 1, "1.00"]));
    Ok(())
}

#[tokio::test]
async fn a_sold_out_listing_is_active_again_when_units_come_back() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = list(&seller, weather_listing(1)).await?;
    let (buyer, next) = (
        market.sign_up("buyer").await?,
        market.sign_up("next").await?,
    );
    let order = buyer.buy(&listing, 1).await?;
    let path = format!("/v1/listings/{listing}");
    assert_eq!(buyer.get(&path).await?["status"], "sold_out");
    assert_problem(&next.buy(&listing, 1).await?, 409, "insufficient_units");
    let refund = json!({"return_units": true});
    seller
        .post(&format!("/v1/orders/{}/refund", order.id()), refund)
        .await?;
    assert_eq!(buyer.get(&path).await?["status"], "active");
    assert_eq!(next.buy(&listing, 1).await?.status, 201);
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn prices_change_for_orders_to_come_only() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = list(&seller, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    let before = buyer.buy(&listing, 1).await?;
    seller
        .patch(
            &format!("/v1/listings/{listing}"),
            json!({"price_per_unit": "3.00"}),
        )
        .await?;
    let after = buyer.buy(&listing, 1).await?;
    assert_eq!(
        (&before["total_price"], &after["total_price"]),
        (&json!("1.00"), &json!("3.00"))
    );
    assert_eq!(tab(&buyer).await?, "4.00");
    seller
        .post_empty(&format!("/v1/orders/{}/refund", before.id()))
        .await?;
    assert_eq!(tab(&buyer).await?, "3.00");
    market.verify().await?;
    Ok(())
}
