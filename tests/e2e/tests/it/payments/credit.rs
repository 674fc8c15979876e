//! Credit of buyers who have never paid.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, Response, wait_until, weather_listing};

use crate::paid_market::PaidMarket;
use crate::setup::{publish, with_fields};

/// A market with the limits that servers have by themselves.
fn builder() -> MarketBuilder {
    MarketBuilder::new()
        .set("UDAM_NEW_TAB_LIMIT", "5.00")
        .set("UDAM_RATE_LIMIT", "on")
}

fn cents(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap()
}

fn is_on_tab(order: &Response) -> bool {
    order["status"] == "fulfilled"
}

#[tokio::test]
async fn new_accounts_of_one_address_get_little_before_they_pay() -> Result<()> {
    let fixture = PaidMarket::start_with(builder(), 10).await?;
    let listing = fixture.publish_cheap("4.90").await?;
    let mut owed = 0;
    let mut first = None;
    for number in 0..6 {
        let buyer = fixture.market.sign_up(&format!("fresh-{number}")).await?;
        let first_order = buyer.buy(&listing, 1).await?;
        assert_eq!(is_on_tab(&first_order), number < 3, "{}", first_order.text);
        let tab = buyer.get("/v1/tab").await?;
        assert_eq!(tab["limit"], "5.00");
        owed += cents(tab["open"].as_str().unwrap());
        first.get_or_insert(buyer);
    }
    assert_eq!(owed, 3 * 4_90);
    let first = first.unwrap();
    let order = first.buy(&listing, 1).await?;
    assert_eq!(order["status"], "awaiting_payment", "{}", order.text);
    fixture.pay(&order).await?;
    crate::paid_market::wait_for_status(&first, &order, "fulfilled").await?;
    let tab = first.get("/v1/tab").await?;
    assert_eq!(tab["limit"], "25.00");
    assert_eq!(tab["open"], "0.00");
    for _ in 0..2 {
        let order = first.buy(&listing, 1).await?;
        assert!(is_on_tab(&order), "{}", order.text);
    }
    fixture.finish().await
}

#[tokio::test]
async fn a_payment_lost_to_a_dispute_takes_the_credit_back() -> Result<()> {
    let fixture = PaidMarket::start_with(builder(), 10).await?;
    let limit_is = async |limit: &str| {
        let is_it = async || Ok(fixture.buyer.get("/v1/tab").await?["limit"] == limit);
        wait_until(&format!("the tab to be limited to {limit}"), is_it).await
    };
    limit_is("5.00").await?;
    let order = fixture.buy_and_pay(1).await?;
    limit_is("25.00").await?;
    let paid = fixture.sandbox.state().await?.sessions()[0].clone();
    let session = paid["id"].as_str().unwrap();
    let dispute = fixture.sandbox.dispute(session).await?;
    fixture.sandbox.close_dispute(&dispute, "lost").await?;
    fixture.wait_for_status(&order, "refunded").await?;
    limit_is("5.00").await?;
    // The bank decides for the marketplace after all.
    fixture.sandbox.decide_again(&dispute, "won").await?;
    limit_is("25.00").await?;
    fixture.finish_with_alerts().await
}

#[tokio::test]
async fn an_order_too_small_to_be_paid_says_why_it_is_not_on_the_tab() -> Result<()> {
    for (settings, code) in [
        (&[("UDAM_NEW_TAB_LIMIT", "0.20")][..], "new_tab_limit"),
        (
            &[("UDAM_NEW_TAB_PER_ADDRESS", "0.20")],
            "new_tab_per_address",
        ),
        (
            &[
                ("UDAM_TAB_LIMIT", "0.20"),
                ("UDAM_SMALL_ORDER_LIMIT", "0.20"),
            ],
            "tab_limit",
        ),
        (&[("UDAM_SMALL_ORDER_LIMIT", "0")], "pay_first"),
    ] {
        let mut builder = builder();
        for (name, value) in settings {
            builder = builder.set(name, value);
        }
        let fixture = PaidMarket::start_with(builder, 10).await?;
        let cheap = with_fields(weather_listing(10), [("price_per_unit", json!("0.15"))]);
        let cheap = publish(&fixture.seller, cheap).await?;
        if code != "pay_first" {
            let order = fixture.buyer.buy(&cheap, 1).await?;
            assert!(is_on_tab(&order), "{code}: {}", order.text);
        }
        let refused = fixture.buyer.buy(&cheap, 1).await?;
        assert_eq!(refused.status, 409, "{code}: {}", refused.text);
        assert_eq!(refused["code"], code);
        let detail = refused["detail"].as_str().unwrap();
        assert!(
            detail.contains("the smallest payment is 0.50 USD"),
            "{detail}"
        );
        let enough = fixture.buyer.buy(&cheap, 4).await?;
        assert_eq!(
            enough["status"], "awaiting_payment",
            "{code}: {}",
            enough.text
        );
        fixture.finish().await?;
    }
    Ok(())
}
