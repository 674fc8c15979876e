//! `Idempotency-Key` of `POST /v1/orders`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, Response, weather_listing};

use crate::assertions::{assert_invalid_fields, assert_problem};
use crate::setup::{publish, seller_with_listing};

pub(crate) fn is_replay(response: &Response) -> bool {
    response.header("idempotent-replayed") == "true"
}

#[tokio::test]
async fn a_key_cannot_be_reused_for_another_order() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
    let other = publish(&seller, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_eq!(buyer.buy_with_key(&listing, 1, "key").await?.status, 201);
    assert_problem(
        &buyer.buy_with_key(&listing, 2, "key").await?,
        422,
        "idempotency_key_reused",
    );
    assert_problem(
        &buyer.buy_with_key(&other, 1, "key").await?,
        422,
        "idempotency_key_reused",
    );
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    Ok(())
}

#[tokio::test]
async fn two_buyers_may_use_the_same_key() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
    let buyers = market.sign_up_many(2).await?;
    let first = buyers[0].buy_with_key(&listing, 1, "1").await?;
    let second = buyers[1].buy_with_key(&listing, 1, "1").await?;
    assert_eq!((first.status, second.status), (201, 201));
    assert!(!is_replay(&second));
    assert_ne!(first.id(), second.id());
    Ok(())
}

#[tokio::test]
async fn the_key_of_a_rejected_order_stays_unused() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_problem(
        &buyer.buy_with_key(&listing, 2, "key").await?,
        409,
        "insufficient_units",
    );
    seller
        .patch(&format!("/v1/listings/{listing}"), json!({"add_units": 1}))
        .await?;
    let response = buyer.buy_with_key(&listing, 2, "key").await?;
    assert_eq!(response.status, 201, "{}", response.text);
    assert!(!is_replay(&response));
    Ok(())
}

#[tokio::test]
async fn a_repeat_after_the_listing_has_sold_out_returns_the_order() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    let first = buyer.buy_with_key(&listing, 1, "last one").await?;
    let repeat = buyer.buy_with_key(&listing, 1, "last one").await?;
    assert_eq!((repeat.status, repeat.json()), (201, first.json()));
    assert!(is_replay(&repeat) && !is_replay(&first));
    Ok(())
}

#[tokio::test]
async fn a_repeat_returns_the_present_state_of_the_order() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    let first = buyer.buy_with_key(&listing, 1, "key").await?;
    let change =
        json!({"price_per_unit": "2.00", "service_name": "Weather by the day", "status": "paused"});
    assert_eq!(
        seller
            .patch(&format!("/v1/listings/{listing}"), change)
            .await?
            .status,
        200
    );
    let refund = seller
        .post_empty(&format!("/v1/orders/{}/refund", first.id()))
        .await?;
    assert_eq!(refund.status, 200, "{}", refund.text);

    let repeat = buyer.buy_with_key(&listing, 1, "key").await?;
    assert_eq!((repeat.status, repeat.id()), (201, first.id()));
    assert!(is_replay(&repeat));
    assert_eq!(repeat["status"], "refunded");
    assert_eq!(repeat["total_price"], "1.00");
    Ok(())
}

#[tokio::test]
async fn a_key_is_1_to_255_printable_characters() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    for key in ["", &"k".repeat(256), "ключ", "a\tb"] {
        assert_invalid_fields(
            &buyer.buy_with_key(&listing, 1, key).await?,
            &["Idempotency-Key"],
        );
    }
    let longest = "k".repeat(255);
    assert_eq!(buyer.buy_with_key(&listing, 1, &longest).await?.status, 201);
    assert!(is_replay(&buyer.buy_with_key(&listing, 1, &longest).await?));
    Ok(())
}
