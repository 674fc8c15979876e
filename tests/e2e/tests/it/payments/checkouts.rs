//! Checkouts that are opened, canceled and opened again.

use anyhow::Result;
use futures::future::try_join_all;
use serde_json::json;
use udam_testkit::{MarketBuilder, wait_until};

use crate::assertions::{assert_json, assert_problem};
use crate::paid_market::{PaidMarket, payment_url, place_unpaid, wait_for_status};

/// A market with two servers and this limit.
fn builder(limit: &str) -> MarketBuilder {
    let builder = MarketBuilder::new().servers(2);
    builder.set("UDAM_CHECKOUTS_PER_HOUR", limit)
}

#[tokio::test]
async fn the_provider_is_called_no_more_often_than_allowed_and_the_order_is_kept() -> Result<()> {
    let fixture = PaidMarket::start_with(builder("20"), 1_000).await?;
    let (buyer, listing) = (&fixture.buyer, &fixture.listing);
    let mut outcomes = Vec::new();
    for _ in 0..15 {
        let tries = (0..20).map(|number| {
            let buyer = buyer.at(fixture.market.address(number));
            async move {
                let placed = buyer.buy(listing, 1).await?;
                if placed.status == 201 {
                    buyer.cancel(placed.id()).await?;
                } else {
                    assert_problem(&placed, 429, "too_many_checkouts");
                    buyer.cancel(placed.text_at("/order_id")).await?;
                }
                anyhow::Ok(placed.status)
            }
        });
        outcomes.extend(try_join_all(tries).await?);
    }
    let opened = outcomes.iter().filter(|status| **status == 201).count();
    assert_eq!((outcomes.len(), opened), (300, 20));
    fixture.wait_for_sweep().await?;
    assert_eq!(fixture.sandbox.state().await?.sessions().len(), 20);

    // What is placed beyond that is kept, and paid once the hour allows it.
    let kept = buyer.buy(listing, 2).await?;
    assert_problem(&kept, 429, "too_many_checkouts");
    let seconds: u64 = kept.header("retry-after").parse()?;
    assert!((3_000..=3_600).contains(&seconds), "{seconds}");
    let id = kept.text_at("/order_id");
    assert!(kept.text_at("/detail").contains(id), "{}", kept.text);
    let again = buyer.check_out(id).await?;
    assert_problem(&again, 429, "too_many_checkouts");
    assert_eq!(again["order_id"], json!(id));
    fixture.wait_for_sweep().await?;
    let order = buyer.get(&format!("/v1/orders/{id}")).await?;
    assert_eq!(order["status"], "awaiting_payment");
    assert_eq!(order["payment_url"], json!(null));
    // Another buyer is not concerned.
    let other = fixture.market.sign_up("other").await?;
    place_unpaid(&other, listing, 1).await?;
    let pass = "UPDATE opened_sessions SET opened_at = '{}'";
    fixture.market.database.execute(pass).await?;
    let opened = buyer.check_out(id).await?;
    assert_json(&opened, 200);
    assert!(!payment_url(&opened).is_empty(), "{}", opened.text);
    fixture.pay(&opened).await?;
    wait_for_status(buyer, &order, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_failing_provider_is_not_called_without_end() -> Result<()> {
    let fixture = PaidMarket::start_with(builder("3"), 10).await?;
    let fault =
        json!({"kind": "status_500", "next": 1_000, "path_prefix": "/v1/checkout/sessions"});
    fixture.sandbox.inject_fault(fault).await?;
    let failed = fixture.buyer.buy(&fixture.listing, 1).await?;
    assert_problem(&failed, 502, "payment_provider_error");
    let id = failed.text_at("/order_id").to_owned();
    let mut refused = 0;
    for _ in 0..20 {
        let response = fixture.buyer.check_out(&id).await?;
        refused += u32::from(response.status == 429);
    }
    assert_eq!(refused, 18);
    // A sweep finishes it, whatever the buyer has tried; this skips the seconds that it leaves to the buyer.
    fixture.sandbox.clear_faults().await?;
    let aged = "UPDATE orders SET created_at = created_at - interval '11 s'";
    fixture.market.database.execute(aged).await?;
    wait_until("the checkout to be opened", async || {
        let order = fixture.buyer.get(&format!("/v1/orders/{id}")).await?;
        Ok(order["payment_url"].is_string())
    })
    .await?;
    fixture.finish().await
}

#[tokio::test]
async fn new_accounts_of_one_address_share_their_checkouts() -> Result<()> {
    let builder = builder("4").set("UDAM_RATE_LIMIT", "on");
    let fixture = PaidMarket::start_with(builder, 100).await?;
    for number in 0..6 {
        let buyer = fixture.market.sign_up("fresh").await?;
        let placed = buyer.buy(&fixture.listing, 1).await?;
        if number < 4 {
            assert_json(&placed, 201);
        } else {
            assert_problem(&placed, 429, "too_many_checkouts");
        }
    }
    fixture.finish().await
}
