//! Markets without tabs, and listings that are paid first.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, weather_listing};

use crate::paid_market::{PaidMarket, buy_on_tab, place_unpaid};
use crate::setup::{publish, with_fields};

#[tokio::test]
async fn without_tabs_every_order_is_paid_before_it_is_fulfilled() -> Result<()> {
    for setting in ["UDAM_TAB_LIMIT", "UDAM_SMALL_ORDER_LIMIT"] {
        let builder = MarketBuilder::new().set(setting, "0");
        let fixture = PaidMarket::start_with(builder, 10).await?;
        let cheap = with_fields(weather_listing(10), [("price_per_unit", json!("0.60"))]);
        let cheap = publish(&fixture.seller, cheap).await?;
        let order = fixture.buyer.buy(&cheap, 1).await?;
        assert_eq!(
            order["status"], "awaiting_payment",
            "{setting}: {}",
            order.text
        );
        assert_eq!(fixture.tab().await?, "0.00");
        fixture.pay(&order).await?;
        fixture.wait_for_status(&order, "fulfilled").await?;
        let page = fixture.buyer.get(&format!("/listings/{cheap}")).await?.text;
        assert!(
            page.contains("The units are reserved while you pay."),
            "{page}"
        );
        assert!(!page.contains("go on your tab"), "{page}");
        fixture.finish().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_order_of_a_listing_that_is_paid_first_is_paid_before_it_is_fulfilled() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let terms = [
        ("price_per_unit", json!("0.60")),
        ("pay_first", json!(true)),
    ];
    let listing = publish(&fixture.seller, with_fields(weather_listing(10), terms)).await?;
    let order = place_unpaid(&fixture.buyer, &listing, 1).await?;
    assert_eq!(order["token_id"], json!(null));
    assert_eq!(fixture.tab().await?, "0.00");
    fixture.pay(&order).await?;
    let paid = fixture.wait_for_status(&order, "fulfilled").await?;
    let token = paid.text_at("/token_id");
    assert_eq!(
        fixture.buyer.reveal(token).await?["api_key"],
        "sk-weather-1"
    );

    // As the order of any other that goes through the checkout, it carries the tab.
    let cheap = fixture.publish_cheap("0.75").await?;
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let order = place_unpaid(&fixture.buyer, &listing, 1).await?;
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(fixture.tab().await?, "0.00");

    let path = format!("/v1/listings/{listing}");
    fixture
        .seller
        .patch(&path, json!({"pay_first": false}))
        .await?;
    buy_on_tab(&fixture.buyer, &listing, 1).await?;
    assert_eq!(fixture.tab().await?, "0.60");
    fixture.finish().await
}

#[tokio::test]
async fn an_unpaid_order_of_a_listing_that_is_paid_first_gives_its_units_back() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let path = format!("/v1/listings/{}", fixture.listing);
    let terms = json!({"pay_first": true, "price_per_unit": "0.60"});
    fixture.seller.patch(&path, terms).await?;
    let order = fixture.order(2).await?;
    assert_eq!(fixture.available().await?, 8);
    fixture.lapse(1).await?;
    fixture.wait_for_status(&order, "expired").await?;
    assert_eq!(fixture.available().await?, 10);
    assert_eq!(fixture.tab().await?, "0.00");
    fixture.finish().await
}
