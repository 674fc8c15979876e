//! Sellers who take the money and give nothing.

use anyhow::Result;
use futures::future::try_join;
use serde_json::json;
use udam_testkit::{Client, MarketBuilder, Response, expect_status, wait_until, weather_listing};

use crate::paid_market::{PaidMarket, buy_on_tab, session_id};
use crate::setup::{open_tab, publish, with_fields};
use crate::webhooks::{buy_and_pay, reveal};

async fn revoke(seller: &Client, order: &Response) -> Result<Response> {
    expect_status(seller.revoke(order.text_at("/token_id")).await?, 200)
}

#[tokio::test]
async fn a_seller_who_revokes_a_paid_token_that_was_never_revealed_refunds_it() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (order, fulfilled) = buy_and_pay(&fixture, 2).await?;
    let (kept, revealed) = buy_and_pay(&fixture, 1).await?;
    assert_eq!(reveal(&fixture, &revealed).await?.status, 200);
    for _ in 0..2 {
        let token = revoke(&fixture.seller, &fulfilled).await?;
        assert_eq!(token["status"], "revoked");
        revoke(&fixture.seller, &revealed).await?;
    }
    let refunds = async |order: &Response| {
        let state = fixture.sandbox.state().await?;
        anyhow::Ok(state.refunds_of(session_id(order)))
    };
    fixture.wait_for_status(&order, "refunded").await?;
    wait_until("the refund", async || {
        Ok(!refunds(&order).await?.is_empty())
    })
    .await?;
    fixture.clear_claims().await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(refunds(&order).await?, [1400]);
    assert_eq!(fixture.reload(&order).await?["refunded_amount"], "14.00");
    assert_eq!(refunds(&kept).await?, [0_i64; 0]);
    assert_eq!(fixture.reload(&kept).await?["status"], "fulfilled");
    assert_eq!(reveal(&fixture, &fulfilled).await?.status, 410);
    fixture.finish().await
}

#[tokio::test]
async fn a_seller_who_revokes_an_unpaid_token_that_was_never_revealed_lifts_the_debt() -> Result<()>
{
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("2.00").await?;
    let buyer = &fixture.buyer;
    let lifted = buy_on_tab(buyer, &cheap, 1).await?;
    let owed = buy_on_tab(buyer, &cheap, 1).await?;
    assert_eq!(buyer.reveal(owed.text_at("/token_id")).await?.status, 200);
    // One that a charge has cleared goes back through the provider.
    revoke(&fixture.seller, &owed).await?;
    revoke(&fixture.seller, &lifted).await?;
    assert_eq!(open_tab(buyer).await?, "2.00");
    assert_eq!(fixture.reload(&lifted).await?["status"], "refunded");
    let paid = buy_on_tab(buyer, &cheap, 1).await?;
    let carrier = fixture.buy_and_pay(1).await?;
    assert_eq!(open_tab(buyer).await?, "0.00");
    revoke(&fixture.seller, &paid).await?;
    wait_until("the refund of a part", async || {
        Ok(fixture.reload(&paid).await?["refunded_amount"] == "2.00")
    })
    .await?;
    assert_eq!(fixture.reload(&carrier).await?["status"], "fulfilled");
    fixture.finish().await
}

#[tokio::test]
async fn a_revocation_during_a_dispute_is_refunded_after_it() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (order, fulfilled) = buy_and_pay(&fixture, 1).await?;
    let dispute = fixture.sandbox.dispute(session_id(&order)).await?;
    let token = format!("/v1/tokens/{}", fulfilled.text_at("/token_id"));
    wait_until("the token to be suspended", async || {
        Ok(fixture.buyer.get(&token).await?["status"] == "suspended")
    })
    .await?;
    revoke(&fixture.seller, &fulfilled).await?;
    fixture.wait_for_sweep().await?;
    assert!(fixture.sandbox.state().await?.refunds().is_empty());
    fixture.market.verify().await?;
    fixture.sandbox.close_dispute(&dispute, "won").await?;
    wait_until("the refund", async || {
        Ok(fixture.reload(&order).await?["refunded_amount"] == "7.00")
    })
    .await?;
    fixture.finish().await
}

#[tokio::test]
async fn of_revealing_and_revoking_at_once_one_comes_first() -> Result<()> {
    let fixture = PaidMarket::start_with(MarketBuilder::new().servers(2), 100).await?;
    let seller = fixture.seller.at(fixture.market.address(1));
    let cheap = fixture.publish_cheap("1.00").await?;
    for _ in 0..12 {
        let order = buy_on_tab(&fixture.buyer, &cheap, 1).await?;
        let token = order.text_at("/token_id");
        let (revealed, _) = try_join(fixture.buyer.reveal(token), seller.revoke(token)).await?;
        let state = fixture.reload(&order).await?;
        let expected = if revealed.status == 200 {
            "fulfilled"
        } else {
            "refunded"
        };
        assert_eq!(state["status"], expected, "{}", revealed.text);
    }
    fixture.finish().await
}

#[tokio::test]
async fn a_buyer_learns_what_was_changed_after_the_sale() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let listing = with_fields(weather_listing(9), [("api_key", json!("sk-before"))]);
    let listing = publish(&fixture.seller, listing).await?;
    let before = buy_on_tab(&fixture.buyer, &listing, 1).await?;
    let token = async |order: &Response| {
        let path = format!("/v1/tokens/{}", order.text_at("/token_id"));
        fixture.buyer.get(&path).await
    };
    let path = format!("/v1/listings/{listing}");
    let edit = async |body| expect_status(fixture.seller.patch(&path, body).await?, 200);
    edit(json!({"description": "Still the same service."})).await?;
    let unchanged = token(&before).await?;
    assert_eq!(unchanged["endpoint_changed_at"], json!(null));
    edit(json!({"endpoint_url": "https://other.example.com/"})).await?;
    let moved = token(&before).await?;
    assert!(moved["endpoint_changed_at"].is_string(), "{}", moved.text);
    assert_eq!(moved["key_changed_at"], json!(null));
    edit(json!({"api_key": "sk-after"})).await?;
    let replaced = token(&before).await?;
    assert!(replaced["key_changed_at"].is_string(), "{}", replaced.text);
    assert!(!replaced.text.contains("sk-after"));
    let after = buy_on_tab(&fixture.buyer, &listing, 1).await?;
    let after = token(&after).await?;
    assert_eq!(after["endpoint_changed_at"], json!(null));
    assert_eq!(after["key_changed_at"], json!(null));
    revoke(&fixture.seller, &before).await?;
    assert_eq!(token(&before).await?["key_changed_at"], json!(null));
    fixture.finish().await
}
