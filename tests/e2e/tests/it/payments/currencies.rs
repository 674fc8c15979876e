//! Amounts that Stripe cannot charge, in currencies with limits of their own.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, Response, Sandbox, weather_listing};

use crate::assertions::{assert_invalid_fields, assert_problem};
use crate::setup::{open_tab, publish, with_fields};

/// The response to an order of one unit at `price`, which must have taken and held nothing.
async fn refused(currency: &str, price: &str) -> Result<Response> {
    let sandbox = Sandbox::start().await?;
    let builder = MarketBuilder::new().payments_through(&sandbox);
    let market = builder.set("UDAM_CURRENCY", currency).start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = with_fields(weather_listing(10), [("price_per_unit", json!(price))]);
    let listing = publish(&seller, listing).await?;
    let buyer = market.sign_up("buyer").await?;
    let response = buyer.buy(&listing, 1).await?;
    assert_nothing_held(&market, &sandbox, &listing).await?;
    let zero = open_tab(&buyer).await?;
    assert!(zero.chars().all(|digit| "0.".contains(digit)), "{zero}");
    for order in buyer.get("/v1/orders").await?.items() {
        assert_eq!(order["status"], "canceled");
    }
    market.verify().await?;
    Ok(response)
}

async fn assert_nothing_held(market: &Market, sandbox: &Sandbox, listing: &str) -> Result<()> {
    let found = market
        .client()?
        .get(&format!("/v1/listings/{listing}"))
        .await?;
    assert_eq!(found["available_units"], 10);
    assert!(sandbox.state().await?.sessions().is_empty());
    Ok(())
}

#[tokio::test]
async fn less_than_the_smallest_charge_of_its_currency_is_refused_and_holds_nothing() -> Result<()>
{
    for (currency, price) in [
        ("MXN", "6.00"),
        ("HUF", "100"),
        ("THB", "9.99"),
        ("CZK", "14.90"),
    ] {
        let response = refused(currency, price).await?;
        assert_problem(&response, 409, "pay_first");
        let detail = response.text_at("/detail");
        assert!(
            detail.contains("the smallest payment is"),
            "{currency}: {detail}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_total_finer_than_the_currency_is_charged_in_is_refused_and_holds_nothing() -> Result<()>
{
    for (currency, price) in [
        ("KWD", "5.125"),
        ("KWD", "0.015"),
        ("TND", "7.001"),
        ("MGA", "300.50"),
    ] {
        let response = refused(currency, price).await?;
        assert_invalid_fields(&response, &["units_requested"]);
        let finest = if currency == "MGA" {
            "1.00 MGA"
        } else {
            "0.010"
        };
        assert!(
            response.text.contains(finest),
            "{currency}: {}",
            response.text
        );
    }
    Ok(())
}
