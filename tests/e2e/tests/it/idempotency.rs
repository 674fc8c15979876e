//! One `Idempotency-Key`, one order: however often and wherever it is sent.

use anyhow::Result;
use futures::future::try_join_all;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, Response, weather_listing};

use crate::expect::{assert_problem, assert_wrong_fields};
use crate::scenes::{list, on_sale};

fn is_replay(answer: &Response) -> bool {
    answer.header("idempotent-replayed") == "true"
}

#[tokio::test]
async fn forty_requests_with_one_key_on_two_servers_make_one_order() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_seller, listing) = on_sale(&market, weather_listing(100)).await?;
    let buyer = market.sign_up("buyer").await?;
    let requests = (0..40).map(|number| {
        let (buyer, listing) = (buyer.at(market.address(number)), &listing);
        async move { buyer.buy_with_key(listing, 2, "the one").await }
    });
    let answers = try_join_all(requests).await?;
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.json(), answers[0].json());
    }
    assert_eq!(
        answers.iter().filter(|answer| is_replay(answer)).count(),
        39
    );

    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    assert_eq!(buyer.get("/v1/tab").await?["open"], "2.00");
    let shown = buyer.get(&format!("/v1/listings/{listing}")).await?;
    assert_eq!(shown["available_units"], 98);
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_key_that_made_an_order_makes_no_other() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(10)).await?;
    let other = list(&seller, weather_listing(10)).await?;
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
async fn two_buyers_with_the_same_key_have_an_order_each() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(10)).await?;
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
    let (seller, listing) = on_sale(market, weather_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_problem(
        &buyer.buy_with_key(&listing, 2, "key").await?,
        409,
        "insufficient_units",
    );
    seller
        .patch(&format!("/v1/listings/{listing}"), json!({"add_units": 1}))
        .await?;
    let answer = buyer.buy_with_key(&listing, 2, "key").await?;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert!(!is_replay(&answer));
    Ok(())
}

#[tokio::test]
async fn a_repeat_after_the_listing_has_sold_out_answers_with_the_order() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    let first = buyer.buy_with_key(&listing, 1, "last one").await?;
    let repeat = buyer.buy_with_key(&listing, 1, "last one").await?;
    assert_eq!((repeat.status, repeat.json()), (201, first.json()));
    assert!(is_replay(&repeat) && !is_replay(&first));
    Ok(())
}

#[tokio::test]
async fn a_repeat_answers_with_the_order_as_it_is_now() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(10)).await?;
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
    let (_seller, listing) = on_sale(market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    for key in ["", &"k".repeat(256), "ключ", "a\tb"] {
        assert_wrong_fields(
            &buyer.buy_with_key(&listing, 1, key).await?,
            &["Idempotency-Key"],
        );
    }
    let longest = "k".repeat(255);
    assert_eq!(buyer.buy_with_key(&listing, 1, &longest).await?.status, 201);
    assert!(is_replay(&buyer.buy_with_key(&listing, 1, &longest).await?));
    Ok(())
}
