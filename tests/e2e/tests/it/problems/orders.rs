use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use crate::expect::{assert_problem, assert_wrong_fields};
use crate::scenes::{on_sale, with};

#[tokio::test]
async fn more_units_than_are_left_are_refused_and_none_are_taken() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let answer = buyer.buy(&listing, 4).await?;
    assert_problem(&answer, 409, "insufficient_units");
    assert!(
        answer.text_at("/detail").contains("3 units"),
        "{}",
        answer.text
    );
    assert_eq!(buyer.buy(&listing, 3).await?.status, 201);
    assert_problem(&buyer.buy(&listing, 1).await?, 409, "insufficient_units");
    Ok(())
}

#[tokio::test]
async fn a_listing_that_is_off_sale_is_unavailable() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    for status in ["paused", "archived"] {
        seller
            .patch(
                &format!("/v1/listings/{listing}"),
                json!({"status": status}),
            )
            .await?;
        assert_problem(&buyer.buy(&listing, 1).await?, 409, "listing_unavailable");
    }
    seller
        .patch(
            &format!("/v1/listings/{listing}"),
            json!({"status": "active"}),
        )
        .await?;
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    Ok(())
}

#[tokio::test]
async fn a_fulfilled_order_is_past_canceling() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 1).await?;
    let cancel = format!("/v1/orders/{}/cancel", order.id());
    let answer = buyer.post_empty(&cancel).await?;
    assert_problem(&answer, 409, "invalid_state");
    assert!(
        answer.text_at("/detail").contains("fulfilled"),
        "{}",
        answer.text
    );
    seller
        .post_empty(&format!("/v1/orders/{}/refund", order.id()))
        .await?;
    assert_problem(&buyer.post_empty(&cancel).await?, 409, "invalid_state");
    Ok(())
}

#[tokio::test]
async fn an_order_beyond_what_can_be_charged_is_refused() -> Result<()> {
    let market = Market::shared().await?;
    let dear = with(
        weather_listing(1_000_000),
        [("price_per_unit", json!("10000000000.00"))],
    );
    let (_seller, listing) = on_sale(market, dear).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_wrong_fields(&buyer.buy(&listing, 1_000_000).await?, &["units_requested"]);
    Ok(())
}
